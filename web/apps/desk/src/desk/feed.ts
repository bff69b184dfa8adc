/** Live frames become changes of the query cache: rows are gathered and applied a few times a
 *  second at most, messages at once. */
import type { Conversation, ConversationView, DeskIn } from "@xiaoer/api";
import { timeline } from "@xiaoer/live";
import { computed, reactive, shallowRef, watch } from "vue";
import { live, liveState } from "../shell/live.ts";
import { api, queryClient } from "../shell/queries.ts";
import { currentMe } from "../shell/session.ts";
import { patchRows, queueHead, type RowPages } from "./rows.ts";
import { changeThread, conversationKey, conversationOfEcho } from "./thread.ts";

const FLUSH_MS = 250;
const TYPING_MS = 6000;

type QueueFrame = Extract<DeskIn, { t: "queue" }>;

export const rowsKey = (view: ConversationView, q: string) => ["conversations", view, q] as const;

/** The queue as the server last told it; null until it has. */
export const queueNow = shallowRef<{ waiting: number; oldest_at: string | null } | null>(null);
export const waitingCount = computed(() => queueNow.value?.waiting ?? 0);

/** Who types where. An entry goes by itself. */
export const typing = reactive(new Map<string, string>());
const typingTimers = new Map<string, number>();

const changed = new Map<string, Conversation>();
let head: QueueFrame | null = null;
let timer: number | null = null;

/** A row changed, by a frame or by an answer to a call. */
export function noteRow(row: Conversation): void {
  const held = changed.get(row.id);
  if (!held || row.version >= held.version) changed.set(row.id, row);
  queryClient.setQueryData<Conversation>(conversationKey(row.id), (old) =>
    // Only what was asked for whole is patched: a row alone has no demand and no tries.
    !old || old.version > row.version ? old : { ...old, ...row });
  changeThread(row.id, (entries) => timeline.receipt(entries, row.customer_seen_seq, "read"));
  schedule();
}

function schedule(): void {
  timer ??= window.setTimeout(flush, FLUSH_MS);
}

function flush(): void {
  timer = null;
  const rows = new Map(changed);
  const queue = head;
  changed.clear();
  head = null;
  if (queue) queueNow.value = { waiting: queue.waiting, oldest_at: queue.oldest_at };
  const me = currentMe()?.member.id;
  for (const [key, data] of queryClient.getQueriesData<RowPages>({ queryKey: ["conversations"] })) {
    if (!data) continue;
    const [, view, q] = key as ReturnType<typeof rowsKey>;
    let next = patchRows(data, rows, view, me, q !== "");
    if (queue && view === "queue" && q === "") next = queueHead(next, queue.items, queue.waiting);
    if (next !== data) queryClient.setQueryData(key, next);
  }
}

/** Lists that no frame describes are looked at again from the top, without loading them anew. */
export async function refreshFirstRows(view: ConversationView): Promise<void> {
  if (!queryClient.getQueryState(rowsKey(view, ""))?.data) return;
  try {
    const page = await api.conversations.list(view, { limit: 50 });
    page.items.forEach(noteRow);
  } catch { /* the next look tries again; the line bar says when there is no server */ }
}

function noteTyping(conversation: string, who: string): void {
  typing.set(conversation, who);
  clearTimeout(typingTimers.get(conversation));
  typingTimers.set(conversation, window.setTimeout(() => typing.delete(conversation), TYPING_MS));
}

function hear(frame: DeskIn): void {
  switch (frame.t) {
    case "message":
      typing.delete(frame.conversation);
      changeThread(frame.conversation, (entries) => timeline.merge(entries, [frame.message]));
      return;
    case "conversation":
      noteRow(frame.conversation);
      return;
    case "mine":
      void refreshFirstRows("mine");
      void queryClient.invalidateQueries({ queryKey: ["colleagues"] });
      return;
    case "queue":
      head = frame;
      schedule();
      return;
    case "typing":
      noteTyping(frame.conversation, frame.who);
      return;
    case "state":
      changeThread(frame.conversation, (entries) => timeline.receipt(entries, frame.seq, frame.state));
      return;
    case "delivery":
      changeThread(frame.conversation, (entries) => timeline.deliveries(entries, frame.items));
      return;
    case "ack":
      changeThread(conversationOfEcho(frame.client_id), (entries) =>
        timeline.acknowledge(entries, frame.client_id, frame));
      return;
    case "error":
      if (!frame.client_id) return;
      changeThread(conversationOfEcho(frame.client_id), (entries) =>
        timeline.fail(entries, frame.client_id ?? "", frame.problem));
      return;
    default:
  }
}

live.hear(hear);

// After a gap the rows may have changed unseen; the thread itself resumes by seq.
let hadGap = false;
watch(liveState, (state) => {
  if (state === "waiting") hadGap = true;
  if (state !== "open" || !hadGap) return;
  hadGap = false;
  if (!currentMe()) void queryClient.invalidateQueries({ queryKey: ["me"] });
  void queryClient.invalidateQueries({ queryKey: ["conversations"] });
  void queryClient.invalidateQueries({ queryKey: ["conversation"] });
});
