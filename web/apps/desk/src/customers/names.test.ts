import { expect, test } from "vitest";
import { namesOf } from "./names.ts";

test("pieces of one kind are one line with their number, and an unknown one stands for itself", () => {
  const names = new Map([["A-1", "帽子 · 黑色"]]);
  expect(namesOf(["A-1", "B-2", "A-1", ""], names)).toBe("帽子 · 黑色 × 2\nB-2");
});
