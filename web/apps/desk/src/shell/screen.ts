/** Phone or not: below this width columns become pages with back. */
import { ref } from "vue";

function matching(query: string) {
  const media = window.matchMedia(query);
  const matches = ref(media.matches);
  media.addEventListener("change", () => { matches.value = media.matches; });
  return matches;
}

export const isPhone = matching("(max-width: 760px)");
export const isNarrow = matching("(max-width: 1180px)");
export const isOnline = ref(navigator.onLine);
window.addEventListener("online", () => { isOnline.value = true; });
window.addEventListener("offline", () => { isOnline.value = false; });
