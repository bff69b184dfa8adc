/** The numbers of the after-sales policy as a form holds them: in words of the keyboard, checked. */

/** The largest value by the last word of a name, as the server has it. */
const MOST: Record<string, number> = { hours: 24 * 31, days: 3650, limit: 10 ** 11, changes: 100 };
const FEN = 100;

export const GROUPS = [
  { id: "dispatch", names: ["urge_after_hours", "urge_again_hours", "address_changes", "stalled_days"] },
  { id: "return", names: ["return_days", "fault_return_days", "return_limit", "exchange_days"] },
  { id: "money", names: ["protect_days", "protect_limit", "freight_days", "invoice_days"] },
  { id: "report", names: ["missing_days", "damaged_days", "report_limit"] },
] as const;

export const unitOf = (name: string) => name.slice(name.lastIndexOf("_") + 1) as "hours" | "days" | "changes" | "limit";
const isAmount = (name: string): boolean => unitOf(name) === "limit";
export const mostOf = (name: string): number => MOST[unitOf(name)]! / (isAmount(name) ? FEN : 1);

export const writtenOf = (name: string, value: number): string =>
  isAmount(name) ? (value / FEN).toFixed(2).replace(/\.00$/, "") : String(value);

/** What was typed as the server counts it (amounts in fen), or nothing when it cannot hold. */
export function readOf(name: string, typed: string): number | null {
  const text = typed.trim().replaceAll(",", "");
  if (!(isAmount(name) ? /^\d+(\.\d{1,2})?$/ : /^\d+$/).test(text)) return null;
  const value = isAmount(name) ? Math.round(Number(text) * FEN) : Number(text);
  return value <= MOST[unitOf(name)]! ? value : null;
}
