/** What the small buttons do: a choice that is a deed of the widget, or words to send. */
import type { Chat } from "../core/chat.ts";
import type { Choice, Problem } from "../contract.ts";
import { isKey, t } from "../words/index.ts";

export function act(chat: Chat, choice: Choice): void {
  switch (choice.value) {
    case "action:prove":
      chat.sheet.value = "prove";
      return;
    case "action:leave":
      chat.sheet.value = "leave";
      return;
    case "action:rate":
      chat.sheet.value = "rate";
      return;
    case "action:person":
      return void askPerson(chat);
    case "action:unsolved":
      return void tellUnsolved(chat);
    default:
      chat.sendText(choice.value);
  }
}

export async function askPerson(chat: Chat): Promise<void> {
  if (chat.config.value.open_now === false) {
    chat.sheet.value = "leave";
    return;
  }
  const before = chat.owner.value;
  if (before.kind === "assistant") chat.owner.value = { kind: "queue" };
  const problem = await chat.deed("person");
  if (!problem) return;
  if (chat.owner.value.kind === "queue") chat.owner.value = before;
  chat.notice.value = sentence(problem);
}

export async function tellUnsolved(chat: Chat): Promise<void> {
  if (!chat.timeline.value.length) {
    chat.notice.value = t("ask_first");
    return;
  }
  const problem = await chat.deed("unsolved");
  if (problem) chat.notice.value = sentence(problem);
}

/** A problem in words: the server's own sentence, else ours. */
export function sentence(problem: Problem): string {
  if (problem.detail) return problem.detail;
  if (problem.code === "offline") return t("failed_offline");
  return isKey(problem.code) ? t(problem.code) : t("failed");
}
