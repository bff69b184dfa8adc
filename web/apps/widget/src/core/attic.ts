/** Pictures that are still on their way, kept over a reload: files do not fit into `localStorage`.
 *  Where the browser has no such place, they live as long as the page. */

interface Kept {
  client_id: string;
  visitor: string;
  file: File;
}

const SHELF = "pictures";

export class Attic {
  readonly #name: string;
  #database: Promise<IDBDatabase> | null = null;

  constructor(account: string) {
    this.#name = `xiaoer:${account}`;
  }

  async keep(kept: Kept): Promise<void> {
    await this.#do("readwrite", (shelf) => shelf.put(kept));
  }

  async remove(client_id: string): Promise<void> {
    await this.#do("readwrite", (shelf) => shelf.delete(client_id));
  }

  /** What this visitor sent, or somebody here before it was known who. */
  async of(visitor: string): Promise<Kept[]> {
    const all = (await this.#do("readonly", (shelf) => shelf.getAll())) as Kept[] | undefined;
    return (all ?? []).filter((kept) => [visitor, ""].includes(kept.visitor));
  }

  async #do(
    mode: IDBTransactionMode,
    ask: (shelf: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> {
    try {
      this.#database ??= opened(this.#name);
      const shelf = (await this.#database).transaction(SHELF, mode).objectStore(SHELF);
      return await settled(ask(shelf));
    } catch {
      return undefined;
    }
  }
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(SHELF, { keyPath: "client_id" });
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
