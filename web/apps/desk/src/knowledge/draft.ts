/** What is being written about an entry, apart from what is stored, and what is wrong with it. */
import type { EntryContent, KnowledgeEntry } from "@xiaoer/api";
import type { DeskKey } from "../shell/words.ts";

export function emptyDraft(scope: string): EntryContent {
  return {
    question: "", answer: "", similar: [], category: "", scope, lang: "zh",
    valid_from: null, valid_to: null, kind: "faq",
  };
}

export function draftOf(entry: KnowledgeEntry): EntryContent {
  const { question, answer, similar, category, scope, lang, valid_from, valid_to, kind } = entry;
  return { question, answer, similar: [...similar], category, scope, lang, valid_from, valid_to, kind };
}

/** One question a line; blank and repeated lines are dropped, numbering from a paste as well. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•·]|\d+[.、)）])\s*/, "").trim())
    .filter((line) => line !== "");
  return [...new Set(lines)];
}

export type Fault = Extract<DeskKey, `fault.${string}`>;

export function faults(draft: EntryContent): Partial<Record<"question" | "answer" | "validity", Fault>> {
  const found: Partial<Record<"question" | "answer" | "validity", Fault>> = {};
  if (!draft.question.trim()) found.question = "fault.question";
  if (!draft.answer.trim()) found.answer = "fault.answer";
  if (draft.valid_from && draft.valid_to && draft.valid_from > draft.valid_to) {
    found.validity = "fault.validity";
  }
  return found;
}

export function isChanged(draft: EntryContent, entry: KnowledgeEntry): boolean {
  return JSON.stringify(draft) !== JSON.stringify(draftOf(entry));
}
