/** Whether a person sees an element whole: it is in the window, and nothing lies on it. */
export function isInSight(element: Element | null): boolean {
  if (!element) return false;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return [top + 2, bottom - 2].every((y) => element.contains(document.elementFromPoint((left + right) / 2, y)));
}
