// The gallery (`tests/gallery`) as a folder that any engine can show, and the script that measures in it:
//
//   vite build -c vite.gallery.config.ts                    the page
//   vite build -c vite.gallery.config.ts --mode measures    the script, which goes into any page

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type UserConfig } from "vite";

import page from "./vite.config.ts";

const outDir = `${import.meta.dirname}/dist-gallery`;

const measures: UserConfig = {
  build: {
    outDir,
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "tests/gallery/measures.ts", formats: ["iife"], name: "unused", fileName: () => "measures.js" },
  },
};

export default defineConfig(({ mode }): UserConfig => {
  if (mode === "measures") return { publicDir: false, ...measures };
  return { root: "tests/gallery", plugins: [svelte({ configFile: `${import.meta.dirname}/svelte.config.js` })], clearScreen: false, build: { ...page.build, outDir } };
});
