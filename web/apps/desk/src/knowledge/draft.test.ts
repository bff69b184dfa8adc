import { expect, it } from "vitest";
import { emptyDraft, faults, linesOf } from "./draft.ts";

it("takes pasted lists as questions, without bullets, numbers, blanks or repeats", () => {
  expect(linesOf("1. 怎么退货\n2、能退吗\r\n\n- 能退吗\n  七天无理由 ")).toEqual(["怎么退货", "能退吗", "七天无理由"]);
});
it("keeps a question that begins with a number", () => {
  expect(linesOf("7天无理由怎么退")).toEqual(["7天无理由怎么退"]);
});
it("names what is missing", () => {
  expect(Object.keys(faults(emptyDraft("/g/")))).toEqual(["question", "answer"]);
});
it("refuses an end before its beginning", () => {
  const draft = { ...emptyDraft("/g/"), question: "q", answer: "a", valid_from: "2026-02-01", valid_to: "2026-01-01" };
  expect(faults(draft).validity).toBe("fault.validity");
});
