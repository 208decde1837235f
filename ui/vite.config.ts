import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome111", "safari16"],
    // The window's content policy has no place for inlined scripts, and preloading would use the network.
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
