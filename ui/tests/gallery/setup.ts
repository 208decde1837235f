// Builds the gallery anew before its tests, and tells them whether pictures are compared or accepted.

import { spawnSync } from "node:child_process";

import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The pictures that are taken now are the accepted ones: `npx vitest run -u`. */
    accepting: boolean;
  }
}

export default function setup(project: TestProject): void {
  // As the program's page is built; the test runner's own mode would make it a page for development.
  const { NODE_ENV: _, ...environment } = process.env;
  const { status, stderr, error } = spawnSync("npm", ["run", "--silent", "gallery"], { env: environment, encoding: "utf8", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`the gallery is not built: ${error?.message ?? stderr}`);
  project.provide("accepting", project.config.snapshotOptions.updateSnapshot === "all");
}
