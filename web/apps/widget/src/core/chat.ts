/** The conversation as this page leads it: every verb the panel has, and what the server answers. */
import { clientId, LiveClient, type LiveState } from "@xiaoer/live";
import type {
  ClientFrame,
  Identity,
  Message,
  PageContext,
  Problem,
  Receipt,
  ServerFrame,
  Session,
} from "../contract.ts";
import { Admission } from "./admission.ts";
import { Api, problemFrom } from "./api.ts";
import { Attic } from "./attic.ts";
import { Delivery } from "./delivery.ts";
import { Diary } from "./diary.ts";
import { History } from "./history.ts";
import { Memory, openStorage } from "./memory.ts";
import { backOff, Outbox, type Outgoing } from "./outbox.ts";
import { type Place, State } from "./state.ts";
import { advance, confirmation, isFromOthers, lastAt, lastSeq, merge } from "./timeline.ts";
import { objection, Uploads } from "./uploads.ts";
import { Visits } from "./visits.ts";

export interface ChatOptions {
  base: string;
  account: string;
  lang: string | null;
  page: () => PageContext;
  customerToken: string | null;
}

const RESTART_EVERY = 8;
const POLL_MS = 5_000;
const TYPING_TOLD_MS = 2_500;

export class Chat extends State {
  readonly base: string;
  readonly api: Api;
  readonly visits: Visits;
  readonly history: History;
  readonly diary: Diary;
  /** Pictures sent from this page, by blob, so that they are not downloaded again. */
  readonly pictures = new Map<string, string>();
  readonly #account: string;
  readonly #page: () => PageContext;
  readonly #storage = openStorage();
  readonly #memory: Memory;
  readonly #admission: Admission;
  readonly #line: LiveClient<ServerFrame, ClientFrame>;
  readonly #delivery: Delivery;
  readonly #uploads: Uploads;
  #outbox: Outbox;
  #starting: Promise<void> | null = null;
  #restarts = 0;
  #typingTold = 0;
  #isPageTold = false;

  constructor({ base, account, lang, page, customerToken }: ChatOptions) {
    super();
    this.base = base;
    this.#account = account;
    this.#page = page;
    this.#memory = new Memory(this.#storage, account);
    this.api = new Api(base, account);
    this.diary = new Diary(this.#memory);
    this.api.lang = this.diary.lang ?? lang ?? "";
    this.history = new History(this, this.api, (messages) => this.#arrived(messages));
    this.#admission = new Admission(this.api, this.#memory, customerToken);
    this.visits = new Visits((events, consent) => {
      if (this.stage.value !== "ready") return false;
      this.api.visits(events, consent);
      return true;
    });
    this.#outbox = new Outbox(this.#storage, account, this.#admission.visitor);
    this.outgoing.value = this.#outbox.items;
    this.seenAt.value = this.#admission.seenAt;
    this.#line = this.#newLine();
    this.#delivery = this.#newDelivery();
    this.#uploads = new Uploads(this.api, new Attic(account), (upload, part) => {
      this.pictures.set(part.blob, upload.url);
      this.#post(upload.client_id, [part]);
    });
    this.#uploads.changed = () => (this.uploads.value = this.#uploads.items);
    this.#watchNetwork();
  }

  /** Opens or renews the session. Calls that come meanwhile share the one under way. */
  start(): Promise<void> {
    this.#starting ??= this.#enter().finally(() => (this.#starting = null));
    return this.#starting;
  }

  open(): void {
    if (this.stage.value === "refused") return;
    this.isOpen.value = true;
    // Who wants to talk shows where they stand; a session that was opened before did not say it.
    if (this.stage.value === "ready" && this.#isPageTold) this.#line.start();
    else void this.start();
  }

  close(): void {
    this.isOpen.value = false;
    this.sheet.value = null;
  }

  /** Another person, or nobody (null), uses the shop from now on. */
  async identify(token: string | null): Promise<void> {
    if (this.#starting) await this.#starting;
    this.#admission.name(token);
    await this.#rejoin();
  }

  /** The shopper agreed to be counted as one visitor, or takes it back: then what was noted before
   *  is made anonymous too. The page says it on every page; what is not said is no. */
  async consent(granted: boolean): Promise<void> {
    this.visits.consent = granted;
    if (granted) return this.#memory.write("consent", "yes");
    if (this.#memory.read("consent") === null) return;
    if (this.stage.value !== "ready") await this.start();
    if ((await this.deed("visits/forget")) === null) this.#memory.write("consent", null);
  }

  /** The page is about another store now: who answers may be somebody else. */
  async move(): Promise<void> {
    if (this.#starting) await this.#starting;
    if (this.stage.value === "ready") await this.#rejoin();
  }

  /** What the server knows of us when a line begins holds as long as the line. */
  #rejoin(): Promise<void> {
    this.#line.stop();
    return this.start();
  }

  async speak(lang: string): Promise<void> {
    this.diary.lang = lang;
    this.api.lang = lang;
    await this.start();
  }

  sendText(text: string): void {
    const trimmed = text.trim();
    if (trimmed) this.#post(clientId(), [{ kind: "text", text: trimmed }]);
  }

  sendPicture(file: File): void {
    const problem = objection(file, this.config.value);
    void this.#uploads.add(this.#admission.visitor, clientId(), file, problem);
  }

  retry(client_id: string): void {
    if (this.uploads.value.some((one) => one.client_id === client_id)) {
      void this.#uploads.start(client_id);
      return;
    }
    this.#outbox.again(client_id);
    this.#showOutbox();
    this.#delivery.pump();
  }

  withdraw(client_id: string): void {
    this.#uploads.cancel(client_id);
    this.#outbox.remove(client_id);
    this.#showOutbox();
  }

  /** One of the named deeds; null when done, else what went wrong. */
  async deed(name: string, body: unknown = {}): Promise<Problem | null> {
    try {
      const answer = await this.api.deed<Place & Identity & { message: string }>(name, body);
      const { place, estimate_s, proven, message: detail } = answer;
      if (typeof place === "number") this.queue.value = { place, estimate_s: estimate_s ?? null };
      if (proven) this.#isProven({ ...this.identity.value, ...answer, proven });
      if (this.line.value !== "open") void this.history.newer();
      return proven === false ? { code: "not_proven", status: 0, detail } : null;
    } catch (failure) {
      return problemFrom(failure);
    }
  }

  /** The server knows from now on who this is; a new line begins with that knowledge. */
  #isProven(identity: Identity): void {
    this.identity.value = identity;
    this.#line.stop();
    this.#line.start();
  }

  /** The panel shows everything up to the end. */
  sawAll(): void {
    const at = lastAt(this.timeline.value);
    if (at <= this.seenAt.value) return;
    this.seenAt.value = at;
    this.#admission.seenAt = at;
    this.#line.tell({ t: "seen", seq: lastSeq(this.timeline.value) });
  }

  tellTyping(now: number): void {
    if (now - this.#typingTold < TYPING_TOLD_MS) return;
    this.#typingTold = now;
    this.#line.tell({ t: "typing" });
  }

  async #enter(): Promise<void> {
    try {
      const page = this.#page();
      this.#isPageTold = page.url !== undefined;
      this.#welcome(await this.#admission.enter(page));
      await this.history.refresh();
      this.stage.value = "ready";
      if (this.isOpen.value || this.timeline.value.length) this.#line.start();
      this.#delivery.pump();
      void this.#uploads.resume(this.#admission.visitor);
    } catch (failure) {
      const { status } = problemFrom(failure);
      this.stage.value = status === 403 || status === 404 ? "refused" : "unreachable";
      if (this.stage.value === "unreachable") this.#startLater();
    }
  }

  #startLater(): void {
    window.setTimeout(() => void this.start(), backOff(this.#restarts++, Math.random()));
  }

  #welcome(session: Session): void {
    this.identity.value = session.identity;
    this.config.value = session.config;
    const before = this.#admission.visitor;
    if (!this.#admission.admit(session.visitor_id)) return;
    this.#line.stop();
    this.clear(this.#admission.seenAt);
    const nobody = before === "" ? this.#outbox : null;
    this.#outbox = new Outbox(this.#storage, this.#account, session.visitor_id);
    if (nobody) this.#outbox.adopt(nobody);
    this.#delivery.use(this.#outbox);
    if (!nobody) this.#uploads.leave();
    this.#showOutbox();
  }

  #post(client_id: string, parts: Outgoing["parts"]): void {
    this.#outbox.add(client_id, parts, new Date().toISOString());
    this.#showOutbox();
    if (this.stage.value === "ready") this.#delivery.pump();
  }

  #showOutbox(): void {
    this.outgoing.value = this.#outbox.items;
  }

  #confirmed(item: Outgoing, receipt: Receipt): void {
    this.timeline.value = merge(this.timeline.value, [confirmation(item, receipt)]);
    if (this.owner.value.kind === "assistant") this.think(true);
  }

  #arrived(messages: readonly Message[]): void {
    if (!messages.length) return;
    this.timeline.value = merge(this.timeline.value, messages);
    for (const { client_id, id, seq, at } of messages) {
      if (client_id) this.#delivery.acknowledged({ client_id, id, seq, at });
    }
    if (messages.some(isFromOthers)) this.quiet();
  }

  #heard(frame: ServerFrame): void {
    switch (frame.t) {
      case "ready":
        this.#restarts = 0;
        if (frame.owner) this.ownedBy(frame.owner);
        this.history.catchUp(frame.last_seq, frame.conversation_id);
        void this.#uploads.resume(this.#admission.visitor);
        return this.#delivery.pump();
      case "message":
        return this.#arrived([frame.message]);
      case "ack":
        return this.#delivery.acknowledged(frame);
      case "state":
        this.timeline.value = advance(this.timeline.value, frame.seq, frame.state);
        return;
      case "error":
        // What carries no client id was said in passing (typing, seen); its refusal is nobody's concern.
        if (frame.client_id) this.#delivery.refused(frame.client_id, frame.problem);
        return;
      default:
        this.show(frame);
    }
  }

  #lineIs(state: LiveState): void {
    this.line.value = state;
    if (state === "open") {
      this.failures.value = 0;
      return;
    }
    this.quiet();
    if (state === "waiting") {
      this.failures.value += 1;
      this.#delivery.interrupted();
      // A server that does not know our token may refuse the line without saying why.
      if (this.failures.value % RESTART_EVERY === 2) void this.start();
    }
  }

  #newLine(): LiveClient<ServerFrame, ClientFrame> {
    return new LiveClient({
      url: () => this.api.liveUrl(lastSeq(this.timeline.value)),
      onFrame: (frame) => this.#heard(frame),
      onState: (state) => this.#lineIs(state),
      // 44xx: the token is no longer good. A new session says whether we may come back.
      isFinal: (code) => {
        const isOver = code === 1008 || (code >= 4400 && code < 4500);
        if (isOver) this.#startLater();
        return isOver;
      },
    });
  }

  #newDelivery(): Delivery {
    return new Delivery(this.#outbox, {
      api: this.api,
      emit: (frame) => this.#line.tell(frame),
      confirmed: (item, receipt) => this.#confirmed(item, receipt),
      changed: () => this.#showOutbox(),
      renew: () => this.start(),
      after: (ms, run) => window.setTimeout(run, ms),
      chance: Math.random,
    });
  }

  #watchNetwork(): void {
    const look = () => {
      this.online.value = navigator.onLine;
      this.#line.networkChanged(navigator.onLine);
      if (navigator.onLine && this.stage.value === "unreachable") void this.start();
    };
    addEventListener("online", look);
    addEventListener("offline", look);
    // Another tab of the same shop showed the messages.
    addEventListener("storage", () => (this.seenAt.value = this.#admission.seenAt));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#line.retryNow();
    });
    window.setInterval(() => this.#poll(), POLL_MS);
  }

  /** Where sockets are blocked, asking every few seconds still brings the answers. */
  #poll(): void {
    const isStuck = this.isOpen.value && this.online.value && this.failures.value >= 2;
    if (isStuck && this.stage.value === "ready") void this.history.newer();
  }
}
