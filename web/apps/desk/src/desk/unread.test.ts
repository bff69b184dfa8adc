import type { Message } from "@xiaoer/api";
import { timeline } from "@xiaoer/live";
import { expect, test } from "vitest";
import { customerWords } from "./unread.ts";

const said = (seq: number, kind: Message["author"]["kind"]): Message => ({
  id: `m${seq}`, seq, conversation_id: "c", client_id: null, author: { kind, id: null, name: "" },
  parts: [{ kind: "text", text: String(seq) }], internal: false, covers: [], sources: [],
  state: "sent", at: "2026-01-01T00:00:00Z", tier: null,
});

test("only the customer's words behind the place are unread", () => {
  const thread = timeline.merge<Message>([], [
    said(1, "customer"), said(2, "agent"), said(3, "customer"), said(4, "system"), said(5, "customer")]);
  expect(customerWords(thread, 2).map((m) => m.seq)).toEqual([3, 5]);
  expect(customerWords(thread, 5)).toEqual([]);
});

test("an echo of one's own that the server has not confirmed is nobody's news", () => {
  const thread = timeline.echo<Message>([], { ...said(0, "agent"), client_id: "x" });
  expect(customerWords(thread, -1)).toEqual([]);
});
