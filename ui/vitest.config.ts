import { svelte } from "@sveltejs/vite-plugin-svelte";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

// The browser comes from the system and must not look for anything on the network by itself.
const installed = process.platform === "linux" ? { executablePath: "/usr/bin/chromium" } : { channel: "chrome" };
const chromium = {
  ...installed,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      {
        extends: true,
        test: { name: "words and road", environment: "node", include: ["tests/node/**/*.test.ts"] },
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
            provider: playwright({ launchOptions: chromium }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
