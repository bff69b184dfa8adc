/** A small typed dictionary: the Chinese catalogue is the source of keys, every other language
 *  must have the same ones (checked by the compiler and by `npm run words`).
 *
 *  Placeholders are `{name}`. A sentence with a count may give two forms, "one | many"; the first
 *  is taken when `n` is 1. Chinese gives one form. */
export type Locale = "zh-CN" | "en";
export type Words = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;
export type Translate<Key extends string = string> = (key: Key, values?: Values) => string;

export const LOCALES: readonly Locale[] = ["zh-CN", "en"];

export function fill(template: string, values: Values = {}): string {
  const forms = template.split(" | ");
  const form = forms.length === 2 ? forms[values.n === 1 ? 0 : 1]! : template;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

export function translator<W extends Words>(words: W): Translate<keyof W & string> {
  return (key, values) => fill(words[key] ?? key, values);
}

/** The language to begin with: what was chosen before, else what the browser asks for. */
export function pickLocale(wanted: string | null | undefined, offered: readonly string[]): Locale {
  for (const one of [wanted, ...offered]) {
    if (!one) continue;
    if (/^zh/i.test(one)) return "zh-CN";
    if (/^en/i.test(one)) return "en";
  }
  return "zh-CN";
}

export * from "./format.ts";
