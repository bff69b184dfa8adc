/** One ticking clock for the whole screen, so that a thousand rows do not own a thousand timers. */
import { shallowRef } from "vue";

export const now = shallowRef(new Date());
const TICK_MS = 5000;

setInterval(() => {
  if (!document.hidden) now.value = new Date();
}, TICK_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) now.value = new Date();
});

export function secondsSince(iso: string): number {
  return (now.value.getTime() - new Date(iso).getTime()) / 1000;
}
