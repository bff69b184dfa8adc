/** The messages of one conversation: a page from the server, then what the socket and this desk add.
 *  What is written here shows at once and is replaced by its client id, so it is never doubled. */
import { useQuery } from "@tanstack/vue-query";
import type { Message, Part } from "@xiaoer/api";
import { clientId, timeline, type Entries } from "@xiaoer/live";
import { onScopeDispose, ref, watch, type Ref } from "vue";
import { live } from "../shell/live.ts";
import { api, queryClient } from "../shell/queries.ts";
import { currentMe } from "../shell/session.ts";
import { sentenceOf, tellError } from "../shell/tell.ts";

const PAGE = 60;

export interface Thread {
  entries: Entries<Message>;
  hasEarlier: boolean;
}

export const conversationKey = (id: string) => ["conversation", id] as const;
export const messagesKey = (id: string) => ["messages", id] as const;

const echoes = new Map<string, string>();
export const conversationOfEcho = (client: string): string => echoes.get(client) ?? "";

export function changeThread(
  id: string, change: (entries: Entries<Message>) => Entries<Message>,
): void {
  queryClient.setQueryData<Thread>(messagesKey(id), (thread) => {
    if (!thread) return thread;
    const entries = change(thread.entries);
    return entries === thread.entries ? thread : { ...thread, entries };
  });
}

function fresh(entries: Entries<Message>, id: string): Entries<Message> {
  // Words that waited through a reload are shown again, since they will be sent again.
  return live.pending().filter((frame) => frame.conversation === id).reduce<Entries<Message>>(
    (all, frame) => {
      echoes.set(frame.client_id, id);
      return timeline.echo(all, draftOf(id, frame.client_id, frame.parts, frame.internal));
    }, entries);
}

async function load(id: string): Promise<Thread> {
  const page = await api.conversations.messages(id, { limit: PAGE });
  const held = queryClient.getQueryData<Thread>(messagesKey(id));
  const base = held?.entries.filter((entry) => entry.local) ?? fresh([], id);
  return {
    entries: timeline.merge(base, page.items),
    hasEarlier: page.items.length === PAGE,
  };
}

/** The thread as this desk holds it now, without following it a second time. */
export function useHeld(id: Ref<string>) {
  return useQuery<Thread>({
    queryKey: ["messages", id], queryFn: () => load(id.value), enabled: false,
    structuralSharing: false, shallow: true,
  }).data;
}

/** Brings in what was said behind a place, when the socket may not have told it yet. */
export async function fetchBehind(id: string, after: number): Promise<void> {
  const page = await api.conversations.messages(id, { after, limit: PAGE });
  changeThread(id, (entries) => timeline.merge(entries, page.items));
}

function draftOf(id: string, client: string, parts: Part[], isNote: boolean): Message {
  const me = currentMe()?.member;
  return {
    id: client, seq: 0, conversation_id: id, client_id: client,
    author: { kind: "agent", id: me?.id ?? null, name: me?.name ?? "" },
    parts, internal: isNote, covers: [], sources: [], state: "queued",
    at: new Date().toISOString(), tier: null,
  };
}

export function useThread(id: Ref<string>) {
  const query = useQuery({
    queryKey: ["messages", id],
    queryFn: () => load(id.value),
    staleTime: Infinity,
    structuralSharing: false,
    shallow: true,
  });

  let stop: (() => void) | null = null;
  const isReady = () => query.data.value !== undefined;
  watch([id, isReady], ([now, ready], [before]) => {
    if (now !== before) { stop?.(); stop = null; }
    if (ready && !stop) {
      stop = live.follow(now, () =>
        timeline.lastSeq(queryClient.getQueryData<Thread>(messagesKey(now))?.entries ?? []));
    }
  }, { immediate: true });
  onScopeDispose(() => stop?.());

  const isLoadingEarlier = ref(false);
  async function loadEarlier(): Promise<void> {
    const thread = query.data.value;
    const before = thread ? timeline.firstSeq(thread.entries) : null;
    if (!thread?.hasEarlier || before === null || isLoadingEarlier.value) return;
    isLoadingEarlier.value = true;
    const at = id.value;
    try {
      const page = await api.conversations.messages(at, { before, limit: PAGE });
      queryClient.setQueryData<Thread>(messagesKey(at), (now) => now && {
        entries: timeline.merge(now.entries, page.items),
        hasEarlier: page.items.length === PAGE,
      });
    } catch (error) {
      tellError(error);
    } finally {
      isLoadingEarlier.value = false;
    }
  }

  return { ...query, loadEarlier, isLoadingEarlier };
}

export function post(id: string, parts: Part[], isNote: boolean): void {
  const client = clientId();
  echoes.set(client, id);
  changeThread(id, (entries) => timeline.echo(entries, draftOf(id, client, parts, isNote)));
  live.post({ t: "send", conversation: id, client_id: client, parts, internal: isNote });
}

/** A note that names colleagues goes by the call that also tells them. */
export async function noteTo(id: string, text: string, mentions: string[]): Promise<void> {
  const client = clientId();
  echoes.set(client, id);
  const draft = draftOf(id, client, [{ kind: "text", text }], true);
  changeThread(id, (entries) => timeline.echo(entries, draft));
  try {
    const said = await api.conversations.note(id, client, text, mentions);
    changeThread(id, (entries) => timeline.acknowledge(entries, client, said));
  } catch (error) {
    changeThread(id, (entries) => timeline.fail(entries, client, problemOf(error)));
  }
}

/** Lets a channel carry a failed message out once more. */
export async function sendAgain(message: Message): Promise<void> {
  try {
    const now = await api.channels.sendAgain(message.conversation_id, message.id);
    changeThread(message.conversation_id, (entries) => timeline.deliveries(entries, [now]));
  } catch (error) {
    tellError(error);
  }
}

function problemOf(error: unknown): { code: string; status: number; detail: string } {
  const { code = "unknown", status = 0 } = error as { code?: string; status?: number };
  return { code, status, detail: sentenceOf(error) };
}

export function postAgain(message: Message): void {
  const client = message.client_id ?? message.id;
  changeThread(message.conversation_id, (entries) => timeline.retrying(entries, client));
  live.post({
    t: "send", conversation: message.conversation_id, client_id: client,
    parts: message.parts, internal: message.internal,
  });
}

export function throwAway(message: Message): void {
  const client = message.client_id ?? message.id;
  live.withdraw(client);
  changeThread(message.conversation_id, (entries) => timeline.discard(entries, client));
}
