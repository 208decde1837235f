// What the window has to read: before it shows anything, with the words of one language and without what
// is said of findings where there are none, and in all, without words. `cargo xtask test page` builds it first.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";

import { LANGUAGES } from "../../src/lib/words";

const BUILT = join(import.meta.dirname, "../../dist");
/** In bytes. */
const MOST = 60_000;

const weightOf = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILT, "assets", file))).length, 0);

/** A file with all that it imports at once; what comes with a later screen is asked for by `import()`. */
function withImports(file: string, read = new Set<string>()): Set<string> {
  if (read.has(file)) return read;
  read.add(file);
  const text = readFileSync(join(BUILT, "assets", file), "utf8");
  for (const [, imported] of text.matchAll(/(?:from|import)\s*["']\.\/([\w-]+\.js)["']/g)) withImports(imported as string, read);
  return read;
}

it.each(Object.keys(LANGUAGES))("weighs at most 60 kB before the first screen in %s", (language) => {
  expect(existsSync(BUILT), "the page is not built: `npm run build`").toBe(true);
  const page = readFileSync(join(BUILT, "index.html"), "utf8");
  const named = [...page.matchAll(/\/assets\/([\w-]+\.(?:js|css))/g)].map(([, name]) => name as string);
  // Nobody reads two languages at once: each is a file of its own.
  const words = readdirSync(join(BUILT, "assets")).filter((file) => file === `${language}.js`);
  expect(words).toHaveLength(1);
  const read = new Set(named.filter((name) => name.endsWith(".css")));
  for (const file of [...named.filter((name) => name.endsWith(".js")), ...words]) withImports(file, read);
  expect(read.size).toBeGreaterThanOrEqual(3);
  expect(weightOf(read)).toBeLessThanOrEqual(MOST);
});

/** Of what is read after the first screen, when there is nothing else to do; a library by mistake is noticed. */
const MOST_OF_ALL = 70_000;

it("weighs at most 70 kB with the script and style of every screen", () => {
  const words = Object.keys(LANGUAGES).flatMap((language) => [`${language}.js`, `findings.${language}.js`]);
  const all = readdirSync(join(BUILT, "assets")).filter((file) => /\.(js|css)$/.test(file) && !words.includes(file));
  expect(all.length).toBeGreaterThanOrEqual(3);
  expect(weightOf(all)).toBeLessThanOrEqual(MOST_OF_ALL);
});
