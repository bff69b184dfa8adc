/** What the browser remembers for us, also where it refuses to (private windows, full storage). */
import type { Storage } from "./outbox.ts";

export function openStorage(): Storage {
  try {
    const probe = "xiaoer:probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return new Forgetful();
  }
}

/** Keeps for the life of the page only. */
export class Forgetful implements Storage {
  readonly #kept = new Map<string, string>();

  get length(): number {
    return this.#kept.size;
  }

  key(index: number): string | null {
    return [...this.#kept.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }

  removeItem(key: string): void {
    this.#kept.delete(key);
  }
}

/** One account's small notes in that storage. */
export class Memory {
  readonly #storage: Storage;
  readonly #prefix: string;

  constructor(storage: Storage, account: string) {
    this.#storage = storage;
    this.#prefix = `xiaoer:${account}:`;
  }

  read(name: string): string | null {
    return this.#storage.getItem(this.#prefix + name);
  }

  write(name: string, value: string | null): void {
    try {
      if (value === null || value === "") this.#storage.removeItem(this.#prefix + name);
      else this.#storage.setItem(this.#prefix + name, value);
    } catch {
      // Full storage: the note is lost with the page, which is all that it can cost.
    }
  }
}
