import { expect, test } from "vitest";
import { GROUPS, readOf, writtenOf } from "./terms.ts";

test("amounts are written in yuan and kept in fen", () => {
  expect(writtenOf("return_limit", 300_000)).toBe("3000");
  expect(writtenOf("return_limit", 300_050)).toBe("3000.50");
  expect(readOf("return_limit", "3,000.5")).toBe(300_050);
  expect(readOf("return_limit", "29.99")).toBe(2_999);
});

test("what cannot hold is nothing", () => {
  for (const typed of ["", "-1", "1.5", "seven", "3651"]) expect(readOf("return_days", typed)).toBeNull();
  for (const typed of ["1.234", "1e3", "1000000000.01"]) expect(readOf("return_limit", typed)).toBeNull();
  expect(readOf("address_changes", "101")).toBeNull();
  expect(readOf("return_days", " 10 ")).toBe(10);
});

test("no number stands in two groups", () => {
  const names = GROUPS.flatMap((group) => [...group.names]);
  expect(new Set(names).size).toBe(names.length);
});
