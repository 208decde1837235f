// Pictures of screens, compared with accepted ones.
//
// Two machines never set letters alike to the last dot, and a picture that fails for that is soon
// believed by nobody. So a picture is reduced to a third, where a letter is a few dots of one grey; what
// remains are sizes, places and the difference between light and dark; the exact colours stand in a list
// beside them (`colours.ts`). Accepted pictures are kept in that size, which keeps them small.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const ACCEPTED = join(import.meta.dirname, "accepted");
/** Where the pictures that differ are put, to be looked at. */
const FOUND = join(import.meta.dirname, "../../../target/pictures");

/** How many dots of the screen become one. */
const SCALE = 3;
/** Steps of brightness that count as one. */
const STEP = 8;
/** How far two dots may differ, from 0 to 1, as eyes see it. */
const TOLERANCE = 0.1;
/** The share of dots that may differ more. */
const SHARE = 0.001;

/** Compares a picture with the accepted one, or accepts it. What differs is a sentence. */
export function compare(path: string, taken: Buffer, accepting: boolean): string | null {
  const accepted = join(ACCEPTED, `${path}.png`);
  const now = reduced(taken);
  if (accepting) {
    // A picture that looks the same keeps its bytes, so that accepting changes only what has changed.
    const isSame = existsSync(accepted) && difference(PNG.sync.read(readFileSync(accepted)), now)?.share === 0;
    if (!isSame) save(accepted, now);
    return null;
  }
  const found = join(FOUND, path);
  rmSync(`${found}.png`, { force: true });
  if (!existsSync(accepted)) {
    save(`${found}.png`, now);
    return `nobody has accepted ${found}.png yet`;
  }
  const differs = difference(PNG.sync.read(readFileSync(accepted)), now);
  if (differs && differs.share <= SHARE) return null;
  save(`${found}.png`, now);
  if (!differs) return `${found}.png has another size`;
  save(`${found}.difference.png`, differs.picture);
  return `${(differs.share * 100).toFixed(2)} % of ${found}.png differ`;
}

/** Compares the colours of a look with the accepted ones, or accepts them. What differs is a sentence each. */
export function compareColours(look: string, colours: ReadonlySet<string>, accepting: boolean): string[] {
  const path = join(ACCEPTED, look, "colours.txt");
  const now = [...colours].sort();
  if (accepting) {
    writeFileSync(path, `${now.join("\n")}\n`);
    return [];
  }
  const accepted = readFileSync(path, "utf8").trimEnd().split("\n");
  const fresh = now.filter((colour) => !accepted.includes(colour)).map((colour) => `new: ${colour}`);
  return [...fresh, ...accepted.filter((colour) => !colours.has(colour)).map((colour) => `gone: ${colour}`)];
}

function difference(one: PNG, other: PNG): { share: number; picture: PNG } | null {
  const { width, height } = one;
  if (width !== other.width || height !== other.height) return null;
  const picture = new PNG({ width, height });
  const dots = pixelmatch(one.data, other.data, picture.data, width, height, { threshold: TOLERANCE, includeAA: true });
  return { share: dots / (width * height), picture };
}

/** The mean of each square of dots. */
function reduced(taken: Buffer): PNG {
  const from = PNG.sync.read(taken);
  const to = new PNG({ width: Math.floor(from.width / SCALE), height: Math.floor(from.height / SCALE) });
  const mean = (x: number, y: number, channel: number) => {
    let sum = 0;
    for (let down = 0; down < SCALE; down += 1) {
      const row = (y * SCALE + down) * from.width + x * SCALE;
      for (let across = 0; across < SCALE; across += 1) sum += from.data[(row + across) * 4 + channel] ?? 0;
    }
    return Math.min(255, Math.round(sum / SCALE ** 2 / STEP) * STEP);
  };
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      const dot = (y * to.width + x) * 4;
      to.data.set([mean(x, y, 0), mean(x, y, 1), mean(x, y, 2), 255], dot);
    }
  }
  return to;
}

function save(path: string, picture: PNG): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, PNG.sync.write(picture, { colorType: 2, deflateLevel: 9 }));
}
