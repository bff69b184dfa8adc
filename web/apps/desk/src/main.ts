import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import "element-plus/es/components/message/style/css";
import "@xiaoer/ui/tokens.css";
import "./theme.css";
import App from "./App.vue";
import { router } from "./router.ts";
import { queryClient } from "./shell/queries.ts";

// After an update the old page asks for pieces that are gone: one reload brings the new ones.
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("xiaoer.reloaded")) return;
  sessionStorage.setItem("xiaoer.reloaded", "1");
  event.preventDefault();
  location.reload();
});

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount("#app");
