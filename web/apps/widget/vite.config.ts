import { defineConfig } from "vite";

// One classic script that a shop embeds with `async`: no chunks, no second request before the launcher.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/widget",
    emptyOutDir: true,
    target: "es2020",
    cssMinify: true,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "XiaoerWidget", fileName: () => "widget.js" },
  },
});
