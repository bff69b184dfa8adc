/** The words of the desk in the chosen language. `t` reads a ref, so templates follow a switch. */
import { fill, pickLocale, type Locale, type Values } from "@xiaoer/i18n";
import * as write from "@xiaoer/i18n";
import { desk, type DeskKey } from "@xiaoer/i18n/desk";
import { ref, watchEffect } from "vue";

const KEPT = "xiaoer.locale";

function kept(): string | null {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}

export const locale = ref<Locale>(pickLocale(kept(), navigator.languages));

watchEffect(() => {
  document.documentElement.lang = locale.value;
  document.title = desk[locale.value]["app.name"];
});

export function chooseLocale(next: Locale): void {
  locale.value = next;
  try { localStorage.setItem(KEPT, next); } catch { /* private window: kept for this page only */ }
}

export function t(key: DeskKey, values?: Values): string {
  return fill(desk[locale.value][key], values);
}

/** For keys built from a value of the server: the word when there is one, else the value itself. */
export function wordFor(prefix: string, value: string | null | undefined): string {
  if (!value) return "";
  const key = `${prefix}.${value}`;
  return key in desk[locale.value] ? t(key as DeskKey) : value;
}

/** What a demand is about: an errand of self-service has a word of ours, a category is its own word. */
export function topicOf(topic: string | null | undefined): string {
  if (!topic) return "";
  const [room, errand] = topic.split(":");
  if (errand && room === "flow") return wordFor("deed", errand);
  return errand && room === "selfservice" ? wordFor("errand", errand) : topic;
}

export const say = {
  money: (m: { minor: number; currency: string }) => write.money(m, locale.value),
  count: (n: number) => write.count(n, locale.value),
  share: (n: number) => write.share(n, locale.value),
  clock: (iso: string) => write.clock(iso, locale.value),
  date: (iso: string) => write.date(iso, locale.value),
  moment: (iso: string) => write.moment(iso, locale.value),
  day: (iso: string, now: Date) => write.day(iso, locale.value, now),
  stamp: (iso: string, now: Date) => write.stamp(iso, locale.value, now),
  wait: (seconds: number) => write.wait(seconds, locale.value),
  bytes: write.bytes,
};

export type { DeskKey };
