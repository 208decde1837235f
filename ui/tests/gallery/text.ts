// Whether every text can be read whole. Boxes do not tell: an inline element has no scroll width, and a
// text may leave its box and still be seen. So the drawn lines of each text are compared with everything
// that could cut them off, and with one another.

type Line = { text: string; element: Element; layer: Element | null; rect: DOMRect };

/** Rounding of a browser's layout, in CSS pixels. */
const SLACK = 1;
/** How much of a line another may touch: glyphs have room above and below. */
const TOUCH = 3;

/** Text that is cut off or lies on other text, and a page that is wider than its window. */
export function clippings(): string[] {
  const lines = drawnLines();
  return [...widePage(), ...lines.flatMap(cutOff), ...overlapping(lines), ...narrowFields()];
}

function widePage(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide in ${clientWidth}`] : [];
}

/** What only screen readers hear may be as small as it likes. */
function isDrawn(element: Element): boolean {
  if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  for (let each: Element | null = element; each; each = each.parentElement) {
    const { clipPath } = getComputedStyle(each);
    if (clipPath === "inset(50%)") return false;
  }
  return true;
}

function drawnLines(): Line[] {
  const lines: Line[] = [];
  const dialog = document.querySelector("dialog[open]");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (!element || text === "" || element.localName === "option" || !isDrawn(element)) continue;
    // Beneath an open question nothing can be read or reached.
    if (dialog && !dialog.contains(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width > 0) lines.push({ text: text.slice(0, 40), element, layer: layerOf(element), rect });
    }
  }
  return lines;
}

/** What stays while the rest scrolls beneath it. */
function layerOf(element: Element): Element | null {
  for (let each: Element | null = element; each; each = each.parentElement) {
    if (["sticky", "fixed"].includes(getComputedStyle(each).position)) return each;
  }
  return null;
}

function cutOff({ text, element, rect }: Line): string[] {
  if (rect.left < -SLACK || rect.right > innerWidth + SLACK) return [`outside the window: ${text}`];
  for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
    const style = getComputedStyle(box);
    if (style.display.startsWith("inline") && style.display !== "inline-block" && style.display !== "inline-flex") continue;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    // A box that scrolls sideways hides text as well, unless scrolling is what it is for.
    const cutsSides = style.overflowX !== "visible";
    const cutsHeight = style.overflowY === "hidden" || style.overflowY === "clip";
    if (cutsSides && (rect.left < left - SLACK || rect.right > right + SLACK)) return [`cut off at the side: ${text}`];
    if (cutsHeight && (rect.top < top - TOUCH || rect.bottom > bottom + TOUCH)) return [`cut off above or below: ${text}`];
    if (style.webkitLineClamp !== "none" && box.scrollHeight > box.clientHeight + SLACK) return [`cut off after some lines: ${text}`];
  }
  return [];
}

function overlapping(lines: readonly Line[]): string[] {
  const faults = new Set<string>();
  const sorted = [...lines].sort((a, b) => a.rect.top - b.rect.top);
  sorted.forEach((one, index) => {
    for (const other of sorted.slice(index + 1)) {
      if (other.rect.top > one.rect.bottom) break;
      if (other.layer !== one.layer || other.element === one.element) continue;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      // Lines of one paragraph may reach into one another's leading: half a line is too much.
      if (across > TOUCH && down > Math.min(one.rect.height, other.rect.height) / 2) faults.add(`"${one.text}" lies on "${other.text}"`);
    }
  });
  return [...faults];
}

/** A field shows one line: what is asked for in it must fit. */
function narrowFields(): string[] {
  const canvas = document.createElement("canvas").getContext("2d");
  if (!canvas) throw new Error("no canvas");
  return [...document.querySelectorAll<HTMLInputElement>("input[placeholder]")].flatMap((field) => {
    if (!isDrawn(field) || field.value !== "") return [];
    const style = getComputedStyle(field);
    const placeholder = getComputedStyle(field, "::placeholder");
    canvas.font = `${placeholder.fontWeight} ${placeholder.fontSize} ${placeholder.fontFamily}`;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const needed = canvas.measureText(field.placeholder).width;
    return needed > room + SLACK ? [`the field's hint needs ${Math.ceil(needed)} of ${Math.floor(room)}: ${field.placeholder}`] : [];
  });
}
