import type { Message } from "@xiaoer/api";
import type { Entries } from "@xiaoer/live";

/** What the customer wrote behind a place, oldest first. */
export function customerWords(entries: Entries<Message>, after: number): Message[] {
  return entries.filter(({ local, message }) =>
    !local && message.seq > after && message.author.kind === "customer").map(({ message }) => message);
}
