/** The launcher, and the panel when it is open. */
import type { Chat } from "../core/chat.ts";
import { locale, t } from "../words/index.ts";
import { ChatContext, useChat } from "./context.ts";
import { Lantern } from "./icons.tsx";
import { lastWords } from "./log.tsx";
import { Panel } from "./panel.tsx";

export function Widget({ chat }: { chat: Chat }) {
  if (chat.stage.value === "refused") return null;
  return (
    <ChatContext.Provider value={chat}>
      <Launcher />
      {chat.isOpen.value && <Panel />}
    </ChatContext.Provider>
  );
}

function Launcher() {
  const chat = useChat();
  const n = chat.unread.value;
  const isOpen = chat.isOpen.value;
  const words = n && !isOpen ? lastWords(chat.timeline.value) : "";
  return (
    <div class={isOpen ? "corner open" : "corner"} lang={locale.value}>
      {words && (
        <button key="peek" type="button" class="peek" tabIndex={-1} onClick={() => chat.open()}>
          {words}
        </button>
      )}
      <button
        key="launcher"
        type="button"
        class="launcher"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={n ? t("launcher_unread", { n }) : t("launcher")}
        onClick={() => (isOpen ? chat.close() : chat.open())}
      >
        <Lantern />
        <span aria-hidden="true">{t("launcher")}</span>
        {n > 0 && !isOpen && (
          <b class="unread" aria-hidden="true">
            {n > 99 ? "99+" : n}
          </b>
        )}
      </button>
      <span key="news" class="hidden" role="status">
        {n > 0 && !isOpen && t("launcher_unread", { n })}
      </span>
    </div>
  );
}
