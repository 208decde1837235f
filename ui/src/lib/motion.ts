/** How long a person may look at something that goes on by itself. */
export function lookingTime(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 900;
}
