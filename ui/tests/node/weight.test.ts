// What the window has to read before it shows anything. `cargo xtask test page` builds it first.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, it } from "vitest";

import { LANGUAGES } from "../../src/lib/words";

const BUILT = join(import.meta.dirname, "../../dist/assets");
const MOST = 60 * 1024;

it.each(Object.keys(LANGUAGES))("weighs at most 60 kB in %s", (language) => {
  expect(existsSync(BUILT), "the page is not built: `npm run build`").toBe(true);
  // Nobody reads two languages at once: each is a file of its own.
  const others = Object.keys(LANGUAGES).filter((other) => other !== language);
  const read = readdirSync(BUILT).filter((file) => /\.(js|css)$/.test(file) && !others.some((other) => file.startsWith(`${other}-`)));
  expect(read.some((file) => file.startsWith(`${language}-`))).toBe(true);
  const weight = read.reduce((sum, file) => sum + gzipSync(readFileSync(join(BUILT, file))).length, 0);
  expect(weight).toBeLessThanOrEqual(MOST);
});
