/** Which rows a list shows and in what order, as pure functions, so that a live change patches
 *  ten thousand rows without asking the server again. */
import type { Conversation, ConversationView } from "@xiaoer/api";

export interface RowPage { items: Conversation[]; next: string | null }
export interface RowPages { pages: RowPage[]; pageParams: unknown[] }

export function belongs(row: Conversation, view: ConversationView, me: string | undefined): boolean {
  if (view === "resolved") return row.status === "resolved";
  if (row.status !== "open") return false;
  if (view === "queue") return row.owner.kind === "queue";
  if (view === "mine") return row.owner.kind === "agent" && row.owner.id === me;
  return true;
}

/** Applies changed rows: those that left are dropped, those that stay are replaced, and in lists
 *  by activity the changed ones come first. The queue keeps its order; `queueHead` brings newcomers. */
export function patchRows(
  data: RowPages, changed: ReadonlyMap<string, Conversation>, view: ConversationView,
  me: string | undefined, isFiltered: boolean,
): RowPages {
  const seen = new Set<string>();
  let touched = false;
  const risen: Conversation[] = [];
  const byActivity = view !== "queue";
  const pages = data.pages.map((page) => {
    if (!page.items.some((row) => changed.has(row.id))) return page;
    touched = true;
    const items: Conversation[] = [];
    for (const row of page.items) {
      const next = changed.get(row.id);
      if (!next) { items.push(row); continue; }
      seen.add(row.id);
      const newest = next.version >= row.version ? next : row;
      if (!belongs(newest, view, me)) continue;
      if (byActivity && newest.updated_at > row.updated_at) risen.push(newest);
      else items.push(newest);
    }
    return { ...page, items };
  });
  if (byActivity && !isFiltered) {
    for (const [id, row] of changed) {
      if (!seen.has(id) && belongs(row, view, me)) risen.push(row);
    }
  }
  if (!touched && risen.length === 0) return data;
  risen.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  const [first, ...rest] = pages;
  if (!first) return data;
  return { ...data, pages: [{ ...first, items: [...risen, ...first.items] }, ...rest] };
}

/** Puts the newest head of the queue in place: what should stand in it and does not has left. */
export function queueHead(data: RowPages, head: readonly Conversation[], waiting: number): RowPages {
  const [first] = data.pages;
  if (!first) return data;
  const heads = new Set(head.map((row) => row.id));
  const last = head[head.length - 1]?.waiting_since ?? "";
  const isWhole = head.length >= waiting;
  const pages = data.pages.map((page, i) => {
    const rest = isWhole ? [] : page.items.filter(
      (row) => !heads.has(row.id) && (row.waiting_since ?? "") > last,
    );
    return { ...page, items: i === 0 ? [...head, ...rest] : rest };
  });
  return { ...data, pages };
}

export function flat(data: RowPages | undefined): Conversation[] {
  if (!data) return [];
  const seen = new Set<string>();
  const rows: Conversation[] = [];
  for (const page of data.pages) {
    for (const row of page.items) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}
