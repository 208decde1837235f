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
    // There is nothing to load ahead: the first screen is one file, and the later ones another.
    modulePreload: false,
    // The window's content policy has no place for inlined scripts.
    assetsInlineLimit: 0,
    // The program asks for the words of its language by this name while the window is made (`open_window`).
    rolldownOptions: { output: { chunkFileNames: ({ moduleIds }) => (moduleIds.some((id) => id.includes("/lib/words/")) ? "assets/[name].js" : "assets/[name]-[hash].js") } },
    cssCodeSplit: false,
  },
});
