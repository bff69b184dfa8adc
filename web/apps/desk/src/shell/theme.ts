import { applyTheme, type Theme } from "@xiaoer/ui";
import { ref, watch } from "vue";

const KEPT = "xiaoer.theme";

function kept(): Theme {
  try {
    const found = localStorage.getItem(KEPT);
    return found === "light" || found === "dark" ? found : "system";
  } catch {
    return "system";
  }
}

export const theme = ref<Theme>(kept());
let stop: () => void = () => undefined;

watch(theme, (next) => {
  stop();
  stop = applyTheme(next);
  try { localStorage.setItem(KEPT, next); } catch { /* kept for this page only */ }
}, { immediate: true });
