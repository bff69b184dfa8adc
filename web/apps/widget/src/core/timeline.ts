/** One ordered list out of what was loaded, what arrives live and what is still being sent.
 *
 * The same message can come three times: as our own echo, as the acknowledgement and as the server's
 * copy, in any order, again after each reconnect. It is one line on the screen.
 */
import { timeline as shared } from "@xiaoer/live";
import type { DeliveryState, Message, Receipt } from "../contract.ts";
import type { Outgoing } from "./outbox.ts";

export type Timeline = readonly Message[];

/** Adds messages; a copy that is already there is completed, and its state never goes backwards. */
export function merge(timeline: Timeline, incoming: readonly Message[]): Timeline {
  if (!incoming.length) return timeline;
  const byId = new Map(timeline.map((message) => [message.id, message]));
  for (const message of incoming) {
    const known = byId.get(message.id);
    byId.set(message.id, known ? joined(known, message) : message);
  }
  return ordered(housed([...byId.values()]));
}

/** Our messages up to `seq` have reached `state`. */
export function advance(timeline: Timeline, seq: number, state: DeliveryState): Timeline {
  return timeline.map((message) =>
    message.author.kind === "customer" && message.seq <= seq
      ? { ...message, state: shared.laterState(message.state, state) }
      : message,
  );
}

/** A message of ours as the receipt leaves it, until the server's own copy comes. */
export function confirmation(
  item: Outgoing,
  { id, seq, at, conversation_id = "" }: Receipt,
): Message {
  return {
    id,
    seq,
    conversation_id,
    client_id: item.client_id,
    author: { kind: "customer", id: null, name: "" },
    parts: item.parts,
    internal: false,
    covers: [],
    sources: [],
    state: "sent",
    at: at ?? item.at,
    tier: null,
  };
}

/** The number after which the server continues when we come back; each conversation counts anew. */
export function lastSeq(timeline: Timeline, conversation?: string | null): number {
  const last = timeline.at(-1);
  return !last || (conversation && last.conversation_id !== conversation) ? 0 : last.seq;
}

/** The server's time of the last message, which goes on over conversations. */
export function lastAt(timeline: Timeline): string {
  return timeline.at(-1)?.at ?? "";
}

export function firstSeq(timeline: Timeline): number {
  return timeline.length ? timeline[0]!.seq : 0;
}

/** How many messages by others are later than the one seen last. */
export function unread(timeline: Timeline, seenAt: string): number {
  return timeline.filter((message) => message.at > seenAt && isFromOthers(message)).length;
}

export function isFromOthers(message: Message): boolean {
  return message.author.kind === "assistant" || message.author.kind === "agent";
}

function joined(known: Message, copy: Message): Message {
  const state = shared.laterState(known.state, copy.state);
  const conversation_id = copy.conversation_id || known.conversation_id;
  return {
    ...known,
    ...copy,
    conversation_id,
    client_id: copy.client_id ?? known.client_id,
    state,
  };
}

/** A receipt does not name the conversation: what it confirmed belongs to the newest one known. */
function housed(messages: Message[]): Message[] {
  const named = messages.filter((message) => message.conversation_id);
  const newest = named.sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.conversation_id;
  if (!newest) return messages;
  return messages.map((one) => (one.conversation_id ? one : { ...one, conversation_id: newest }));
}

function ordered(messages: Message[]): Timeline {
  const began = new Map<string, string>();
  for (const { conversation_id: id, at } of messages) {
    const known = began.get(id);
    if (known === undefined || at < known) began.set(id, at);
  }
  return messages.sort((a, b) => {
    if (a.conversation_id === b.conversation_id) return a.seq - b.seq;
    const left = began.get(a.conversation_id)!;
    const right = began.get(b.conversation_id)!;
    return left < right || (left === right && a.conversation_id < b.conversation_id) ? -1 : 1;
  });
}
