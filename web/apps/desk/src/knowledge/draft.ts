/** What is being written about an entry, apart from what is stored, and what is wrong with it. */
import type { EntryDraft, KnowledgeEntry } from "@xiaoer/api";
import type { DeskKey } from "../shell/words.ts";

export function emptyDraft(scopePath: string): EntryDraft {
  return {
    question: "", similar: [], answer: "", scope_path: scopePath,
    valid_from: null, valid_until: null, locale: "zh-CN", tags: [],
  };
}

export function draftOf(entry: KnowledgeEntry): EntryDraft {
  return {
    question: entry.question, similar: [...entry.similar], answer: entry.answer,
    scope_path: entry.scope.path, valid_from: entry.valid_from, valid_until: entry.valid_until,
    locale: entry.locale, tags: [...(entry.tags ?? [])],
  };
}

/** One question a line; blank and repeated lines are dropped, numbering from a paste as well. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•·]|\d+[.、)）])\s*/, "").trim())
    .filter((line) => line !== "");
  return [...new Set(lines)];
}

export type Fault = Extract<DeskKey, `fault.${string}`>;

export function faults(draft: EntryDraft): Partial<Record<"question" | "answer" | "validity", Fault>> {
  const found: Partial<Record<"question" | "answer" | "validity", Fault>> = {};
  if (!draft.question.trim()) found.question = "fault.question";
  if (!draft.answer.trim()) found.answer = "fault.answer";
  if (draft.valid_from && draft.valid_until && draft.valid_from > draft.valid_until) {
    found.validity = "fault.validity";
  }
  return found;
}

export function isChanged(draft: EntryDraft, entry: KnowledgeEntry): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(entry));
}
