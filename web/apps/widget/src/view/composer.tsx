/** Where the customer writes: grows to five lines, keeps its draft, and leaves typing with an input
 *  method alone. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { accepted } from "../core/uploads.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { askPerson, tellUnsolved } from "./deeds.ts";
import { Icon } from "./icons.tsx";

const LONGEST = 4_000;

export function Composer() {
  const chat = useChat();
  const [text, setText] = useState(chat.diary.draft);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => grow(area.current!), [text]);
  const over = [...text.trim()].length - LONGEST;
  const canSend = text.trim() !== "" && over <= 0;
  const write = (value: string) => {
    setText(value);
    chat.diary.draft = value;
  };
  const send = () => {
    if (!canSend) return;
    chat.sendText(text);
    write("");
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // 229: an input method is still choosing characters, and Enter belongs to it.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    files.forEach((file) => chat.sendPicture(file));
  };
  const { kind, name } = chat.owner.value;
  const hint = kind === "agent" && name ? t("placeholder_agent", { name }) : t("placeholder");
  return (
    <div class="composer">
      <Deeds />
      {over > 0 && (
        <p class="error" role="alert">
          {t("too_long", { n: over })}
        </p>
      )}
      <div class="row">
        <PhotoButton />
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={t("message")}
          placeholder={hint}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => {
            write(event.currentTarget.value);
            chat.tellTyping(Date.now());
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button
          type="button"
          class="send"
          aria-label={t("send")}
          title={t("send")}
          aria-disabled={!canSend}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

function PhotoButton() {
  const chat = useChat();
  const input = useRef<HTMLInputElement>(null);
  const pick = () => {
    for (const file of input.current?.files ?? []) chat.sendPicture(file);
    if (input.current) input.current.value = "";
  };
  return (
    <>
      <input
        ref={input}
        class="hidden"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        multiple
        accept={accepted(chat.config.value)}
        onChange={pick}
      />
      <button
        type="button"
        class="bare"
        aria-label={t("photo")}
        title={t("photo")}
        onClick={() => input.current?.click()}
      >
        <Icon name="photo" />
      </button>
    </>
  );
}

/** Always in reach: not solved, a person, and what fits the moment. */
function Deeds() {
  const chat = useChat();
  const { kind } = chat.owner.value;
  const isProven = chat.identity.value.proven;
  return (
    <div class="deeds">
      <button type="button" onClick={() => void tellUnsolved(chat)}>
        {t("unsolved")}
      </button>
      {(kind === "assistant" || chat.isResolved.value) && (
        <button type="button" onClick={() => void askPerson(chat)}>
          <Icon name="person" />
          {t("person")}
        </button>
      )}
      {!isProven && (
        <button type="button" onClick={() => (chat.sheet.value = "prove")}>
          {t("prove")}
        </button>
      )}
      {kind === "agent" && !chat.isResolved.value && (
        <button type="button" onClick={() => (chat.sheet.value = "rate")}>
          {t("rate")}
        </button>
      )}
    </div>
  );
}
