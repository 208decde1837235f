// What can be measured in a page that is shown: in the gallery and in the built program, in any engine.
// It is one script without a module, put into the page from outside as `measures`.

import { access } from "./access";
import { colours } from "./colours";
import { clippings } from "./text";

const measures = {
  access,

  /** Text that is cut off, lies on other text, or makes the page wider than the window. */
  clippings,

  colours,

  /** Why a person who has no mouse cannot see where they are; nothing when they can. */
  focusFault(): string | null {
    const focused = document.activeElement;
    if (!focused || focused === document.body || focused === document.documentElement) return "nothing has the focus";
    const name = describe(focused);
    const home = document.querySelector("dialog[open]") ?? document.querySelector(".window, #screen");
    if (!home?.contains(focused)) return `${name} is outside the screen`;
    if (!focused.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return `${name} is hidden`;
    // A radio or a box may be drawn by its label.
    const drawn = focused.matches("input[type=radio], input[type=checkbox]") ? (focused.closest("label") ?? focused) : focused;
    const { left, right, top, bottom } = drawn.getBoundingClientRect();
    if (right - left < 1 || bottom - top < 1) return `${name} has no size`;
    const [x, y] = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
    if (x < 0 || x > innerWidth || top >= innerHeight || bottom <= 0) return `${name} is outside the window`;
    const seen = document.elementFromPoint(x, y);
    if (!seen || !(drawn.contains(seen) || seen.contains(drawn))) return `${name} is covered by ${seen ? describe(seen) : "nothing"}`;
    return null;
  },

  /** Sets text as a system does whose text is larger. */
  enlarge(percent: number): void {
    const root = document.documentElement;
    root.style.removeProperty("font-size");
    if (percent !== 100) root.style.fontSize = `${(parseFloat(getComputedStyle(root).fontSize) * percent) / 100}px`;
  },

  /** How many things the Tab key stops at. */
  stops(): string[] {
    const home: ParentNode = document.querySelector("dialog[open]") ?? document;
    const all = [...home.querySelectorAll<HTMLElement>("button, input, select, textarea, summary, a[href], [tabindex='0']")];
    const usable = all.filter((each) => !each.matches(":disabled") && each.checkVisibility({ visibilityProperty: true }));
    // Of a group of radio buttons one is a stop: the chosen one, or the first.
    const groups = new Set<string>();
    return usable
      .filter((each) => {
        if (!(each instanceof HTMLInputElement) || each.type !== "radio") return true;
        const group = usable.filter((other) => other instanceof HTMLInputElement && other.name === each.name) as HTMLInputElement[];
        const stop = group.find((other) => other.checked) ?? group[0];
        if (each !== stop || groups.has(each.name)) return false;
        groups.add(each.name);
        return true;
      })
      .map(describe);
  },

  focused: () => (document.activeElement ? describe(document.activeElement) : ""),

  /** Begins to watch where everything is, frame by frame, until `movements` is asked. */
  watch(selector: string): void {
    const boxes = () =>
      [...document.querySelectorAll(selector)].map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        return `${describe(each)} ${[x + scrollX, y + scrollY, width, height].map(Math.round).join(" ")}`;
      });
    const first = boxes();
    const moved = new Set<string>();
    let frames = 0;
    let goesOn = true;
    const look = () => {
      if (!goesOn) return;
      frames += 1;
      boxes().forEach((box, index) => box !== first[index] && moved.add(`${first[index] ?? "nothing"} → ${box}`));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    watching = () => {
      goesOn = false;
      return { frames, watched: first.length, moved: [...moved] };
    };
  },

  movements: (): Movements => watching?.() ?? { frames: 0, watched: 0, moved: [] },
};

export type Measures = typeof measures;
export type Movements = { frames: number; watched: number; moved: string[] };

declare global {
  interface Window {
    measures: Measures;
  }
}

let watching: (() => Movements) | undefined;

/** An element as a person who reads a failed test can find it. */
function describe(element: Element): string {
  if (element.id) return `#${element.id}`;
  const inside = element.closest("[id]");
  const label = element.getAttribute("aria-label") ?? element.getAttribute("value") ?? element.textContent?.trim().slice(0, 24) ?? "";
  return `${inside ? `#${inside.id} ` : ""}${element.localName} "${label}"`;
}

window.measures = measures;
