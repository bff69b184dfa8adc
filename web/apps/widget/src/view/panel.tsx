/** The panel: who is talking, how the line is, the conversation, and the place to write. */
import { useEffect, useRef } from "preact/hooks";
import { assistantName, levelName, locale, t } from "../words/index.ts";
import { Composer } from "./composer.tsx";
import { useChat } from "./context.ts";
import { SheetView } from "./forms.tsx";
import { Icon, Lantern } from "./icons.tsx";
import { Log } from "./log.tsx";
import { settleIn, useTrap } from "./trap.ts";

/** Hours that differ by day are for the store's card, not for a line below a name. */
const SHORT_HOURS = 16;
const NOTICE_MS = 4_000;

export function Panel() {
  const chat = useChat();
  const panel = useRef<HTMLDivElement>(null);
  useTrap(panel, () => {
    if (chat.sheet.value) chat.sheet.value = null;
    else chat.close();
  });
  const hasSheet = chat.sheet.value !== null;
  useEffect(holdPage, []);
  const hadSheet = useRef(false);
  useEffect(() => {
    if (hadSheet.current && !hasSheet) settleIn(panel.current!);
    hadSheet.current = hasSheet;
  }, [hasSheet]);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    for (const file of event.dataTransfer?.files ?? []) chat.sendPicture(file);
  };
  return (
    <>
      <div class="scrim" onClick={() => chat.close()} />
      <div
        class="panel"
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-label={t("panel")}
        lang={locale.value}
        onDragOver={(event) => event.preventDefault()}
        onDrop={onDrop}
      >
        <Header />
        <div class="content" inert={hasSheet}>
          <LineBar />
          <QueueBar />
          <Log />
          <Composer />
        </div>
        <SheetView />
        <Notice />
      </div>
    </>
  );
}

/** On a phone the page behind the panel must not scroll away under the finger. */
function holdPage(): () => void {
  const { style } = document.documentElement;
  const before = style.overflow;
  if (matchMedia("(max-width: 640px)").matches) style.overflow = "hidden";
  return () => {
    style.overflow = before;
  };
}

function Header() {
  const chat = useChat();
  const { kind, store } = chat.owner.value;
  const isAgent = kind === "agent";
  const switchTo = locale.value === "en" ? "zh-CN" : "en";
  const speak = () => {
    locale.value = switchTo;
    void chat.speak(switchTo);
  };
  return (
    <header class="top">
      <span class="face">
        {isAgent ? <Icon name="person" /> : <Lantern glows={chat.thinking.value} />}
      </span>
      <div class="who" role="status">
        <h1>{ownerWords(chat)}</h1>
        <p>
          <span class={`dot ${lineTone(chat)}`} />
          <span>{isAgent && store ? `${store} · ${lineWords(chat)}` : lineWords(chat)}</span>
        </p>
      </div>
      <button type="button" class="bare lang" aria-label={t("language")} onClick={speak}>
        {t("language_short")}
      </button>
      <button
        type="button"
        class="bare"
        aria-label={t("close")}
        title={t("close")}
        onClick={() => chat.close()}
      >
        <Icon name="close" />
      </button>
    </header>
  );
}

type Chat = ReturnType<typeof useChat>;

function ownerWords(chat: Chat): string {
  const { kind, name } = chat.owner.value;
  if (kind === "queue") return t("owner_queue");
  if (kind === "agent") return name ? t("owner_agent", { name }) : t("agent");
  return t("owner_assistant", { name: assistantName(name) });
}

function isDown(chat: Chat): boolean {
  return !chat.online.value || chat.stage.value === "unreachable" || chat.line.value === "waiting";
}

function lineTone(chat: Chat): string {
  if (isDown(chat)) return "off";
  return chat.line.value === "open" ? "on" : "";
}

function lineWords(chat: Chat): string {
  if (isDown(chat)) return t("offline");
  if (chat.line.value !== "open") return t("connecting");
  const { open_now: isOpen, hours_text: hours } = chat.config.value;
  if (isOpen === false && chat.owner.value.kind !== "agent") return t("closed_now");
  const identity = chat.identity.value;
  if (identity.proven)
    return [identity.name || t("proven"), levelName(identity.level)].filter(Boolean).join(" · ");
  const isShort = hours && hours.length <= SHORT_HOURS;
  return isShort && chat.owner.value.kind === "assistant" ? t("hours", { hours }) : t("online");
}

function LineBar() {
  const chat = useChat();
  const isUnreachable = chat.stage.value === "unreachable";
  // One short gap mends itself before anybody could read about it.
  if (!isDown(chat) || (chat.online.value && !isUnreachable && chat.failures.value < 2))
    return null;
  return (
    <p class="bar line-bar" role="status">
      <Icon name="warn" />
      <span>{t(isUnreachable && chat.online.value ? "no_connection" : "offline_bar")}</span>
    </p>
  );
}

function QueueBar() {
  const chat = useChat();
  if (chat.owner.value.kind !== "queue") return null;
  const queue = chat.queue.value;
  const words = [t("queue_wait")];
  const { place, estimate_s: seconds } = queue ?? { place: 0, estimate_s: null };
  // Without a pace there is no estimate, and perhaps nobody there: then nothing is promised.
  if (place > 1) words[0] = t("queue_place", { place });
  else if (seconds !== null) words[0] = t("queue_next");
  if (seconds !== null)
    words.push(seconds < 60 ? t("queue_soon") : t("queue_estimate", { n: Math.round(seconds / 60) }));
  return (
    <div class="bar queue-bar" role="status">
      <span>{words.join(" · ")}</span>
      <button type="button" class="quiet-button" onClick={() => (chat.sheet.value = "leave")}>
        {t("queue_leave")}
      </button>
    </div>
  );
}

function Notice() {
  const chat = useChat();
  const words = chat.notice.value;
  useEffect(() => {
    if (!words) return;
    const timer = setTimeout(() => (chat.notice.value = null), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <p class={words ? "notice shown" : "notice"} role="status">
      {words}
    </p>
  );
}
