/** What one does with a conversation. Each deed names the version it was decided on; when somebody
 *  was faster, the server's sentence is shown and the newest state is fetched. */
import { ApiError, type Conversation, type WrapUp } from "@xiaoer/api";
import { ref } from "vue";
import { api, queryClient } from "../shell/queries.ts";
import { tellDone, tellError, tellNotice } from "../shell/tell.ts";
import { t } from "../shell/words.ts";
import { noteRow } from "./feed.ts";
import { conversationKey, fetchBehind } from "./thread.ts";

export const busyWith = ref<string | null>(null);

async function doing(
  name: string, id: string | null, run: () => Promise<Conversation | null>,
): Promise<Conversation | null> {
  if (busyWith.value) return null;
  busyWith.value = name;
  try {
    const row = await run();
    if (row) noteRow(row);
    void queryClient.invalidateQueries({ queryKey: ["colleagues"] });
    return row;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) {
      tellNotice(error.detail || t("conflict.changed"));
      if (id) void queryClient.invalidateQueries({ queryKey: conversationKey(id) });
      void queryClient.invalidateQueries({ queryKey: ["conversations"] });
    } else {
      tellError(error);
    }
    return null;
  } finally {
    busyWith.value = null;
  }
}

export const claim = (c: Conversation) =>
  doing("claim", c.id, () => api.conversations.claim(c.id, c.version));

export async function claimNext(): Promise<Conversation | null> {
  let isEmpty = false;
  const row = await doing("claim-next", null, async () => {
    const next = await api.conversations.claimNext();
    isEmpty = next === null;
    return next;
  });
  if (isEmpty) tellDone(t("queue.emptyNow"));
  return row;
}

export const release = (c: Conversation) =>
  doing("release", c.id, () => api.conversations.release(c.id, c.version));

export const reopen = (c: Conversation) =>
  doing("reopen", c.id, () => api.conversations.reopen(c.id, c.version));

/** "unread": the customer wrote behind `seenSeq`; nothing was closed, and their words are in the
 *  thread now, to be read before the next try. */
export async function resolve(
  c: Conversation, wrapUp: WrapUp, seenSeq: number,
): Promise<Conversation | "unread" | null> {
  let isUnread = false;
  const row = await doing("resolve", c.id, async () => {
    try {
      return await api.conversations.resolve(c.id, {
        version: c.version, seen_seq: seenSeq, ...(Object.keys(wrapUp).length ? { wrap_up: wrapUp } : {}),
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "customer_wrote") throw error;
      await fetchBehind(c.id, seenSeq);
      isUnread = true;
      return null;
    }
  });
  return isUnread ? "unread" : row;
}

export const transfer = (
  c: Conversation, to: { to_member?: string; to_skill_group?: string; note?: string },
) => doing("transfer", c.id, () => api.conversations.transfer(c.id, { version: c.version, ...to }));
