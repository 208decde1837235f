import { svelte } from "@sveltejs/vite-plugin-svelte";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

import { CHROMIUM } from "./tests/chromium.ts";

export default defineConfig({
  plugins: [svelte()],
  test: {
    // A state of the gallery is shown, measured and pictured in half a second: that is nothing to be told.
    slowTestThreshold: 5_000,
    projects: [
      {
        extends: true,
        test: { name: "words and flow", environment: "node", include: ["tests/node/**/*.test.ts"] },
      },
      {
        extends: true,
        optimizeDeps: { include: ["axe-core", "vitest-browser-svelte"] },
        test: {
          name: "screens",
          include: ["tests/browser/**/*.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            viewport: { width: 960, height: 720 },
            provider: playwright({ launchOptions: CHROMIUM }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: "gallery",
          environment: "node",
          include: ["tests/gallery/**/*.test.ts"],
          globalSetup: "tests/gallery/setup.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
