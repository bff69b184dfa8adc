/** What was said, fetched in pages: the latest first, older ones upwards, missed ones after a gap. */
import type { Message } from "../contract.ts";
import type { Api } from "./api.ts";
import type { State } from "./state.ts";
import { firstSeq, lastSeq, merge } from "./timeline.ts";

const PAGE = 30;
const GAP_PAGE = 100;
const NEWEST = 2 ** 31 - 1;

export class History {
  readonly #state: State;
  readonly #api: Pick<Api, "messages">;
  readonly #arrived: (messages: readonly Message[]) => void;

  constructor(
    state: State,
    api: Pick<Api, "messages">,
    arrived: (messages: readonly Message[]) => void,
  ) {
    this.#state = state;
    this.#api = api;
    this.#arrived = arrived;
  }

  /** What a returning visitor sees first; afterwards what has come since. */
  async refresh(): Promise<void> {
    if (this.#state.timeline.value.length) return await this.newer();
    const latest = await this.#api.messages({ before: NEWEST, limit: PAGE });
    this.#state.hasOlder.value = latest.length >= PAGE;
    this.#arrived(latest);
  }

  async newer(conversation?: string | null): Promise<void> {
    for (let more = true; more;) {
      const after = lastSeq(this.#state.timeline.value, conversation);
      const newer = await this.#api.messages({ after, limit: GAP_PAGE }).catch(() => []);
      this.#arrived(newer);
      more = newer.length >= GAP_PAGE;
    }
  }

  /** The server's last number says whether something is missing here. */
  catchUp(last: number, conversation?: string | null): void {
    if (last > lastSeq(this.#state.timeline.value, conversation)) void this.newer(conversation);
  }

  async older(): Promise<void> {
    const { hasOlder, loadingOlder, timeline } = this.#state;
    if (loadingOlder.value || !hasOlder.value) return;
    loadingOlder.value = true;
    try {
      const known = timeline.value.length;
      const older = await this.#api.messages({ before: firstSeq(timeline.value), limit: PAGE });
      timeline.value = merge(timeline.value, older);
      hasOlder.value = older.length >= PAGE && timeline.value.length > known;
    } catch {
      // The next scroll to the top tries again.
    } finally {
      loadingOlder.value = false;
    }
  }
}
