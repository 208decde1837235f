// Builds the gallery anew before its tests, and tells them whether pictures are compared or accepted.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The pictures that are taken now are the accepted ones: `npx vitest run -u`. */
    accepting: boolean;
    /** Here a screen looks as it did where the pictures were accepted. */
    comparing: boolean;
  }
}

export default function setup(project: TestProject): void {
  // As the program's page is built; the test runner's own mode would make it a page for development.
  const { NODE_ENV: _, ...environment } = process.env;
  const { status, stderr, error } = spawnSync("npm", ["run", "--silent", "gallery"], { env: environment, encoding: "utf8", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`the gallery is not built: ${error?.message ?? stderr}`);
  const comparing = isWherePicturesAreFrom();
  // In CI this lane is the only one in which anybody looks at pictures.
  if (!comparing && process.env["CI"] && process.platform === "linux") throw new Error(ELSEWHERE);
  if (!comparing) console.warn(ELSEWHERE);
  project.provide("comparing", comparing);
  project.provide("accepting", comparing && project.config.snapshotOptions.updateSnapshot === "all");
}

const ELSEWHERE = "pictures are neither compared nor accepted here: that takes Debian 12 with fonts-noto-cjk, `cargo xtask test page` installs it";

/** Letters are those of the system: elsewhere other fonts would make every picture another. */
function isWherePicturesAreFrom(): boolean {
  const release = "/etc/os-release";
  if (!existsSync(release) || !existsSync("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")) return false;
  const text = readFileSync(release, "utf8");
  return /^ID=debian$/m.test(text) && /^VERSION_ID="12"$/m.test(text);
}
