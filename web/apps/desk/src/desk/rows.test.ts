import type { Conversation } from "@xiaoer/api";
import { describe, expect, it } from "vitest";
import { flat, patchRows, queueHead, type RowPages } from "./rows.ts";

const row = (id: string, more: Partial<Conversation> = {}) => ({
  id, version: 1, status: "open", owner: { kind: "queue", id: null, name: null },
  waiting_since: `2026-01-01T00:00:${id.padStart(2, "0")}Z`, updated_at: `2026-01-01T00:00:${id.padStart(2, "0")}Z`,
  ...more,
}) as Conversation;
const mine = { owner: { kind: "agent" as const, id: "me", name: "我" } };
const pages = (...rows: Conversation[][]): RowPages => ({ pages: rows.map((items) => ({ items, next: null })), pageParams: [] });
const ids = (data: RowPages) => flat(data).map((r) => r.id).join("");
const changes = (...rows: Conversation[]) => new Map(rows.map((r) => [r.id, r]));

describe("a changed row", () => {
  it("leaves the queue when someone claims it", () => {
    expect(ids(patchRows(pages([row("1"), row("2")]), changes(row("1", mine)), "queue", "me", false))).toBe("2");
  });
  it("appears in mine when I claim it, and rises when it speaks", () => {
    const data = pages([row("1", mine), row("2", mine)]);
    expect(ids(patchRows(data, changes(row("3", mine)), "mine", "me", false))).toBe("312");
    expect(ids(patchRows(data, changes(row("2", { ...mine, updated_at: "2026-01-02" })), "mine", "me", false))).toBe("21");
  });
  it("does not appear in mine when it is someone else's", () => {
    expect(ids(patchRows(pages([row("1", mine)]), changes(row("2", { owner: { kind: "agent", id: "x", name: "x" } })), "mine", "me", false))).toBe("1");
  });
  it("does not slip into a filtered list", () => {
    expect(ids(patchRows(pages([row("1")]), changes(row("9")), "all", "me", true))).toBe("1");
  });
  it("never replaces a newer version", () => {
    const data = pages([row("1", { version: 5, priority: 2 })]);
    expect(flat(patchRows(data, changes(row("1", { version: 4, priority: 0 })), "queue", "me", false))[0]!.priority).toBe(2);
  });
  it("leaves the list untouched when it is not in it", () => {
    const data = pages([row("1")]);
    expect(patchRows(data, changes(row("7")), "queue", "me", false)).toBe(data);
  });
});

describe("the head of the queue", () => {
  it("brings newcomers and drops what has left", () => {
    expect(ids(queueHead(pages([row("1"), row("2"), row("8")]), [row("2"), row("3")], 9))).toBe("238");
  });
  it("is the whole queue when it is short", () => {
    expect(ids(queueHead(pages([row("1")], [row("9")]), [row("4")], 1))).toBe("4");
  });
  it("empties the list when nobody waits", () => {
    expect(ids(queueHead(pages([row("1")]), [], 0))).toBe("");
  });
});

it("shows a row once even when two pages hold it", () => {
  expect(ids(pages([row("1"), row("2")], [row("2"), row("3")]))).toBe("123");
});

it("patches ten thousand rows within a frame", () => {
  const data = pages(...Array.from({ length: 100 }, (_, p) =>
    Array.from({ length: 100 }, (_, i) => row(`${p}-${i}`, { updated_at: "2026-01-01" }))));
  const started = performance.now();
  patchRows(data, changes(row("50-7", { updated_at: "2026-01-02" })), "all", "me", false);
  expect(performance.now() - started).toBeLessThan(16);
});
