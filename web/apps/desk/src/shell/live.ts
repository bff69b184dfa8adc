/** The desk's one socket: its state for the screen, its frames for whoever listens. */
import type { DeskIn, DeskOut } from "@xiaoer/api";
import { LiveClient, type LiveState } from "@xiaoer/live";
import { shallowRef, watch } from "vue";
import { api } from "./queries.ts";
import { isOnline } from "./screen.ts";

type Posted = Extract<DeskOut, { t: "send" }>;
type Ear = (frame: DeskIn) => void;

const KEPT = "xiaoer.unsent";
const ears = new Set<Ear>();
const watched = new Map<string, () => number>();

export const liveState = shallowRef<LiveState>("idle");

/** Unsent words outlive a reload of this tab, and of no other: two tabs must not send them twice. */
const keep = {
  load(): Posted[] {
    try { return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as Posted[]; } catch { return []; }
  },
  save(frames: readonly Posted[]): void {
    try { sessionStorage.setItem(KEPT, JSON.stringify(frames)); } catch { /* full or private */ }
  },
};

const ASK_WHY_EVERY = 3;
const ASK_AGAIN_MS = 5_000;
let failures = 0;
let isLeaving = false;

/** A call that is refused with 401 leads to the sign-in; any other answer leaves the session as it
 *  is, so a line that was closed for good is tried again after a while. */
async function askWhy(): Promise<void> {
  if (isLeaving || !isOnline.value) return;
  await api.org.me().catch(() => undefined);
  if (liveState.value !== "closed") return;
  setTimeout(() => { if (!isLeaving) client.start(); }, ASK_AGAIN_MS);
}

const client = new LiveClient<DeskIn, DeskOut>({
  url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live`,
  onFrame: (frame) => ears.forEach((ear) => ear(frame)),
  onState: (state) => {
    liveState.value = state;
    if (state === "open") failures = 0;
    // A refused socket does not say why; a call does, and leads to the sign-in when that is it.
    if (state === "closed" || (state === "waiting" && ++failures % ASK_WHY_EVERY === 0)) void askWhy();
  },
  resume: () => [...watched].map(([conversation, after]) => ({ t: "watch", conversation, after: after() })),
  keep: keep as never,
});

watch(isOnline, (online) => client.networkChanged(online));

export const live = {
  start: () => {
    isLeaving = false;
    client.start();
  },
  stop: () => {
    isLeaving = true;
    client.stop();
  },
  retryNow: () => client.retryNow(),
  hear(ear: Ear): () => void {
    ears.add(ear);
    return () => ears.delete(ear);
  },
  /** Follows a conversation, also across reconnects; `after` tells the last seq held here. */
  follow(conversation: string, after: () => number): () => void {
    watched.set(conversation, after);
    client.tell({ t: "watch", conversation, after: after() });
    return () => {
      watched.delete(conversation);
      client.tell({ t: "unwatch", conversation });
    };
  },
  post: (frame: Posted) => client.post(frame),
  withdraw: (clientId: string) => client.withdraw(clientId),
  pending: () => client.pending() as readonly Posted[],
  tell: (frame: DeskOut) => client.tell(frame),
};
