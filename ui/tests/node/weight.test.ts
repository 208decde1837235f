// What the window has to read before its first screen can be used. `cargo xtask test page` builds it first.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";

import { LOCALES } from "../../src/lib/words";

const BUILT = join(import.meta.dirname, "../../dist");
const MOST = 60 * 1024;

/** A file with all that it cannot do without. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(BUILT, "assets", file), "utf8");
  // `import(…)` reads later; `import …from"…"` and `import"…"` do not.
  for (const [, other = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g)) withImports(other, seen);
  return seen;
}

it.each(LOCALES)("weighs at most 60 kB in %s", (language) => {
  expect(existsSync(BUILT), "the page is not built: `npm run build`").toBe(true);
  const html = readFileSync(join(BUILT, "index.html"), "utf8");
  const named = [...html.matchAll(/assets\/([^"]+)"/g)].map(([, file = ""]) => file);
  const words = readdirSync(join(BUILT, "assets")).filter((file) => file.startsWith(`${language}-`));
  expect(words).toHaveLength(1);
  const read = [...named, ...words].flatMap((file) => [...withImports(file)]);
  expect(read.some((file) => file.endsWith(".css")) && read.some((file) => file.endsWith(".js"))).toBe(true);
  const weight = [...new Set(read)].reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILT, "assets", file))).length, 0);
  expect(weight).toBeLessThanOrEqual(MOST);
});
