/** The one conversation of this page, handed to every view. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Chat } from "../core/chat.ts";

export const ChatContext = createContext<Chat | null>(null);

export function useChat(): Chat {
  return useContext(ChatContext)!;
}
