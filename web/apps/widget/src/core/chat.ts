/** The conversation as this page knows it: everything the panel shows, and every verb it has. */
import { computed, signal } from "@preact/signals";
import type { Config, Identity, Message, Owner, PageContext, Problem, Session } from "../contract.ts";
import type { ServerFrame } from "../contract.ts";
import { Api, problemFrom } from "./api.ts";
import { Delivery, type Receipt } from "./delivery.ts";
import { newId } from "./ids.ts";
import { Memory, openStorage } from "./memory.ts";
import { backOff, Outbox, type Outgoing } from "./outbox.ts";
import { Line, type LineState } from "./socket.ts";
import { advance, firstSeq, isFromOthers, lastSeq, merge, type Timeline, unread } from "./timeline.ts";
import { objection, Uploads, type Upload } from "./uploads.ts";
import { Visits } from "./visits.ts";

export type Stage = "starting" | "ready" | "unreachable" | "refused";
export type Sheet = "prove" | "leave" | "rate" | null;

export interface Place { place: number; estimate_s: number | null }

export interface ChatOptions {
  base: string;
  account: string;
  lang: string;
  page: () => PageContext;
  customerToken: string | null;
}

const PAGE = 30;
const POLL_MS = 5_000;
const TYPING_SHOWN_MS = 4_000;
const TYPING_TOLD_MS = 2_500;
const THINKING_LONGEST_MS = 30_000;

export class Chat {
  readonly stage = signal<Stage>("starting");
  readonly line = signal<LineState>("closed");
  readonly failures = signal(0);
  readonly online = signal(navigator.onLine);
  readonly timeline = signal<Timeline>([]);
  readonly outgoing = signal<readonly Outgoing[]>([]);
  readonly uploads = signal<readonly Upload[]>([]);
  readonly hasOlder = signal(false);
  readonly loadingOlder = signal(false);
  readonly loaded = signal(false);
  readonly owner = signal<Owner>({ kind: "assistant" });
  readonly queue = signal<Place | null>(null);
  readonly thinking = signal(false);
  readonly typing = signal(false);
  readonly identity = signal<Identity>({ proven: false });
  readonly config = signal<Config>({});
  readonly seen = signal(0);
  readonly isOpen = signal(false);
  readonly sheet = signal<Sheet>(null);
  readonly notice = signal<string | null>(null);
  readonly unread = computed(() => unread(this.timeline.value, this.seen.value));
  /** Pictures sent from this page, by blob, so that they are not downloaded again. */
  readonly pictures = new Map<string, string>();

  readonly api: Api;
  readonly visits: Visits;
  readonly #options: ChatOptions;
  readonly #storage = openStorage();
  readonly #memory: Memory;
  readonly #line: Line;
  readonly #delivery: Delivery;
  readonly #uploads: Uploads;
  #outbox: Outbox;
  #visitor = "";
  #customerToken: string | null;
  #starting: Promise<void> | null = null;
  #restarts = 0;
  #typingTimer = 0;
  #thinkingTimer = 0;
  #typingTold = 0;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#customerToken = options.customerToken;
    this.api = new Api(options.base, options.account);
    this.api.lang = options.lang;
    this.#memory = new Memory(this.#storage, options.account);
    this.visits = new Visits((events) => this.stage.value === "ready" && this.api.visits(events));
    this.#outbox = new Outbox(this.#storage, options.account, "");
    this.#line = new Line({
      url: () => this.api.liveUrl(lastSeq(this.timeline.value)),
      heard: (frame) => this.#heard(frame),
      state: (state, failures) => this.#lineChanged(state, failures),
      expired: () => void this.start(),
    });
    this.#delivery = new Delivery(this.#outbox, {
      api: this.api,
      emit: (frame) => this.#line.say(frame),
      confirmed: (item, receipt) => this.#confirmed(item, receipt),
      changed: () => (this.outgoing.value = this.#outbox.items),
      renew: () => this.start(),
      after: (ms, run) => window.setTimeout(run, ms),
      chance: Math.random,
    });
    this.#uploads = new Uploads(
      this.api,
      () => (this.uploads.value = this.#uploads.items),
      (upload, part) => {
        this.pictures.set(part.blob, upload.url);
        this.#post(upload.client_id, [part]);
      },
    );
    const look = () => (this.online.value = navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    window.setInterval(() => this.#poll(), POLL_MS);
  }

  /** Opens or renews the session. Calls that come meanwhile share the one under way. */
  start(): Promise<void> {
    this.#starting ??= this.#signIn().finally(() => (this.#starting = null));
    return this.#starting;
  }

  open(): void {
    if (this.stage.value === "refused") return;
    this.isOpen.value = true;
    if (this.stage.value === "ready") this.#line.open();
    else void this.start();
  }

  close(): void {
    this.isOpen.value = false;
    this.sheet.value = null;
  }

  /** Another person, or nobody (null), uses the shop from now on. */
  async identify(token: string | null): Promise<void> {
    await this.#starting;
    if (token === null) this.#forgetVisitor();
    this.#customerToken = token;
    await this.start();
  }

  async speak(lang: string): Promise<void> {
    this.#memory.write("lang", lang);
    this.api.lang = lang;
    await this.start();
  }

  get chosenLang(): string | null {
    return this.#memory.read("lang");
  }

  get draft(): string {
    return this.#memory.read("draft") ?? "";
  }

  set draft(text: string) {
    this.#memory.write("draft", text);
  }

  sendText(text: string): void {
    const trimmed = text.trim();
    if (trimmed) this.#post(newId(), [{ kind: "text", text: trimmed }]);
  }

  sendPicture(file: File): void {
    void this.#uploads.add(newId(), file, objection(file, this.config.value));
  }

  retry(client_id: string): void {
    if (this.#uploads.items.some((one) => one.client_id === client_id)) {
      void this.#uploads.start(client_id);
      return;
    }
    this.#outbox.again(client_id);
    this.outgoing.value = this.#outbox.items;
    this.#delivery.pump();
  }

  withdraw(client_id: string): void {
    this.#uploads.cancel(client_id);
    this.#outbox.remove(client_id);
    this.outgoing.value = this.#outbox.items;
  }

  /** One of the named deeds; null when done, else what went wrong. */
  async deed(name: string, body: unknown = {}): Promise<Problem | null> {
    try {
      const answer = await this.api.deed<Place & Identity>(name, body);
      if (typeof answer.place === "number") {
        this.queue.value = { place: answer.place, estimate_s: answer.estimate_s ?? null };
      }
      if (answer.proven) this.identity.value = { ...this.identity.value, proven: true };
      if (!this.#line.isLive) void this.#fetchNewer();
      return name === "prove" && answer.proven === false ? { code: "not_proven", status: 0 } : null;
    } catch (failure) {
      return problemFrom(failure);
    }
  }

  /** The panel shows everything up to the end. */
  sawAll(): void {
    const last = lastSeq(this.timeline.value);
    if (last <= this.seen.value) return;
    this.seen.value = last;
    this.#memory.write("seen", `${this.#visitor} ${last}`);
    this.#line.say({ t: "seen", seq: last });
  }

  tellTyping(now: number): void {
    if (now - this.#typingTold < TYPING_TOLD_MS) return;
    this.#typingTold = now;
    this.#line.say({ t: "typing" });
  }

  async loadOlder(): Promise<void> {
    if (this.loadingOlder.value || !this.hasOlder.value) return;
    this.loadingOlder.value = true;
    try {
      const older = await this.api.messages({ before: firstSeq(this.timeline.value), limit: PAGE });
      this.hasOlder.value = older.length >= PAGE;
      this.timeline.value = merge(this.timeline.value, older);
    } catch {
      // The button stays, and the next scroll to the top tries again.
    } finally {
      this.loadingOlder.value = false;
    }
  }

  async #signIn(): Promise<void> {
    if (this.stage.value === "unreachable") this.stage.value = "starting";
    try {
      this.#welcome(await this.#askSession());
      this.#restarts = 0;
      await this.#loadLatest();
      this.stage.value = "ready";
      if (this.isOpen.value || this.timeline.value.length) this.#line.open();
      this.#delivery.pump();
    } catch (failure) {
      const { status } = problemFrom(failure);
      this.stage.value = status === 403 || status === 404 ? "refused" : "unreachable";
      if (this.stage.value === "refused") return;
      window.setTimeout(() => void this.start(), backOff(this.#restarts++, Math.random()));
    }
  }

  async #askSession(): Promise<Session> {
    const body = { lang: this.api.lang, page: this.#options.page() };
    const visitor_token = this.#memory.read("token") ?? undefined;
    const customer_token = this.#customerToken ?? undefined;
    this.api.token = "";
    try {
      return await this.api.session({ ...body, visitor_token, customer_token });
    } catch (failure) {
      const { code, status } = problemFrom(failure);
      if (status !== 401 && status !== 422) throw failure;
      // An outdated token must not keep anyone from asking a question.
      if (code === "bad_customer_token") this.#customerToken = null;
      else this.#memory.write("token", null);
      return await this.api.session(
        code === "bad_customer_token" ? { ...body, visitor_token } : { ...body, customer_token },
      );
    }
  }

  #welcome(session: Session): void {
    this.api.token = session.token;
    this.#memory.write("token", session.token);
    this.identity.value = session.identity;
    this.config.value = session.config;
    if (session.visitor_id === this.#visitor) return;
    this.#line.close();
    this.#visitor = session.visitor_id;
    this.timeline.value = [];
    this.hasOlder.value = false;
    this.loaded.value = false;
    this.queue.value = null;
    this.owner.value = { kind: "assistant" };
    const [visitor, seen] = (this.#memory.read("seen") ?? "").split(" ");
    this.seen.value = visitor === this.#visitor ? Number(seen) : 0;
    this.#outbox = new Outbox(this.#storage, this.#options.account, this.#visitor);
    this.#delivery.use(this.#outbox);
    this.outgoing.value = this.#outbox.items;
  }

  async #loadLatest(): Promise<void> {
    if (this.timeline.value.length) return await this.#fetchNewer();
    const latest = await this.api.messages({ limit: PAGE, before: 2 ** 31 - 1 });
    this.timeline.value = merge([], latest);
    this.hasOlder.value = latest.length >= PAGE;
    this.loaded.value = true;
  }

  async #fetchNewer(): Promise<void> {
    for (let more = true; more; ) {
      const after = lastSeq(this.timeline.value);
      const newer = await this.api.messages({ after, limit: 100 }).catch(() => []);
      this.#arrived(newer);
      more = newer.length >= 100;
    }
  }

  #forgetVisitor(): void {
    this.#memory.write("token", null);
    this.#memory.write("draft", null);
  }

  #post(client_id: string, parts: Outgoing["parts"]): void {
    this.#outbox.add(client_id, parts, new Date().toISOString());
    this.outgoing.value = this.#outbox.items;
    if (this.stage.value === "ready") this.#delivery.pump();
  }

  #confirmed(item: Outgoing, receipt: Receipt): void {
    const message: Message = {
      id: receipt.id, seq: receipt.seq, conversation_id: "", client_id: item.client_id,
      author: { kind: "customer", id: null, name: "" }, parts: item.parts, internal: false,
      covers: [], sources: [], state: "sent", at: receipt.at ?? item.at, tier: null,
    };
    this.timeline.value = merge(this.timeline.value, [message]);
  }

  #arrived(messages: readonly Message[]): void {
    const visible = messages.filter((message) => !message.internal);
    if (!visible.length) return;
    this.timeline.value = merge(this.timeline.value, visible);
    for (const { client_id, id, seq, at } of visible) {
      if (client_id) this.#delivery.acknowledged({ client_id, id, seq, at });
    }
    if (visible.some(isFromOthers)) {
      this.thinking.value = false;
      this.typing.value = false;
    }
  }

  #lineChanged(state: LineState, failures: number): void {
    this.line.value = state;
    this.failures.value = failures;
    if (state === "live") return;
    this.thinking.value = false;
    this.typing.value = false;
    if (state === "waiting") this.#delivery.interrupted();
  }

  /** Where sockets are blocked, asking every few seconds still brings the answers. */
  #poll(): void {
    const isStuck = this.isOpen.value && this.online.value && this.failures.value >= 2;
    if (isStuck && !this.#line.isLive && this.stage.value === "ready") void this.#fetchNewer();
  }

  #heard(frame: ServerFrame): void {
    switch (frame.t) {
      case "ready":
        if (frame.owner) this.#ownedBy(frame.owner);
        if (frame.last_seq > lastSeq(this.timeline.value)) void this.#fetchNewer();
        return this.#delivery.pump();
      case "message":
        return this.#arrived([frame.message]);
      case "ack":
        return this.#delivery.acknowledged(frame);
      case "owner":
        return this.#ownedBy(frame.owner);
      case "queue":
        this.queue.value = { place: frame.place, estimate_s: frame.estimate_s };
        return;
      case "thinking":
        return this.#thinks(frame.on);
      case "typing":
        return this.#types();
      case "state":
        this.timeline.value = advance(this.timeline.value, frame.seq, frame.state);
        return;
      case "identity":
        this.identity.value = frame;
        return;
      case "error":
        if (frame.client_id) this.#delivery.refused(frame.client_id, frame.problem);
        else this.notice.value = frame.problem.detail ?? null;
    }
  }

  #ownedBy(owner: Owner): void {
    this.owner.value = owner;
    if (owner.kind !== "queue") this.queue.value = null;
  }

  #thinks(on: boolean): void {
    this.thinking.value = on;
    clearTimeout(this.#thinkingTimer);
    if (on) {
      const stop = () => (this.thinking.value = false);
      this.#thinkingTimer = window.setTimeout(stop, THINKING_LONGEST_MS);
    }
  }

  #types(): void {
    this.typing.value = true;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = window.setTimeout(() => (this.typing.value = false), TYPING_SHOWN_MS);
  }
}
