/** The messages of one conversation as a screen shows them: what the server confirmed, in order of
 *  `seq`, then what was written here and is not confirmed yet.
 *
 *  Pure functions over frozen arrays. A message that carries the `client_id` of a local echo takes
 *  its place and its key, so that it is never shown twice and its element is not built anew. */
import type { Problem } from "./frames.ts";

export interface TimelineMessage {
  id: string;
  seq: number;
  client_id: string | null;
  state: string;
  at: string;
}

export interface Entry<M extends TimelineMessage> {
  key: string;
  message: M;
  local: { state: "sending" | "failed"; problem: Problem | null } | null;
}

export type Entries<M extends TimelineMessage> = readonly Entry<M>[];

/** `failed` ranks with `queued`: a person may let it wait again, and a receipt may overtake it. */
const RANK: Record<string, number> = { queued: 0, failed: 0, sent: 1, delivered: 2, read: 3 };

/** Delivery states only move forward, whatever order receipts come in. */
export function laterState<S extends string>(a: S, b: S): S {
  return (RANK[b] ?? -1) >= (RANK[a] ?? -1) ? b : a;
}

function keyOf(message: TimelineMessage): string {
  return message.client_id ?? message.id;
}

export function merge<M extends TimelineMessage>(
  entries: Entries<M>,
  incoming: readonly M[],
): Entries<M> {
  if (incoming.length === 0) return entries;
  const confirmed = new Map<number, Entry<M>>();
  const local = new Map<string, Entry<M>>();
  for (const entry of entries) {
    if (entry.local) local.set(entry.key, entry);
    else confirmed.set(entry.message.seq, entry);
  }
  for (const message of incoming) {
    if (message.client_id) local.delete(message.client_id);
    const before = confirmed.get(message.seq);
    const state = before ? laterState(before.message.state, message.state) : message.state;
    confirmed.set(message.seq, {
      key: before?.key ?? keyOf(message),
      message: state === message.state ? message : { ...message, state },
      local: null,
    });
  }
  const ordered = [...confirmed.values()].sort((a, b) => a.message.seq - b.message.seq);
  return [...ordered, ...local.values()];
}

/** Shows a message before the server has it. */
export function echo<M extends TimelineMessage>(entries: Entries<M>, draft: M): Entries<M> {
  const key = keyOf(draft);
  if (entries.some((entry) => entry.key === key)) return entries;
  return [...entries, { key, message: draft, local: { state: "sending", problem: null } }];
}

/** The server has it: the echo becomes a message with its number and time. */
export function acknowledge<M extends TimelineMessage>(
  entries: Entries<M>,
  clientId: string,
  receipt: { id: string; seq: number; at: string; state?: string },
): Entries<M> {
  const found = entries.find((entry) => entry.local && entry.key === clientId);
  if (!found) return entries;
  return merge(entries, [{ ...found.message, ...receipt, state: receipt.state ?? "sent" }]);
}

export function fail<M extends TimelineMessage>(
  entries: Entries<M>,
  clientId: string,
  problem: Problem | null,
): Entries<M> {
  return relabel(entries, clientId, { state: "failed", problem });
}

export function retrying<M extends TimelineMessage>(
  entries: Entries<M>,
  clientId: string,
): Entries<M> {
  return relabel(entries, clientId, { state: "sending", problem: null });
}

function relabel<M extends TimelineMessage>(
  entries: Entries<M>,
  clientId: string,
  local: Entry<M>["local"],
): Entries<M> {
  return entries.map((entry) =>
    entry.local && entry.key === clientId ? { ...entry, local } : entry,
  );
}

export function discard<M extends TimelineMessage>(
  entries: Entries<M>,
  clientId: string,
): Entries<M> {
  return entries.filter((entry) => !(entry.local && entry.key === clientId));
}

/** A receipt for everything up to `seq`. */
export function receipt<M extends TimelineMessage>(
  entries: Entries<M>,
  seq: number,
  state: M["state"],
): Entries<M> {
  return entries.map((entry) => {
    if (entry.local || entry.message.seq > seq) return entry;
    const next = laterState(entry.message.state, state);
    return next === entry.message.state
      ? entry
      : { ...entry, message: { ...entry.message, state: next } };
  });
}

/** How far single messages have come, and why one has not. */
export function deliveries<M extends TimelineMessage>(
  entries: Entries<M>,
  items: readonly Pick<M, "seq" | "state">[],
): Entries<M> {
  const told = new Map(items.map((item) => [item.seq, item]));
  return entries.map((entry) => {
    const item = entry.local ? undefined : told.get(entry.message.seq);
    if (!item || laterState(entry.message.state, item.state) !== item.state) return entry;
    return { ...entry, message: { ...entry.message, ...item } };
  });
}

export function lastSeq<M extends TimelineMessage>(entries: Entries<M>): number {
  return entries.reduce((top, entry) => (entry.local ? top : Math.max(top, entry.message.seq)), 0);
}

export function firstSeq<M extends TimelineMessage>(entries: Entries<M>): number | null {
  const first = entries.find((entry) => !entry.local);
  return first ? first.message.seq : null;
}
