/** The widget's language, which every view follows when it changes. */
import { type Locale, translator, type Values } from "@xiaoer/i18n";
import { computed, signal } from "@preact/signals";
import { en } from "./en.ts";
import { type Key, zh } from "./zh.ts";

export const locale = signal<Locale>("zh-CN");

const speak = computed(() => translator(locale.value === "en" ? en : zh));

export function t(key: Key, values?: Values): string {
  return speak.value(key, values);
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(zh, text);
}
