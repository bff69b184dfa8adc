/** What the house tells a colleague comes as code and fields, and is said in the reader's language. */
import type { HandOffNote, Part, SystemPart } from "@xiaoer/api";
import { t, topicOf, wordFor } from "../shell/words.ts";

export const isHandOff = (part: Part): part is SystemPart & { fields: HandOffNote } =>
  part.kind === "system" && part.code === "hand_off_note";

/** One line for lists and finds: the words of a part, or nothing for a picture or a card. */
export function wordsOf(part: Part): string {
  if (part.kind === "text") return part.text;
  if (part.kind !== "system") return "";
  if (!isHandOff(part)) return part.text ?? "";
  const { reason, said, topic } = part.fields;
  return [t("system.handed_off", { reason: wordFor("reason", reason) }), said, topicOf(topic)].filter(Boolean).join(" · ");
}
