/** Everything the panel shows, as signals that the views follow. */
import type { LiveState } from "@xiaoer/live";
import { computed, signal } from "@preact/signals";
import type { Config, Identity, Owner, ServerFrame } from "../contract.ts";
import type { Outgoing } from "./outbox.ts";
import { type Timeline, unread } from "./timeline.ts";
import type { Upload } from "./uploads.ts";

export type Stage = "starting" | "ready" | "unreachable" | "refused";
export type Sheet = "prove" | "leave" | "rate" | null;

export interface Place {
  place: number;
  estimate_s: number | null;
}

const TYPING_SHOWN_MS = 4_000;
const THINKING_LONGEST_MS = 20_000;

export class State {
  readonly stage = signal<Stage>("starting");
  readonly line = signal<LiveState>("idle");
  /** Tries of the line that failed since it last stood. */
  readonly failures = signal(0);
  readonly online = signal(navigator.onLine);
  readonly timeline = signal<Timeline>([]);
  readonly outgoing = signal<readonly Outgoing[]>([]);
  readonly uploads = signal<readonly Upload[]>([]);
  readonly hasOlder = signal(false);
  readonly loadingOlder = signal(false);
  readonly owner = signal<Owner>({ kind: "assistant" });
  readonly queue = signal<Place | null>(null);
  readonly thinking = signal(false);
  readonly typing = signal(false);
  readonly identity = signal<Identity>({ proven: false });
  readonly config = signal<Config>({});
  readonly isResolved = signal(false);
  /** The server's time of the last message that was in view. */
  readonly seenAt = signal("");
  readonly isOpen = signal(false);
  readonly sheet = signal<Sheet>(null);
  readonly notice = signal<string | null>(null);
  readonly unread = computed(() => unread(this.timeline.value, this.seenAt.value));
  #typingTimer = 0;
  #thinkingTimer = 0;

  /** Frames that only change what is shown; messages and receipts are the chat's own. */
  show(frame: ServerFrame): void {
    switch (frame.t) {
      case "owner":
        return this.ownedBy(frame.owner, frame.status === "resolved");
      case "queue":
        this.queue.value = { place: frame.place, estimate_s: frame.estimate_s };
        return;
      case "thinking":
        return this.think(frame.on);
      case "typing":
        return this.#type();
      case "identity":
        this.identity.value = frame;
    }
  }

  ownedBy(owner: Owner, isResolved = false): void {
    this.owner.value = owner;
    this.isResolved.value = isResolved;
    if (owner.kind !== "queue") this.queue.value = null;
    if (owner.kind !== "assistant") this.thinking.value = false;
  }

  /** The assistant has a question before it: it looks, until it answers or has been too long. */
  think(on: boolean): void {
    this.thinking.value = on;
    clearTimeout(this.#thinkingTimer);
    if (!on) return;
    this.#thinkingTimer = window.setTimeout(() => this.quiet(), THINKING_LONGEST_MS);
  }

  /** Nobody is busy with an answer any more, as far as we know. */
  quiet(): void {
    this.thinking.value = false;
    this.typing.value = false;
  }

  /** Nothing of one visitor is left when another one comes. */
  clear(seenAt: string): void {
    this.timeline.value = [];
    this.hasOlder.value = false;
    this.ownedBy({ kind: "assistant" });
    this.quiet();
    this.sheet.value = null;
    this.seenAt.value = seenAt;
  }

  #type(): void {
    this.typing.value = true;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = window.setTimeout(() => (this.typing.value = false), TYPING_SHOWN_MS);
  }
}
