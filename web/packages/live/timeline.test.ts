import { describe, expect, it } from "vitest";
import * as timeline from "./timeline.ts";
import { clientId } from "./ids.ts";

const message = (seq: number, more: Partial<timeline.TimelineMessage> = {}) => ({
  id: `m${seq}`, seq, client_id: null, state: "sent", at: "2026-01-01T00:00:00Z", ...more,
});
const draft = (id: string) => message(0, { id, client_id: id, state: "queued" });
const seqs = (entries: timeline.Entries<timeline.TimelineMessage>) => entries.map((e) => e.message.seq);

describe("the timeline", () => {
  it("keeps messages in order of seq however they arrive", () => {
    const entries = timeline.merge(timeline.merge([], [message(3), message(1)]), [message(2)]);
    expect(seqs(entries)).toEqual([1, 2, 3]);
  });

  it("shows a repeated message once", () => {
    const once = timeline.merge([], [message(1), message(2)]);
    expect(timeline.merge(once, [message(2), message(1)])).toHaveLength(2);
  });

  it("replaces an echo by the message with its client id and keeps the key", () => {
    const echoed = timeline.echo(timeline.merge([], [message(1)]), draft("c1"));
    const confirmed = timeline.merge(echoed, [message(2, { client_id: "c1" })]);
    expect(seqs(confirmed)).toEqual([1, 2]);
    expect(confirmed[1]).toMatchObject({ key: "c1", local: null });
  });

  it("never doubles whichever of acknowledgement and message comes first", () => {
    const echoed = timeline.echo<timeline.TimelineMessage>([], draft("c1"));
    const receipt = { id: "m5", seq: 5, at: "2026-01-01T00:00:01Z" };
    const arrived = message(5, { id: "m5", client_id: "c1", state: "delivered" });
    const ackFirst = timeline.merge(timeline.acknowledge(echoed, "c1", receipt), [arrived]);
    const messageFirst = timeline.acknowledge(timeline.merge(echoed, [arrived]), "c1", receipt);
    for (const entries of [ackFirst, messageFirst]) {
      expect(entries).toHaveLength(1);
      expect(entries[0]!.message).toMatchObject({ seq: 5, state: "delivered" });
    }
  });

  it("keeps what is not confirmed below what is", () => {
    const echoed = timeline.echo<timeline.TimelineMessage>([], draft("c1"));
    const entries = timeline.merge(echoed, [message(9)]);
    expect(entries.map((e) => e.key)).toEqual(["m9", "c1"]);
  });

  it("marks a refused echo and lets it be sent again or thrown away", () => {
    const echoed = timeline.echo<timeline.TimelineMessage>([], draft("c1"));
    const failed = timeline.fail(echoed, "c1", { code: "not_owner", status: 409, detail: "…" });
    expect(failed[0]!.local).toMatchObject({ state: "failed", problem: { code: "not_owner" } });
    expect(timeline.retrying(failed, "c1")[0]!.local!.state).toBe("sending");
    expect(timeline.discard(failed, "c1")).toEqual([]);
  });

  it("shows what failed, waits again and arrived, but nothing older than that", () => {
    const steps = ["failed", "queued", "failed", "sent", "queued", "failed", "read"];
    let entries = timeline.merge([], [message(1, { state: "queued" }), message(2)]);
    const seen = steps.map((state) => {
      entries = timeline.deliveries(entries, [{ seq: 1, state }]);
      return entries[0]!.message.state;
    });
    expect(seen).toEqual(["failed", "queued", "failed", "sent", "sent", "sent", "read"]);
    expect(entries[1]!.message.state).toBe("sent");
  });

  it("takes the state that the acknowledgement names", () => {
    const echoed = timeline.echo<timeline.TimelineMessage>([], draft("c1"));
    const receipt = { id: "m5", seq: 5, at: "2026-01-01T00:00:01Z", state: "queued" };
    expect(timeline.acknowledge(echoed, "c1", receipt)[0]!.message.state).toBe("queued");
  });

  it("never moves a delivery state backwards", () => {
    const read = timeline.merge([], [message(1, { state: "read" })]);
    expect(timeline.merge(read, [message(1, { state: "sent" })])[0]!.message.state).toBe("read");
    expect(timeline.receipt(read, 1, "delivered")[0]!.message.state).toBe("read");
  });

  it("applies a receipt to everything up to its seq", () => {
    const entries = timeline.receipt(timeline.merge([], [message(1), message(2), message(3)]), 2, "read");
    expect(entries.map((e) => e.message.state)).toEqual(["read", "read", "sent"]);
  });

  it("knows its first and last confirmed seq", () => {
    const entries = timeline.echo(timeline.merge([], [message(4), message(7)]), draft("c1"));
    expect([timeline.firstSeq(entries), timeline.lastSeq(entries)]).toEqual([4, 7]);
    expect(timeline.firstSeq([])).toBeNull();
  });
});

it("makes client ids that sort by time", () => {
  const ids = [1_000, 2_000, 3_000_000_000_000].map((now) => clientId(now));
  expect([...ids].sort()).toEqual(ids);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
