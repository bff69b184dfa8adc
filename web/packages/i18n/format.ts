/** Dates, durations, money and sizes as people write them, in both languages. */
import type { Locale } from "./index.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** Money from minor units; CNY is written ¥1,234,567.89 in both languages. */
export function money(amount: { minor: number; currency: string }, locale: Locale): string {
  const digits = amount.currency === "JPY" || amount.currency === "KRW" ? 0 : 2;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: amount.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
  }).format(amount.minor / 10 ** digits);
}

export function count(n: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(n);
}

export function share(part: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(part);
}

export function clock(iso: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .format(new Date(iso));
}

export function moment(iso: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(iso));
}

export function date(iso: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
}

export function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** A day as people say it: 今天, 昨天, 明天, else the date (with the year when it is not this one). */
export function day(iso: string, locale: Locale, now: Date): string {
  const at = new Date(iso);
  const yesterday = new Date(now.getTime() - DAY * 1000);
  const tomorrow = new Date(now.getTime() + DAY * 1000);
  const near = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (sameDay(at, now)) return near.format(0, "day");
  if (sameDay(at, yesterday)) return near.format(-1, "day");
  if (sameDay(at, tomorrow)) return near.format(1, "day");
  const options: Intl.DateTimeFormatOptions = { month: "long", day: "numeric", weekday: "short" };
  if (at.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat(locale, options).format(at);
}

/** A short stamp for list rows: the clock today, else month and day, else the full date. */
export function stamp(iso: string, locale: Locale, now: Date): string {
  const at = new Date(iso);
  if (sameDay(at, now)) return clock(iso, locale);
  const options: Intl.DateTimeFormatOptions = { month: "numeric", day: "numeric" };
  if (at.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat(locale, options).format(at);
}

/** A waiting time that fits a narrow column: 45秒, 3分, 1时05分, 2天. */
export function wait(seconds: number, locale: Locale): string {
  const zh = locale === "zh-CN";
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE) return zh ? `${s}秒` : `${s}s`;
  if (s < HOUR) return zh ? `${Math.floor(s / MINUTE)}分` : `${Math.floor(s / MINUTE)}m`;
  if (s < DAY) {
    const h = Math.floor(s / HOUR);
    const m = String(Math.floor((s % HOUR) / MINUTE)).padStart(2, "0");
    return zh ? `${h}时${m}分` : `${h}h ${m}m`;
  }
  const days = Math.floor(s / DAY);
  return zh ? `${days}天` : `${days}d`;
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} KB`;
  return `${(n / 1024 / 1024).toFixed(1)} MB`;
}
