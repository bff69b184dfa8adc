/** Words begun in one conversation wait there while another is read; they outlive a reload. */
const PREFIX = "xiaoer.draft.";

export interface Draft { text: string; isNote: boolean }

export function keptDraft(id: string): Draft {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + id) ?? "") as Draft;
  } catch {
    return { text: "", isNote: false };
  }
}

export function keepDraft(id: string, draft: Draft): void {
  try {
    if (draft.text) sessionStorage.setItem(PREFIX + id, JSON.stringify(draft));
    else sessionStorage.removeItem(PREFIX + id);
  } catch { /* a private window forgets drafts */ }
}
