import { describe, expect, test } from "vitest";
import type { Message } from "../src/contract.ts";
import {
  advance,
  confirmation,
  firstSeq,
  lastSeq,
  merge,
  type Timeline,
  unread,
} from "../src/core/timeline.ts";

function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    conversation_id: "c1",
    client_id: null,
    author: { kind: "customer", id: null, name: "" },
    parts: [{ kind: "text", text: `${seq}` }],
    internal: false,
    covers: [],
    sources: [],
    state: "sent",
    at: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    tier: null,
    ...more,
  };
}

const assistant = { kind: "assistant" as const, id: null, name: "小二" };
const seqs = (timeline: Timeline) => timeline.map((one) => one.seq);

describe("timeline", () => {
  test("messages stand in the server's order, whatever order they come in", () => {
    expect(seqs(merge(merge([], [message(3), message(1)]), [message(2)]))).toEqual([1, 2, 3]);
  });

  test("a message that comes again after a reconnect is one line", () => {
    const once = merge([], [message(1), message(2)]);
    expect(merge(once, [message(2), message(1), message(2)])).toEqual(once);
  });

  test("a receipt and the server's copy are one line, in either order", () => {
    const item = {
      client_id: "k",
      parts: [{ kind: "text" as const, text: "5" }],
      at: "2026-01-01T00:00:00Z",
      tries: 1,
      problem: null,
    };
    const receipt = confirmation(item, { client_id: "k", id: "m5", seq: 5, at: message(5).at });
    const copy = message(5, { client_id: "k", state: "delivered" });
    for (const order of [
      [receipt, copy],
      [copy, receipt],
    ]) {
      const timeline = order.reduce<Timeline>((all, one) => merge(all, [one]), [message(4)]);
      expect(seqs(timeline)).toEqual([4, 5]);
      expect(timeline[1]).toMatchObject({
        client_id: "k",
        conversation_id: "c1",
        state: "delivered",
      });
    }
  });

  test("a receipt alone stands after the conversation it belongs to", () => {
    const item = { client_id: "k", parts: [], at: message(9).at, tries: 1, problem: null };
    const timeline = merge(
      [message(8)],
      [confirmation(item, { client_id: "k", id: "m9", seq: 9, at: message(9).at })],
    );
    expect(seqs(timeline)).toEqual([8, 9]);
    expect(timeline[1]!.conversation_id).toBe("c1");
  });

  test("numbers that begin again in a later conversation do not mix with the earlier one", () => {
    const later = (seq: number) =>
      message(seq, {
        id: `n${seq}`,
        conversation_id: "c2",
        at: new Date(1_800_000_000_000 + seq).toISOString(),
      });
    const timeline = merge([], [later(2), message(7), later(1), message(6)]);
    expect(timeline.map((one) => one.id)).toEqual(["m6", "m7", "n1", "n2"]);
  });

  test("a delivery state never goes backwards", () => {
    const read = advance(merge([], [message(1)]), 1, "read");
    expect(read[0]!.state).toBe("read");
    expect(advance(read, 1, "delivered")[0]!.state).toBe("read");
    expect(merge(read, [message(1, { state: "sent" })])[0]!.state).toBe("read");
  });

  test("a read state covers what was sent before it and nothing after, and nobody else's words", () => {
    const timeline = merge([], [message(1), message(2, { author: assistant }), message(3)]);
    expect(advance(timeline, 2, "read").map((one) => one.state)).toEqual(["read", "sent", "sent"]);
  });

  test("unread counts words of others after the one seen last, not one's own and not notices", () => {
    const system = { kind: "system" as const, id: null, name: "" };
    const timeline = merge(
      [],
      [
        message(1, { author: assistant }),
        message(2),
        message(3, { author: assistant }),
        message(4, { author: system }),
      ],
    );
    expect(unread(timeline, message(1).at)).toBe(1);
    expect(unread(timeline, message(4).at)).toBe(0);
  });

  test("coming back to a later conversation asks for all of it", () => {
    const timeline = merge([], [message(7)]);
    expect(lastSeq(timeline, "c1")).toBe(7);
    expect(lastSeq(timeline, "c2")).toBe(0);
  });

  test("an empty conversation begins at nought", () => {
    expect([firstSeq([]), lastSeq([])]).toEqual([0, 0]);
    expect([firstSeq([message(4), message(6)]), lastSeq([message(4), message(6)])]).toEqual([4, 6]);
  });
});
