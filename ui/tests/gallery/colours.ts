// Which colours a screen is made of, as the engine computes them.
//
// A picture shows where a colour is, but a shade of it is lost in how letters are drawn on another
// machine. A list of colours is the same everywhere, and no shade is too small for it.

/** What may have a colour. */
const PROPERTIES = [
  "color",
  "background-color",
  "background-image",
  "border-top-color",
  "border-right-color",
  "border-bottom-color",
  "border-left-color",
  "outline-color",
  "box-shadow",
  "fill",
  "stroke",
] as const;

/** All colours of what can be seen, each with what it colours, sorted. */
export function colours(): string[] {
  const found = new Set<string>();
  for (const element of document.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    for (const part of [undefined, "::before", "::after", "::marker", "::backdrop", "::placeholder"]) {
      const style = getComputedStyle(element, part);
      if (part === "::before" || part === "::after" ? style.content === "none" : false) continue;
      for (const property of PROPERTIES) {
        const value = style.getPropertyValue(property);
        if (isDrawn(style, property) && /\d/.test(value)) found.add(`${property} ${value}`);
      }
    }
  }
  return [...found].sort();
}

/** An edge that is not there has a colour all the same. */
function isDrawn(style: CSSStyleDeclaration, property: string): boolean {
  const [kind, side] = property.split("-");
  if (kind === "outline") return style.outlineStyle !== "none";
  return kind !== "border" || style.getPropertyValue(`border-${side ?? ""}-style`) !== "none";
}
