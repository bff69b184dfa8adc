import { expect, it } from "vitest";
import { compare, compareLines } from "./compare.ts";

const text = (pieces: ReturnType<typeof compare>, drop: string) =>
  pieces.filter((p) => p.kind !== drop).map((p) => p.text).join("");

it("gives back both wordings", () => {
  const [before, after] = ["每小时 6 元，当日封顶 50 元。", "每小时 8 元，当日封顶 60 元，节假日另计。"];
  const pieces = compare(before, after);
  expect(text(pieces, "added")).toBe(before);
  expect(text(pieces, "removed")).toBe(after);
});
it("does not break a changed word into single characters", () => {
  const changed = compare("周日至周四", "周一至周五").filter((p) => p.kind !== "same");
  expect(changed).toHaveLength(2);
});
it("says nothing changed when nothing did", () => {
  expect(compare("一样", "一样")).toEqual([{ text: "一样", kind: "same" }]);
});
it("compares lists line by line", () => {
  expect(compareLines(["a", "b"], ["a", "c"]).map((p) => p.kind)).toEqual(["same", "removed", "added"]);
});
