// Whether anything moves while the lamps fill in. Chromium tells of every movement by itself, also of
// those that a person has caused; elsewhere the places of what matters are compared frame by frame.

import { describe } from "./describe";

export type Movements = {
  /** How many frames were seen, so that nobody takes a check that was missed for one that stood still. */
  frames: number;
  /** What moved, from where to where. */
  moved: string[];
};

const WATCHED = "h1, #key-input, #chain, #chain .node, #chain .wire, .lamp, .lamp .name, #advanced > summary, .actions";

/** Looks from now until the last lamp is lit. */
export async function movementsOfCheck(): Promise<Movements> {
  const moved: string[] = [];
  const shifts = watchShifts((shift) => moved.push(shift));
  const first = places();
  let frames = 0;
  while (!ended()) {
    await new Promise((drawn) => requestAnimationFrame(drawn));
    frames += 1;
    // The frame in which the last lamp is lit belongs to what comes after it: the finding below.
    if (ended()) break;
    places().forEach((place, index) => place !== first[index] && moved.push(`${first[index] ?? "nothing"} → ${place}`));
  }
  shifts?.disconnect();
  return { frames, moved: [...new Set(moved)] };
}

function ended(): boolean {
  const lamps = [...document.querySelectorAll(".lamp")];
  return lamps.every((lamp) => !["waiting", "running"].includes(lamp.getAttribute("data-state") ?? ""));
}

function places(): string[] {
  return [...document.querySelectorAll(WATCHED)].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return `${describe(each)} ${[x + scrollX, y + scrollY, width, height].map(Math.round).join(" ")}`;
  });
}

type Shift = PerformanceEntry & { value: number; sources: { node: Node | null }[] };

function watchShifts(tell: (shift: string) => void): PerformanceObserver | null {
  if (!PerformanceObserver.supportedEntryTypes.includes("layout-shift")) return null;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      const what = entry.sources.map(({ node }) => (node instanceof Element ? describe(node) : "something"));
      if (!ended()) tell(`shift of ${entry.value}: ${what.join(", ")}`);
    }
  });
  observer.observe({ type: "layout-shift" });
  return observer;
}
