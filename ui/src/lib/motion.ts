/** How long a person may look at something that goes on by itself. */
export function lookingTime(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 900;
}

/** Looks at the computer every two seconds, for screens that wait for what a person does elsewhere. */
export function lookEvery(wizard: { look(): Promise<void> }): () => void {
  const timer = setInterval(() => void wizard.look(), 2000);
  return () => clearInterval(timer);
}
