/** The messages: history, what is on its way, and who is busy with an answer. */
import { day } from "@xiaoer/i18n";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Message } from "../contract.ts";
import { isFromOthers } from "../core/timeline.ts";
import { locale, t } from "../words/index.ts";
import { useAnchoredScroll } from "./anchor.ts";
import { Bubble, OutgoingBubble, UploadBubble } from "./bubble.tsx";
import { useChat } from "./context.ts";
import { act } from "./deeds.ts";
import { RatingForm } from "./forms.tsx";
import { Icon, Lantern } from "./icons.tsx";
import { Text } from "./text.tsx";

export function Log() {
  const chat = useChat();
  const box = useRef<HTMLDivElement>(null);
  const { isAtEnd, toEnd } = useAnchoredScroll(box, () => void chat.history.older());
  const { outgoing, uploads, timeline } = chat;
  const said = useSaid();
  useEffect(() => {
    if (said > 0) toEnd();
  }, [said]);
  useEffect(() => {
    const see = () => {
      if (isAtEnd && document.visibilityState === "visible") chat.sawAll();
    };
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [isAtEnd, timeline.value]);
  const isBusy = chat.loadingOlder.value;
  return (
    <div class="log-frame">
      <div class="log" ref={box} tabIndex={0} aria-label={t("history")}>
        <div class="lines" role="log" aria-live={isBusy ? "off" : "polite"} aria-busy={isBusy}>
          <Beginning />
          <Lines messages={timeline.value} />
          {outgoing.value.map((item) => (
            <OutgoingBubble key={item.client_id} item={item} />
          ))}
          {uploads.value.map((upload) => (
            <UploadBubble key={upload.client_id} upload={upload} />
          ))}
          <Busy />
          <Closing />
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="down" />
          {chat.unread.value ? t("new_messages", { n: chat.unread.value }) : t("to_end")}
        </button>
      )}
    </div>
  );
}

/** Grows when the customer says something, by whatever button; history that is loaded is not said. */
function useSaid(): number {
  const { outgoing, uploads, timeline } = useChat();
  const said = useRef({ count: 0, waiting: 0, last: "" });
  const waiting = outgoing.value.length + uploads.value.length;
  const last = timeline.value.findLast((message) => message.author.kind === "customer")?.at ?? "";
  const before = said.current;
  const isLater = before.last !== "" && last > before.last && waiting >= before.waiting;
  const isNew = waiting > before.waiting || isLater;
  said.current = { count: before.count + (isNew ? 1 : 0), waiting, last };
  return said.current.count;
}

function Beginning() {
  const chat = useChat();
  if (chat.hasOlder.value) {
    return (
      <p class="older">
        <button type="button" class="quiet-button" onClick={() => void chat.history.older()}>
          {chat.loadingOlder.value ? t("loading_older") : t("older")}
        </button>
      </p>
    );
  }
  if (chat.stage.value === "starting" && !chat.timeline.value.length) return <Skeleton />;
  return <Greeting />;
}

function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label={t("loading")}>
      <i />
      <i />
      <i />
    </div>
  );
}

function Greeting() {
  const chat = useChat();
  const { greeting, quick_replies: replies = [] } = chat.config.value;
  return (
    <div class="greeting">
      <Lantern />
      <p>
        <Text text={greeting || t("greeting")} />
      </p>
      {replies.length > 0 && (
        <div class="chips">
          {replies.map((reply) => (
            <button type="button" class="chip" onClick={() => act(chat, reply)}>
              {reply.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Lines({ messages }: { messages: readonly Message[] }) {
  const now = new Date();
  const lines: ComponentChildren[] = [];
  const lastOurs = messages.findLast((message) => message.author.kind === "customer");
  messages.forEach((message, i) => {
    const before = messages[i - 1];
    const isNewDay =
      !before || day(before.at, locale.value, now) !== day(message.at, locale.value, now);
    if (isNewDay) {
      lines.push(
        <p class="day" key={`day ${message.id}`}>
          {day(message.at, locale.value, now)}
        </p>,
      );
    }
    lines.push(
      <Bubble
        key={message.client_id ?? message.id}
        message={message}
        isFirst={isNewDay || !isSameVoice(before!, message)}
        isLast={isPause(message, messages[i + 1])}
        showsState={message === lastOurs}
      />,
    );
  });
  return <>{lines}</>;
}

function isSameVoice(a: Message, b: Message): boolean {
  return a.author.kind === b.author.kind && (a.author.id ?? "") === (b.author.id ?? "");
}

/** A conversation that is over says so, and asks once how it was. */
function Closing() {
  const chat = useChat();
  const last = chat.timeline.value.at(-1);
  if (!chat.isResolved.value || !last) return null;
  const isRatedAbove = last.parts.some((part) => part.kind === "card" && part.card === "rating");
  return (
    <>
      <p class="system">{t("sys_resolved")}</p>
      {!isRatedAbove && (
        <div class="card" key={last.conversation_id}>
          <RatingForm given={chat.diary.ratingOf(last.conversation_id)} />
        </div>
      )}
    </>
  );
}

const PAUSE_MS = 5 * 60_000;

/** Whether the time belongs below this message: the voice changes or falls silent for a while. */
function isPause(message: Message, next: Message | undefined): boolean {
  if (!next || !isSameVoice(message, next)) return true;
  return Date.parse(next.at) - Date.parse(message.at) > PAUSE_MS;
}

function Busy() {
  const chat = useChat();
  if (chat.typing.value) {
    const name = chat.owner.value.name || t("agent");
    return <p class="busy">{t("typing", { name })}</p>;
  }
  if (!chat.thinking.value) return null;
  return (
    <p class="busy">
      <Lantern glows />
      {t("thinking")}
    </p>
  );
}

export function lastWords(messages: readonly Message[]): string {
  const last = messages.findLast(isFromOthers);
  const part = last?.parts.find((one) => one.kind === "text");
  return part?.kind === "text" ? part.text : "";
}
