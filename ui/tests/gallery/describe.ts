/** An element as a person who reads a failed test can find it. */
export function describe(element: Element): string {
  if (element.id) return `#${element.id}`;
  const inside = element.closest("[id]");
  const label = element.getAttribute("aria-label") ?? element.getAttribute("value") ?? element.textContent?.trim().slice(0, 24) ?? "";
  return `${inside ? `#${inside.id} ` : ""}${element.localName} "${label}"`;
}
