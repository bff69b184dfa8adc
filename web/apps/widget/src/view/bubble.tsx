/** One message: who says it, what it holds, where it comes from, how far it got. */
import { bytes, clock, day, share } from "@xiaoer/i18n";
import { useState } from "preact/hooks";
import type { FilePart, ImagePart, Message, Part, Source, SystemPart } from "../contract.ts";
import type { SourceText } from "../core/api.ts";
import type { Outgoing } from "../core/outbox.ts";
import { maxBytes, type Upload } from "../core/uploads.ts";
import { assistantName, isKey, locale, t } from "../words/index.ts";
import { CardView } from "./cards.tsx";
import { useChat } from "./context.ts";
import { sentence } from "./deeds.ts";
import { Icon } from "./icons.tsx";
import { Text } from "./text.tsx";

interface BubbleProps {
  message: Message;
  isFirst: boolean;
  isLast: boolean;
  showsState: boolean;
}

export function Bubble({ message, isFirst, isLast, showsState }: BubbleProps) {
  const { author, parts, sources } = message;
  const system = parts.filter((part) => part.kind === "system");
  if (system.length === parts.length) return <SystemLine parts={system} />;
  // A card is its own source; a text names where it comes from.
  const hasCard = parts.some((part) => part.kind === "card" && part.card !== "choices");
  const shown = (sources ?? []).filter((source) => source.kind === "knowledge" || !hasCard);
  const isOurs = author.kind === "customer";
  const who = isOurs ? t("says_you") : voice(message);
  return (
    <div class={`line ${isOurs ? "ours" : "theirs"}`} data-line>
      {isFirst && !isOurs ? <p class="voice">{who}</p> : <span class="hidden">{who}: </span>}
      {parts.map((part, i) => (
        <PartView part={part} mark={`${message.id} ${i}`} before={parts[i - 1]} />
      ))}
      {shown.length > 0 && <Sources sources={shown} />}
      {(isLast || showsState) && (
        <p class="foot">
          <time dateTime={message.at}>{clock(message.at, locale.value)}</time>
          {showsState && ` · ${t(message.state === "queued" ? "sending" : message.state)}`}
        </p>
      )}
    </div>
  );
}

function voice({ author }: Message): string {
  const isAgent = author.kind === "agent";
  const name = isAgent ? author.name : assistantName(author.name);
  const role = t(isAgent ? "agent" : "assistant");
  return name ? `${name} · ${role}` : role;
}

function SystemLine({ parts }: { parts: SystemPart[] }) {
  const said = parts.map(systemWords).filter(Boolean).join(" ");
  if (!said) return null;
  return (
    <p class="system" data-line>
      {said}
    </p>
  );
}

function systemWords({ code, fields = {} }: SystemPart): string {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) values[name] = String(value ?? "");
  const key = code === "claimed" && values.store ? "sys_claimed_store" : `sys_${code}`;
  if (isKey(key)) return t(key, values);
  return values.text ?? "";
}

function PartView({ part, mark, before }: { part: Part; mark: string; before?: Part }) {
  switch (part.kind) {
    case "text":
      return (
        <p class="bubble">
          <Text text={part.text} />
        </p>
      );
    case "image":
      return <Picture part={part} />;
    case "file":
      return <FileLink part={part} />;
    case "card":
      return <CardView card={part} mark={mark} said={before?.kind === "text" ? before.text : ""} />;
    case "system":
      return <p class="system">{systemWords(part)}</p>;
    default:
      return null;
  }
}

const WIDEST = 220;
const TALLEST = 260;

/** The space of a picture is known before the picture is, so that nothing moves when it comes. */
function frame(width?: number | null, height?: number | null) {
  const [w, h] = width && height ? [width, height] : [4, 3];
  const scale = Math.min(WIDEST / w, TALLEST / h, 1);
  const least = Math.max(scale, 48 / w);
  return { width: `${Math.round(w * least)}px`, aspectRatio: `${w} / ${h}` };
}

function Picture({ part }: { part: ImagePart }) {
  const chat = useChat();
  const [isBroken, setBroken] = useState(false);
  const url = chat.pictures.get(part.blob) ?? chat.api.blobUrl(part.blob);
  const name = part.name || t("picture");
  if (isBroken) return <p class="bubble broken">{t("picture_missing")}</p>;
  return (
    <a
      class="picture"
      href={url}
      target="_blank"
      rel="noopener"
      style={frame(part.width, part.height)}
      aria-label={t("picture_open", { name })}
    >
      <img src={url} alt={name} onError={() => setBroken(true)} />
    </a>
  );
}

function FileLink({ part }: { part: FilePart }) {
  const chat = useChat();
  return (
    <a class="bubble file" href={chat.api.blobUrl(part.blob)} target="_blank" rel="noopener">
      <Icon name="file" />
      <span>{part.name || t("file")}</span>
      {part.bytes ? <small>{bytes(part.bytes)}</small> : null}
    </a>
  );
}

function Sources({ sources }: { sources: Source[] }) {
  return (
    <div class="sources">
      {sources.map((source) => (
        <SourceView key={source.id} source={source} />
      ))}
    </div>
  );
}

function SourceView({ source }: { source: Source }) {
  // An order or a store is not a text: what there is to see of it stands on its card.
  if (source.kind !== "knowledge") {
    return <p class="source">{t("from", { title: source.title })}</p>;
  }
  return <OpenSource source={source} />;
}

function OpenSource({ source }: { source: Source }) {
  const chat = useChat();
  const [isOpen, setOpen] = useState(false);
  const [found, setFound] = useState<SourceText | null>(null);
  const toggle = () => {
    setOpen(!isOpen);
    if (isOpen || found) return;
    chat.visits.note("card_clicked", `source:${source.id}`);
    chat.api
      .source(source.id)
      .then(setFound)
      .catch(() => setFound({ title: source.title, text: t("source_missing") }));
  };
  return (
    <>
      <button type="button" class="source" aria-expanded={isOpen} onClick={toggle}>
        {t("from", { title: source.title })}
        <Icon name="down" />
      </button>
      {isOpen && (
        <blockquote aria-busy={!found}>
          {found && <Text text={found.text} />}
          {found?.updated_at && (
            <small>{t("updated", { at: day(found.updated_at, locale.value, new Date()) })}</small>
          )}
        </blockquote>
      )}
    </>
  );
}

export function OutgoingBubble({ item }: { item: Outgoing }) {
  const chat = useChat();
  const { problem, client_id } = item;
  return (
    <div class={problem ? "line ours failed" : "line ours unsent"} data-line>
      <span class="hidden">{t("says_you")}: </span>
      {item.parts.map((part, i) => (
        <PartView part={part} mark={`${client_id} ${i}`} />
      ))}
      {problem ? (
        <Trouble client_id={client_id} words={problem.detail ?? t("send_failed")} canRetry />
      ) : (
        <p class="foot">{t(chat.line.value === "open" ? "sending" : "waiting")}</p>
      )}
    </div>
  );
}

export function UploadBubble({ upload }: { upload: Upload }) {
  const chat = useChat();
  const { client_id, problem, progress, file } = upload;
  const done = share(progress, locale.value);
  return (
    <div class={problem ? "line ours failed" : "line ours unsent"} data-line>
      {upload.width ? (
        <span class="picture" style={frame(upload.width, upload.height)}>
          <img src={upload.url} alt={file.name} />
          {!problem && (
            <progress value={progress} max={1} aria-label={t("uploading", { share: done })} />
          )}
        </span>
      ) : (
        <p class="bubble file">
          <Icon name="file" />
          {file.name}
        </p>
      )}
      {problem ? (
        <Trouble
          client_id={client_id}
          words={uploadTrouble(upload, maxBytes(chat.config.value))}
          canRetry={!problem.code.startsWith("upload_")}
        />
      ) : (
        <p class="foot">
          {t("uploading", { share: done })}
          <button type="button" class="quiet-button" onClick={() => chat.withdraw(client_id)}>
            {t("cancel")}
          </button>
        </p>
      )}
    </div>
  );
}

function uploadTrouble({ problem }: Upload, max: number): string {
  if (!problem) return "";
  if (problem.code.startsWith("upload_")) {
    return t(problem.code as "upload_size", { max: bytes(max) });
  }
  return problem.code === "offline" ? t("upload_failed") : sentence(problem);
}

interface TroubleProps {
  client_id: string;
  words: string;
  canRetry: boolean;
}

function Trouble({ client_id, words, canRetry }: TroubleProps) {
  const chat = useChat();
  return (
    <p class="foot trouble" role="alert">
      <Icon name="warn" />
      <span>{words}</span>
      <span class="ways-out">
        {canRetry && (
          <button type="button" class="quiet-button" onClick={() => chat.retry(client_id)}>
            {t("retry")}
          </button>
        )}
        <button type="button" class="quiet-button" onClick={() => chat.withdraw(client_id)}>
          {t("remove")}
        </button>
      </span>
    </p>
  );
}
