import { describe, expect, it } from "vitest";
import { LiveClient, LiveError, type Clock, type LiveOptions, type SocketLike } from "./client.ts";
import type { Frame } from "./frames.ts";

type Out = Frame & Record<string, unknown>;
type In = Frame & Record<string, unknown>;

class FakeSocket implements SocketLike {
  readyState = 1;
  onopen = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror = null;
  sent: Out[] = [];
  closedWith: number | null = null;
  constructor(readonly url: string) {}
  send(text: string) { this.sent.push(JSON.parse(text) as Out); }
  close(code = 1000) { this.closedWith = code; this.drop(code); }
  say(frame: In) { this.onmessage?.({ data: JSON.stringify(frame) }); }
  drop(code = 1006) { this.readyState = 3; this.onclose?.({ code, reason: "" }); }
}

class FakeClock implements Clock {
  time = 0;
  luck = 0.5;
  private waiting: { at: number; run: () => void; id: number }[] = [];
  private ids = 0;
  now() { return this.time; }
  random() { return this.luck; }
  later(run: () => void, ms: number) {
    this.waiting.push({ at: this.time + ms, run, id: ++this.ids });
    return this.ids;
  }
  cancel(timer: unknown) { this.waiting = this.waiting.filter((w) => w.id !== timer); }
  pass(ms: number) {
    const until = this.time + ms;
    for (;;) {
      const next = this.waiting.filter((w) => w.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((w) => w !== next);
      this.time = next.at;
      next.run();
    }
    this.time = until;
  }
}

function line(options: Partial<LiveOptions<In, Out>> = {}) {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const frames: In[] = [];
  const states: string[] = [];
  const client = new LiveClient<In, Out>({
    url: () => "ws://test/live",
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    open: (url) => { const s = new FakeSocket(url); sockets.push(s); return s; },
    clock,
    ...options,
  });
  return { client, clock, sockets, frames, states, last: () => sockets[sockets.length - 1]! };
}

describe("a posted frame", () => {
  it("waits for the line and goes out once it is ready", () => {
    const { client, last } = line();
    client.start();
    client.post({ t: "send", client_id: "a" });
    expect(last().sent).toEqual([]);
    last().say({ t: "ready" });
    expect(last().sent).toEqual([{ t: "send", client_id: "a" }]);
  });

  it("is repeated in order after a reconnect until it is acknowledged", () => {
    const { client, clock, last } = line();
    client.start();
    last().say({ t: "ready" });
    for (const id of ["a", "b", "c"]) client.post({ t: "send", client_id: id });
    last().say({ t: "ack", client_id: "a" });
    last().drop();
    clock.pass(60_000);
    last().say({ t: "ready" });
    expect(last().sent.filter((f) => f.t === "send").map((f) => f.client_id)).toEqual(["b", "c"]);
  });

  it("is posted once however often it is handed over", () => {
    const { client, last } = line();
    client.start();
    last().say({ t: "ready" });
    client.post({ t: "send", client_id: "a" });
    client.post({ t: "send", client_id: "a" });
    expect(last().sent).toHaveLength(1);
  });

  it("is given up when the server refuses it", () => {
    const { client, frames, last } = line();
    client.start();
    last().say({ t: "ready" });
    client.post({ t: "send", client_id: "a" });
    last().say({ t: "error", client_id: "a", problem: { code: "not_owner" } });
    expect(client.pending()).toEqual([]);
    expect(frames.at(-1)?.t).toBe("error");
  });

  it("outlives a reload", () => {
    let stored: (Out & { client_id: string })[] = [];
    const keep = { load: () => stored, save: (f: readonly (Out & { client_id: string })[]) => { stored = [...f]; } };
    const first = line({ keep });
    first.client.start();
    first.client.post({ t: "send", client_id: "a" });
    const second = line({ keep });
    second.client.start();
    second.last().say({ t: "ready" });
    expect(second.last().sent).toEqual([{ t: "send", client_id: "a" }]);
    second.last().say({ t: "ack", client_id: "a" });
    expect(stored).toEqual([]);
  });
});

describe("a lost line", () => {
  it("resumes before it repeats what was not acknowledged", () => {
    const { client, clock, last } = line({ resume: () => [{ t: "watch", after: 7 }] });
    client.start();
    last().say({ t: "ready" });
    client.post({ t: "send", client_id: "a" });
    last().drop();
    clock.pass(60_000);
    last().say({ t: "ready" });
    expect(last().sent.slice(0, 2).map((f) => f.t)).toEqual(["watch", "send"]);
  });

  it("waits longer after each failure, with a ceiling", () => {
    const { client, clock, sockets, last } = line({ minDelayMs: 100, maxDelayMs: 1000 });
    clock.luck = 1;
    client.start();
    const waits: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const from = clock.time;
      last().drop();
      waits.push(client.retryAt! - from);
      clock.pass(client.retryAt! - from);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
    expect(sockets).toHaveLength(8);
  });

  it("spreads returns by jitter", () => {
    const waits = [0, 0.5, 1].map((luck) => {
      const { client, clock, last } = line({ minDelayMs: 400 });
      clock.luck = luck;
      client.start();
      last().drop();
      return client.retryAt;
    });
    expect(new Set(waits).size).toBe(3);
  });

  it("returns at once when the network is back", () => {
    const { client, sockets, last } = line();
    client.start();
    last().drop();
    client.networkChanged(true);
    expect(sockets).toHaveLength(2);
  });

  it("is not tried again when the session is over", () => {
    const { client, clock, sockets, last } = line();
    client.start();
    last().say({ t: "ready" });
    last().drop(4401);
    clock.pass(600_000);
    expect(client.state).toBe("closed");
    expect(sockets).toHaveLength(1);
  });

  it("is tried again, later and later, while the server says that it is not ready", () => {
    const { client, clock, sockets, last } = line({ minDelayMs: 100, maxDelayMs: 1000 });
    clock.luck = 1;
    client.start();
    for (const wait of [100, 200, 400]) {
      last().drop(1013);
      expect(client.state).toBe("waiting");
      clock.pass(wait);
    }
    expect(sockets).toHaveLength(4);
    last().say({ t: "ready" });
    expect(client.state).toBe("open");
  });

  it("is noticed when it falls silent", () => {
    const { client, clock, sockets, last } = line({ pingEveryMs: 1000 });
    client.start();
    last().say({ t: "ready" });
    clock.pass(10_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(sockets[0]!.closedWith).toBe(4000);
  });

  it("stays up while pongs come", () => {
    const { client, clock, sockets, last } = line({ pingEveryMs: 1000 });
    client.start();
    last().say({ t: "ready" });
    for (let i = 0; i < 20; i += 1) { clock.pass(1000); last().say({ t: "pong" }); }
    expect(sockets).toHaveLength(1);
    expect(client.state).toBe("open");
  });
});

describe("a question", () => {
  it("gets the answer with its own ref", async () => {
    const { client, last } = line();
    client.start();
    last().say({ t: "ready" });
    const one = client.ask({ t: "claim" });
    const two = client.ask({ t: "claim" });
    const [first, second] = last().sent;
    last().say({ t: "ok", ref: second!.ref, conversation: { id: "2" } });
    last().say({ t: "ok", ref: first!.ref, conversation: { id: "1" } });
    expect(await one).toMatchObject({ conversation: { id: "1" } });
    expect(await two).toMatchObject({ conversation: { id: "2" } });
  });

  it("fails with the server's problem", async () => {
    const { client, last } = line();
    client.start();
    last().say({ t: "ready" });
    const asked = client.ask({ t: "claim" });
    last().say({ t: "error", ref: last().sent[0]!.ref, problem: { code: "already_claimed", status: 409, detail: "…" } });
    await expect(asked).rejects.toMatchObject({ problem: { code: "already_claimed" } });
  });

  it("fails when the line is lost or silent", async () => {
    const { client, clock, last } = line({ pingEveryMs: 600_000 });
    client.start();
    last().say({ t: "ready" });
    const late = client.ask({ t: "claim" }, 500);
    clock.pass(500);
    await expect(late).rejects.toBeInstanceOf(LiveError);
    const cut = client.ask({ t: "claim" });
    last().drop();
    await expect(cut).rejects.toBeInstanceOf(LiveError);
    await expect(client.ask({ t: "claim" })).rejects.toBeInstanceOf(LiveError);
  });
});

it("survives a frame that is not JSON", () => {
  const { client, frames, last } = line();
  client.start();
  last().onmessage?.({ data: "\u0000<html>" });
  last().say({ t: "ready" });
  expect(frames).toEqual([{ t: "ready" }]);
});
