import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import "element-plus/es/components/message/style/css";
import "@xiaoer/ui/tokens.css";
import "./theme.css";
import App from "./App.vue";
import { router } from "./router.ts";
import { queryClient } from "./shell/queries.ts";

createApp(App).use(router).use(VueQueryPlugin, { queryClient }).mount("#app");
