import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import Components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";

const server = process.env.XIAOER_API ?? "http://127.0.0.1:8600";

export default defineConfig({
  base: "/desk/",
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: false,
      resolvers: [ElementPlusResolver({ importStyle: "css", directives: true })],
    }),
  ],
  build: {
    outDir: "../../dist/desk",
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    proxy: { "/api": { target: server, ws: true } },
  },
});
