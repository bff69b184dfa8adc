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

/** The assistant's name in the reader's language; a shop may have given it one of its own. */
export function assistantName(given?: string | null): string {
  return given && given !== zh.assistant_name ? given : t("assistant_name");
}

/** A member level by its code; one that a shop named itself is shown as it is. */
export function levelName(level?: string | null): string {
  const key = `level_${level}`;
  return isKey(key) ? t(key) : (level ?? "");
}
