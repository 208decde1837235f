// A made-up language that is 40 % longer than the real one. A screen that holds it holds German, too.

export function pseudo<T>(words: T): T {
  if (typeof words === "string") return lengthened(words) as T;
  if (typeof words === "function") {
    const original = words as unknown as (...values: unknown[]) => unknown;
    return ((...values: unknown[]) => pseudo(original(...values))) as T;
  }
  if (words !== null && typeof words === "object") {
    return Object.fromEntries(Object.entries(words).map(([name, value]) => [name, pseudo(value as unknown)])) as T;
  }
  return words;
}

function lengthened(text: string): string {
  return `[${text}${"~".repeat(Math.ceil(text.length * 0.4))}]`;
}
