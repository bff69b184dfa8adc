/** Sends what lies in the outbox, oldest first, one at a time, until the server has confirmed it.
 *
 * The socket is tried first and plain HTTP after it; the client id makes both the same message.
 */
import type { ClientFrame, Problem, Receipt } from "../contract.ts";
import type { Api } from "./api.ts";
import { problemFrom } from "./api.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import { backOff, isPassing } from "./outbox.ts";

export interface DeliveryWorld {
  api: Pick<Api, "send">;
  /** Gives a frame to the live socket; false when there is none. */
  emit: (frame: ClientFrame) => boolean;
  /** The message is on the server's disk. */
  confirmed: (item: Outgoing, receipt: Receipt) => void;
  changed: () => void;
  /** The token is no longer good; resolves when there may be a better one. */
  renew: () => Promise<void>;
  after: (ms: number, run: () => void) => number;
  chance: () => number;
}

const ACK_PATIENCE_MS = 6_000;

export class Delivery {
  #outbox: Outbox;
  readonly #world: DeliveryWorld;
  #flying: string | null = null;
  #timer = 0;

  constructor(outbox: Outbox, world: DeliveryWorld) {
    this.#outbox = outbox;
    this.#world = world;
  }

  /** Another visitor's box takes over; what was flying belongs to the old one. */
  use(outbox: Outbox): void {
    this.#outbox = outbox;
    this.#flying = null;
  }

  pump(): void {
    if (this.#flying) return;
    const item = this.#outbox.next();
    if (!item) return;
    this.#flying = item.client_id;
    const { client_id, parts } = item;
    if (item.tries === 0 && this.#world.emit({ t: "send", client_id, parts })) {
      this.#outbox.tried(client_id);
      this.#timer = this.#world.after(ACK_PATIENCE_MS, () => {
        if (this.#flying === client_id) void this.#post(item);
      });
    } else {
      void this.#post(item);
    }
  }

  /** The socket is gone: what flew on it goes again now instead of after the patience. */
  interrupted(): void {
    const item = this.#outbox.items.find((one) => one.client_id === this.#flying);
    if (item && item.tries > 0 && this.#timer) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      void this.#post(item);
    }
  }

  acknowledged(receipt: Receipt): void {
    const item = this.#outbox.remove(receipt.client_id);
    if (item) this.#world.confirmed(item, receipt);
    this.#settle(receipt.client_id);
  }

  refused(client_id: string, problem: Problem): void {
    if (isPassing(problem)) {
      this.#later(client_id);
      return;
    }
    this.#outbox.refused(client_id, problem);
    this.#settle(client_id);
  }

  async #post(item: Outgoing): Promise<void> {
    const outbox = this.#outbox;
    outbox.tried(item.client_id);
    try {
      const receipt = await this.#world.api.send(item.client_id, item.parts);
      if (outbox === this.#outbox) this.acknowledged({ ...receipt, client_id: item.client_id });
    } catch (failure) {
      if (outbox !== this.#outbox) return;
      const problem = problemFrom(failure);
      if (problem.status === 401) await this.#world.renew();
      this.refused(item.client_id, problem);
    }
  }

  #later(client_id: string): void {
    if (this.#flying !== client_id) return;
    const tries = this.#outbox.items.find((one) => one.client_id === client_id)?.tries ?? 0;
    this.#world.after(backOff(tries, this.#world.chance()), () => this.#settle(client_id));
    this.#world.changed();
  }

  #settle(client_id: string): void {
    if (this.#flying === client_id) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      this.#flying = null;
    }
    this.#world.changed();
    this.pump();
  }
}
