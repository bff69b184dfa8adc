/** The three forms that lie over the conversation: identity, message, rating. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { sentence } from "./deeds.ts";
import { Icon } from "./icons.tsx";

export function SheetView() {
  const chat = useChat();
  const sheet = chat.sheet.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  }, [sheet]);
  if (!sheet) return null;
  const title = t(`${sheet}_title`);
  return (
    <div class="sheet" ref={box} role="group" aria-label={title}>
      <header>
        <button
          type="button"
          class="bare"
          aria-label={t("form_close")}
          onClick={() => (chat.sheet.value = null)}
        >
          <Icon name="back" />
        </button>
        <h2>{title}</h2>
      </header>
      <div class="sheet-body">
        {sheet === "prove" && <ProveForm />}
        {sheet === "leave" && <LeaveForm />}
        {sheet === "rate" && <RatingForm given={null} onDone={() => (chat.sheet.value = null)} />}
      </div>
    </div>
  );
}

/** Runs one deed with its button busy; says what went wrong below the form. */
function useDeed() {
  const chat = useChat();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const run = async (name: string, body: unknown): Promise<boolean> => {
    setBusy(true);
    setError("");
    const problem = await chat.deed(name, body);
    setBusy(false);
    if (problem) setError(sentence(problem));
    return !problem;
  };
  return { isBusy, error, setError, run };
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  inputMode?: "numeric" | "text" | "email";
  maxLength?: number;
  autoComplete?: string;
  lines?: number;
}

function Field({ label, value, onInput, lines, ...rest }: FieldProps) {
  const id = useId();
  const input = (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea id={id} rows={lines} value={value} onInput={input} {...rest} />
      ) : (
        <input id={id} value={value} onInput={input} {...rest} />
      )}
    </div>
  );
}

interface FormProps {
  children: ComponentChildren;
  error: string;
  label: string;
  isBusy: boolean;
  onSubmit: () => void;
}

function Form({ children, error, label, isBusy, onSubmit }: FormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    if (!isBusy) onSubmit();
  };
  return (
    <form onSubmit={submit} noValidate>
      {children}
      <p class="error" role="alert">
        {error && <Icon name="warn" />}
        {error}
      </p>
      <button type="submit" class="primary" aria-disabled={isBusy}>
        {label}
      </button>
    </form>
  );
}

function ProveForm() {
  const [way, setWay] = useState<"order" | "code">("order");
  return (
    <>
      <p class="quiet">{t("prove_lead")}</p>
      <div class="ways" role="group">
        <button type="button" aria-pressed={way === "order"} onClick={() => setWay("order")}>
          {t("prove_by_order")}
        </button>
        <button type="button" aria-pressed={way === "code"} onClick={() => setWay("code")}>
          {t("prove_by_code")}
        </button>
      </div>
      {way === "order" ? <ProveByOrder /> : <ProveByCode />}
    </>
  );
}

function useProof() {
  const chat = useChat();
  const deed = useDeed();
  const prove = async (body: unknown) => {
    if (!(await deed.run("prove", body))) return;
    chat.sheet.value = null;
    chat.notice.value = t("prove_done");
  };
  return { ...deed, prove };
}

function ProveByOrder() {
  const { isBusy, error, setError, prove } = useProof();
  const [number, setNumber] = useState("");
  const [last4, setLast4] = useState("");
  const submit = () => {
    if (!number.trim()) return setError(`${t("order_number")}: ${t("required")}`);
    if (!/^\d{4}$/.test(last4.trim())) return setError(t("phone_last4_bad"));
    void prove({ order_number: number.trim(), phone_last4: last4.trim() });
  };
  return (
    <Form error={error} label={t("confirm")} isBusy={isBusy} onSubmit={submit}>
      <Field label={t("order_number")} value={number} onInput={setNumber} autoComplete="off" />
      <Field
        label={t("phone_last4")}
        value={last4}
        onInput={setLast4}
        inputMode="numeric"
        maxLength={4}
        autoComplete="off"
      />
    </Form>
  );
}

function ProveByCode() {
  const { isBusy, error, setError, prove, run } = useProof();
  const [to, setTo] = useState("");
  const [code, setCode] = useState("");
  const [isSent, setSent] = useState(false);
  const submit = async () => {
    if (!to.trim() || (isSent && !code.trim())) return setError(t("required"));
    if (isSent) return await prove({ code: code.trim() });
    if (await run("prove", { send_code_to: to.trim() })) setSent(true);
  };
  return (
    <Form
      error={error}
      label={isSent ? t("confirm") : t("code_send")}
      isBusy={isBusy}
      onSubmit={() => void submit()}
    >
      <Field label={t("code_to")} value={to} onInput={setTo} autoComplete="email" />
      {isSent && (
        <>
          <p class="quiet" role="status">
            {t("code_sent")}
          </p>
          <Field
            label={t("code")}
            value={code}
            onInput={setCode}
            inputMode="numeric"
            maxLength={8}
            autoComplete="one-time-code"
          />
        </>
      )}
    </Form>
  );
}

function LeaveForm() {
  const chat = useChat();
  const { isBusy, error, setError, run } = useDeed();
  const [text, setText] = useState("");
  const [contact, setContact] = useState("");
  const hours = chat.config.value.hours_text;
  const submit = async () => {
    if (!text.trim() || !contact.trim()) return setError(t("required"));
    if (!(await run("leave", { text: text.trim(), contact: contact.trim() }))) return;
    chat.sheet.value = null;
    chat.notice.value = t("leave_done");
  };
  return (
    <>
      <p class="quiet">
        {hours && `${t("hours", { hours })}${t("stop")}`}
        {t("leave_lead")}
      </p>
      <Form error={error} label={t("leave_send")} isBusy={isBusy} onSubmit={() => void submit()}>
        <Field label={t("leave_text")} value={text} onInput={setText} lines={4} />
        <Field label={t("contact")} value={contact} onInput={setContact} autoComplete="tel" />
      </Form>
    </>
  );
}

const SCORES = [1, 2, 3, 4, 5] as const;

export function RatingForm({ given, onDone }: { given: number | null; onDone?: () => void }) {
  const chat = useChat();
  const { isBusy, error, setError, run } = useDeed();
  const [score, setScore] = useState(given ?? 0);
  const [text, setText] = useState("");
  const [isDone, setDone] = useState(given !== null);
  const name = useId();
  const submit = async () => {
    if (!score) return setError(t("required"));
    if (!(await run("rating", { score, text: text.trim() }))) return;
    setDone(true);
    chat.diary.rated(chat.timeline.value.at(-1)?.conversation_id ?? "", score);
    if (!onDone) return;
    chat.notice.value = t("rate_done");
    onDone();
  };
  const stars = (
    <div class="stars" role="radiogroup" aria-label={t("rate_title")}>
      {SCORES.map((value) => (
        <label class={value <= score ? "lit" : ""} title={t(`star_${value}`)}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === score}
            disabled={isDone}
            aria-label={t(`star_${value}`)}
            onChange={() => setScore(value)}
          />
          <Icon name="star" />
        </label>
      ))}
      <span class="quiet" aria-hidden="true">
        {score > 0 && t(`star_${score as 1}`)}
      </span>
    </div>
  );
  if (isDone) {
    return (
      <>
        {stars}
        <p class="quiet">{t("rate_done")}</p>
      </>
    );
  }
  return (
    <Form error={error} label={t("rate_send")} isBusy={isBusy} onSubmit={() => void submit()}>
      {!onDone && <p>{t("rate_title")}</p>}
      {stars}
      {score > 0 && <Field label={t("rate_text")} value={text} onInput={setText} lines={2} />}
    </Form>
  );
}
