/** What the customer sent and the server has not confirmed yet.
 *
 * Every message lies in storage under its own key before it leaves, so that a reload, a crash of the
 * tab or a second tab loses nothing; its client id makes a repeated sending harmless.
 */
import type { Part, Problem } from "../contract.ts";

export interface Outgoing {
  client_id: string;
  parts: Part[];
  at: string;
  tries: number;
  problem: Problem | null;
}

export type Storage = Pick<
  globalThis.Storage,
  "getItem" | "setItem" | "removeItem" | "key" | "length"
>;

export class Outbox {
  readonly #storage: Storage;
  readonly #prefix: string;
  #items: Outgoing[];

  constructor(storage: Storage, account: string, visitor: string) {
    this.#storage = storage;
    this.#prefix = `xiaoer:${account}:${visitor}:out:`;
    this.#items = this.#stored();
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(client_id: string, parts: Part[], at: string): Outgoing {
    const item: Outgoing = { client_id, parts, at, tries: 0, problem: null };
    this.#items = [...this.#items, item];
    this.#keep(item);
    return item;
  }

  /** Takes over what was written before it was known who writes. */
  adopt(nobody: Outbox): void {
    for (const { client_id, parts, at } of nobody.items) {
      this.add(client_id, parts, at);
      nobody.remove(client_id);
    }
  }

  /** The oldest message that may leave. One that was refused holds nobody else up. */
  next(): Outgoing | null {
    return this.#items.find((item) => item.problem === null) ?? null;
  }

  tried(client_id: string): void {
    this.#change(client_id, (item) => ({ ...item, tries: item.tries + 1 }));
  }

  refused(client_id: string, problem: Problem): void {
    this.#change(client_id, (item) => ({ ...item, problem }));
  }

  again(client_id: string): void {
    this.#change(client_id, (item) => ({ ...item, problem: null }));
  }

  /** Confirmed by the server, or withdrawn by the customer. */
  remove(client_id: string): Outgoing | null {
    const item = this.#items.find((one) => one.client_id === client_id) ?? null;
    this.#items = this.#items.filter((one) => one !== item);
    this.#storage.removeItem(this.#prefix + client_id);
    return item;
  }

  #change(client_id: string, change: (item: Outgoing) => Outgoing): void {
    this.#items = this.#items.map((item) => (item.client_id === client_id ? change(item) : item));
    const item = this.#items.find((one) => one.client_id === client_id);
    if (item) this.#keep(item);
  }

  #keep(item: Outgoing): void {
    try {
      this.#storage.setItem(this.#prefix + item.client_id, JSON.stringify(item));
    } catch {
      // A full or forbidden storage costs the survival of a reload, not the sending itself.
    }
  }

  #stored(): Outgoing[] {
    const found: Outgoing[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const key = this.#storage.key(i);
      if (!key?.startsWith(this.#prefix)) continue;
      const item = parsed(this.#storage.getItem(key));
      if (item) found.push(item);
    }
    return found.sort((a, b) => (a.client_id < b.client_id ? -1 : 1));
  }
}

/** Whether trying again later can help: everything but a considered refusal. */
export function isPassing(problem: Problem): boolean {
  return (
    problem.status < 400 || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status)
  );
}

/** How long to wait before try number `tries`, in milliseconds; `chance` is between 0 and 1. */
export function backOff(tries: number, chance: number): number {
  return Math.min(15_000, 500 * 2 ** Math.min(tries, 6)) * (0.5 + chance / 2);
}

function parsed(text: string | null): Outgoing | null {
  try {
    const item = JSON.parse(text ?? "") as Outgoing;
    return typeof item.client_id === "string" && Array.isArray(item.parts) ? item : null;
  } catch {
    return null;
  }
}
