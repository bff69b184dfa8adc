/** What an import is called while it runs, so that one that was cut goes on where it stopped; and
 *  its wrong rows as a table to take back to the spreadsheet. */
import type { RowProblem } from "@xiaoer/api";

/** A run that has not ended: kept in this browser, without a word of the file's content. */
export interface OpenRun {
  run: string;
  skip_errors: boolean;
  name: string;
  size: number;
  done: number;
  rows: number;
  at: string;
}

const placeOf = (room: string, kind: string) => `xiaoer.import.${room}.${kind}`;

export function openRun(room: string, kind: string): OpenRun | null {
  try {
    const kept = JSON.parse(localStorage.getItem(placeOf(room, kind)) ?? "null") as OpenRun | null;
    return kept?.run ? kept : null;
  } catch {
    return null;
  }
}

export function keepRun(room: string, kind: string, run: OpenRun | null): void {
  try {
    if (run) localStorage.setItem(placeOf(room, kind), JSON.stringify(run));
    else localStorage.removeItem(placeOf(room, kind));
  } catch {
    /* private window: a cut run is then resumed in this page only */
  }
}

export const isSameFile = (run: OpenRun, file: File) => run.name === file.name && run.size === file.size;

/** CSV by RFC 4180, with the mark by which spreadsheets know UTF-8. A cell that a spreadsheet would
 *  take for a formula is told apart by an apostrophe. */
export function csvOf(head: readonly string[], problems: readonly RowProblem[]): string {
  const cell = (value: string) => {
    const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const rows = [head, ...problems.map((one) => [String(one.row), one.field, one.reason])];
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function saveAs(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
