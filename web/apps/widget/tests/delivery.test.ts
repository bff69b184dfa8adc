import { beforeEach, describe, expect, test } from "vitest";
import type { ClientFrame, Part, Receipt } from "../src/contract.ts";
import { Refusal } from "../src/core/api.ts";
import { Delivery } from "../src/core/delivery.ts";
import { Forgetful } from "../src/core/memory.ts";
import { backOff, isPassing, Outbox, type Outgoing } from "../src/core/outbox.ts";

const words = (text: string): Part[] => [{ kind: "text", text }];
const AT = "2026-01-01T00:00:00Z";

describe("outbox", () => {
  test("what was written survives the page, in order", () => {
    const storage = new Forgetful();
    const before = new Outbox(storage, "shop", "v1");
    before.add("b", words("2"), AT);
    before.add("a", words("1"), AT);
    expect(new Outbox(storage, "shop", "v1").items.map((one) => one.client_id)).toEqual(["a", "b"]);
  });

  test("another visitor never sees it", () => {
    const storage = new Forgetful();
    new Outbox(storage, "shop", "v1").add("a", words("1"), AT);
    expect(new Outbox(storage, "shop", "v2").items).toEqual([]);
    expect(new Outbox(storage, "other", "v1").items).toEqual([]);
  });

  test("two tabs do not overwrite each other's messages", () => {
    const storage = new Forgetful();
    const [one, two] = [new Outbox(storage, "shop", "v"), new Outbox(storage, "shop", "v")];
    one.add("a", words("1"), AT);
    two.add("b", words("2"), AT);
    one.remove("a");
    expect(new Outbox(storage, "shop", "v").items.map((item) => item.client_id)).toEqual(["b"]);
  });

  test("what a newcomer wrote before the first session goes with them, once", () => {
    const storage = new Forgetful();
    const nobody = new Outbox(storage, "shop", "");
    nobody.add("a", words("1"), AT);
    const somebody = new Outbox(storage, "shop", "v");
    somebody.adopt(nobody);
    expect(new Outbox(storage, "shop", "v").items.map((item) => item.client_id)).toEqual(["a"]);
    expect(new Outbox(storage, "shop", "").items).toEqual([]);
  });

  test("a damaged entry is passed over", () => {
    const storage = new Forgetful();
    storage.setItem("xiaoer:shop:v:out:x", "{oops");
    storage.setItem("xiaoer:shop:v:out:y", "7");
    expect(new Outbox(storage, "shop", "v").items).toEqual([]);
  });

  test("a full storage costs only the survival of a reload", () => {
    const storage = new Forgetful();
    storage.setItem = () => {
      throw new Error("full");
    };
    const outbox = new Outbox(storage, "shop", "v");
    outbox.add("a", words("1"), AT);
    expect(outbox.next()?.client_id).toBe("a");
  });

  test("waiting grows, has a ceiling, and differs by chance", () => {
    expect(backOff(0, 0)).toBe(250);
    expect(backOff(3, 1)).toBe(4000);
    expect(backOff(50, 1)).toBe(15_000);
    expect(backOff(3, 0)).toBeLessThan(backOff(3, 1));
  });

  test("only a considered refusal is final", () => {
    const status = (one: number) => isPassing({ code: "x", status: one });
    expect([0, 401, 408, 425, 429, 500, 503].map(status)).not.toContain(false);
    expect([400, 403, 409, 413, 422].map(status)).not.toContain(true);
  });
});

class World {
  outbox = new Outbox(new Forgetful(), "shop", "v");
  isLive = true;
  emitted: string[] = [];
  posted: string[] = [];
  confirmedIds: string[] = [];
  renewals = 0;
  answer: (client_id: string) => Promise<Omit<Receipt, "client_id">> = (id) =>
    Promise.resolve({ id: `m-${id}`, seq: this.posted.length, at: AT });
  timers: (() => void)[] = [];
  delivery = new Delivery(this.outbox, {
    api: {
      send: (client_id) => {
        this.posted.push(client_id);
        return this.answer(client_id);
      },
    },
    emit: (frame: ClientFrame) => {
      if (!this.isLive) return false;
      if (frame.t === "send") this.emitted.push(frame.client_id);
      return true;
    },
    confirmed: (item: Outgoing) => this.confirmedIds.push(item.client_id),
    changed: () => undefined,
    renew: () => {
      this.renewals += 1;
      return Promise.resolve();
    },
    after: (_, run) => this.timers.push(run),
    chance: () => 0,
  });

  write(...ids: string[]): void {
    for (const id of ids) this.outbox.add(id, words(id), AT);
    this.delivery.pump();
  }

  acknowledge(client_id: string): void {
    this.delivery.acknowledged({ client_id, id: `m-${client_id}`, seq: 1, at: AT });
  }

  /** Lets every waiting time pass, and what follows from it happen. */
  async pass(): Promise<void> {
    for (const run of this.timers.splice(0)) run();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe("delivery", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  test("the second message leaves only when the first is confirmed", () => {
    world.write("a", "b");
    expect(world.emitted).toEqual(["a"]);
    world.acknowledge("a");
    expect(world.emitted).toEqual(["a", "b"]);
    expect(world.outbox.items.map((one) => one.client_id)).toEqual(["b"]);
  });

  test("a lost acknowledgement is asked for by plain request with the same id", async () => {
    world.write("a");
    await world.pass();
    expect(world.posted).toEqual(["a"]);
    expect(world.confirmedIds).toEqual(["a"]);
    expect(world.outbox.items).toEqual([]);
  });

  test("when the line breaks, what flew on it goes again at once", async () => {
    world.write("a");
    world.isLive = false;
    world.delivery.interrupted();
    await settled();
    expect(world.posted).toEqual(["a"]);
  });

  test("without a network messages wait, then leave in order and each once", async () => {
    world.isLive = false;
    world.answer = () => Promise.reject(new Refusal({ code: "offline", status: 0 }));
    world.write("a", "b", "c");
    await settled();
    await world.pass();
    expect(world.outbox.items).toHaveLength(3);
    world.answer = (id) => Promise.resolve({ id: `m-${id}`, seq: 1, at: AT });
    await world.pass();
    await settled();
    expect(world.confirmedIds).toEqual(["a", "b", "c"]);
    expect(world.posted.slice(-3)).toEqual(["a", "b", "c"]);
  });

  test("a refused message says why and holds nobody else up; sending again is the writer's choice", async () => {
    world.write("a", "b");
    world.delivery.refused("a", { code: "too_long", status: 422, detail: "太长" });
    expect(world.outbox.items[0]!.problem?.detail).toBe("太长");
    world.acknowledge("b");
    world.outbox.again("a");
    world.delivery.pump();
    await settled();
    expect(world.confirmedIds).toEqual(["b", "a"]);
  });

  test("an expired token is renewed and the message goes again", async () => {
    world.isLive = false;
    world.answer = () => Promise.reject(new Refusal({ code: "bad_token", status: 401 }));
    world.write("a");
    await settled();
    expect(world.renewals).toBe(1);
    world.answer = (id) => Promise.resolve({ id, seq: 1, at: AT });
    await world.pass();
    expect(world.confirmedIds).toEqual(["a"]);
  });

  test("a second acknowledgement of the same message changes nothing", () => {
    world.write("a");
    world.acknowledge("a");
    world.acknowledge("a");
    expect(world.confirmedIds).toEqual(["a"]);
  });

  test("an answer for a visitor who has left does not touch the one who came", async () => {
    world.isLive = false;
    let finish: (receipt: Omit<Receipt, "client_id">) => void = () => undefined;
    world.answer = () => new Promise((resolve) => (finish = resolve));
    world.write("a");
    world.delivery.use(new Outbox(new Forgetful(), "shop", "other"));
    finish({ id: "m", seq: 1, at: AT });
    await settled();
    expect(world.confirmedIds).toEqual([]);
  });
});
