/** A socket that survives lifts, tunnels and server restarts.
 *
 *  - Reconnects with exponential back-off and full jitter, at once when the browser says that the
 *    network is back, and not at all when the server says that the session is over.
 *  - Keeps every posted frame until the server acknowledges its `client_id`, and posts it again, in
 *    order, after each reconnect. The server drops repeats by the same id, so nothing is doubled.
 *  - Sends `resume()` first after each reconnect, so that the server fills the gap from the last
 *    seen message.
 *  - A silent line is noticed by ping and pong and closed.
 *
 *  It knows no framework and no business word, so that desk and widget share it. */
import type { AnswerFrame, Frame, Problem } from "./frames.ts";

export type LiveState = "idle" | "connecting" | "open" | "waiting" | "closed";

export interface SocketLike {
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Where unacknowledged frames wait, so that they outlive a reload. */
export interface Keep<Out> {
  load(): Out[];
  save(frames: readonly Out[]): void;
}

export interface Clock {
  now(): number;
  later(run: () => void, ms: number): unknown;
  cancel(timer: unknown): void;
  random(): number;
}

export interface LiveOptions<In extends Frame, Out extends Frame> {
  /** Read anew at each attempt, so that it may carry a fresh token or position. */
  url(): string;
  onFrame(frame: In): void;
  onState?(state: LiveState, retryAt: number | null): void;
  resume?(): Out[];
  keep?: Keep<Out & { client_id: string }>;
  open?(url: string): SocketLike;
  clock?: Clock;
  /** Close codes after which trying again is pointless. Default: 1008, 4401, 4403, 4404. */
  isFinal?(code: number): boolean;
  minDelayMs?: number;
  maxDelayMs?: number;
  pingEveryMs?: number;
}

interface Question {
  resolve(frame: AnswerFrame): void;
  reject(error: Error): void;
  timer: unknown;
}

/** Raised when a question gets an `error` frame, no answer in time, or no line at all. */
export class LiveError extends Error {
  readonly problem: Problem | null;
  constructor(message: string, problem: Problem | null = null) {
    super(message);
    this.problem = problem;
  }
}

const FINAL = new Set([1008, 4401, 4403, 4404]);
const OPEN = 1;

const wallClock: Clock = {
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
};

export class LiveClient<In extends Frame, Out extends Frame> {
  state: LiveState = "idle";
  retryAt: number | null = null;
  private socket: SocketLike | null = null;
  private attempt = 0;
  private timer: unknown = null;
  private pulse: unknown = null;
  private heardAt = 0;
  private unacknowledged: (Out & { client_id: string })[];
  private questions = new Map<string, Question>();
  private refs = 0;
  private readonly clock: Clock;

  constructor(private readonly options: LiveOptions<In, Out>) {
    this.clock = options.clock ?? wallClock;
    this.unacknowledged = options.keep?.load() ?? [];
  }

  start(): void {
    if (this.state !== "idle" && this.state !== "closed") return;
    this.attempt = 0;
    this.connect();
  }

  stop(): void {
    this.cancelTimers();
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onclose = null;
      socket.close(1000);
    }
    this.failQuestions("stopped");
    this.enter("closed");
  }

  /** Skips the rest of the waiting time. */
  retryNow(): void {
    if (this.state !== "waiting") return;
    this.cancelTimers();
    this.connect();
  }

  /** The browser says the network went or came. */
  networkChanged(isOnline: boolean): void {
    if (isOnline) {
      this.attempt = 0;
      this.retryNow();
    } else if (this.socket && this.state === "open") {
      this.socket.close(4000, "offline");
    }
  }

  /** Sends a frame that must arrive: kept and repeated until acknowledged or refused. */
  post(frame: Out & { client_id: string }): void {
    if (this.unacknowledged.some((kept) => kept.client_id === frame.client_id)) return;
    this.unacknowledged.push(frame);
    this.keepThem();
    this.write(frame);
  }

  /** Gives up on a posted frame (the writer deleted it). */
  withdraw(clientId: string): void {
    this.settle(clientId);
  }

  pending(): readonly (Out & { client_id: string })[] {
    return this.unacknowledged;
  }

  /** Sends a frame that is only of use now (typing, seen); false when there is no line. */
  tell(frame: Out): boolean {
    return this.write(frame);
  }

  /** Asks and waits for `ok` or `error` with the same `ref`. */
  ask(frame: Out, timeoutMs = 10_000): Promise<AnswerFrame> {
    const ref = `r${++this.refs}`;
    return new Promise((resolve, reject) => {
      if (!this.write({ ...frame, ref })) {
        reject(new LiveError("no line"));
        return;
      }
      const timer = this.clock.later(() => {
        this.questions.delete(ref);
        reject(new LiveError("no answer in time"));
      }, timeoutMs);
      this.questions.set(ref, { resolve, reject, timer });
    });
  }

  private connect(): void {
    this.enter("connecting");
    let socket: SocketLike;
    try {
      const open = this.options.open ?? ((url) => new WebSocket(url) as unknown as SocketLike);
      socket = open(this.options.url());
    } catch {
      this.scheduleRetry();
      return;
    }
    this.socket = socket;
    this.heardAt = this.clock.now();
    socket.onmessage = (event) => this.hear(String(event.data));
    socket.onclose = (event) => this.lost(socket, event.code);
    socket.onerror = () => undefined; // close always follows and says more
    this.beat();
  }

  private hear(text: string): void {
    this.heardAt = this.clock.now();
    let frame: In;
    try {
      frame = JSON.parse(text) as In;
    } catch {
      return;
    }
    if (frame.t === "ready") this.opened();
    if (frame.t === "pong") return;
    this.answer(frame as unknown as AnswerFrame);
    this.options.onFrame(frame);
  }

  private opened(): void {
    this.attempt = 0;
    this.enter("open");
    for (const frame of this.options.resume?.() ?? []) this.write(frame);
    for (const frame of this.unacknowledged) this.write(frame);
  }

  private answer(frame: AnswerFrame | (Frame & { t: "ack"; client_id: string })): void {
    if (frame.t === "ack" && frame.client_id) this.settle(frame.client_id);
    if (frame.t === "error" && frame.client_id) this.settle(frame.client_id);
    if (frame.t !== "ok" && frame.t !== "error") return;
    const { ref, problem } = frame as AnswerFrame;
    const question = ref === undefined ? undefined : this.questions.get(ref);
    if (!question || ref === undefined) return;
    this.questions.delete(ref);
    this.clock.cancel(question.timer);
    if (frame.t === "ok") question.resolve(frame as AnswerFrame);
    else question.reject(new LiveError(problem?.detail ?? "refused", problem ?? null));
  }

  private settle(clientId: string): void {
    const before = this.unacknowledged.length;
    this.unacknowledged = this.unacknowledged.filter((kept) => kept.client_id !== clientId);
    if (this.unacknowledged.length !== before) this.keepThem();
  }

  private lost(socket: SocketLike, code: number): void {
    if (socket !== this.socket) return;
    this.socket = null;
    this.failQuestions("line lost");
    const isFinal = this.options.isFinal ?? ((c: number) => FINAL.has(c));
    if (isFinal(code)) {
      this.cancelTimers();
      this.enter("closed");
      return;
    }
    this.scheduleRetry();
  }

  private scheduleRetry(): void {
    this.cancelTimers();
    const floor = this.options.minDelayMs ?? 400;
    const ceiling = Math.min(this.options.maxDelayMs ?? 20_000, floor * 2 ** this.attempt);
    // Full jitter above a small floor: thousands of desks must not return in one instant.
    const delay = floor / 2 + this.clock.random() * (ceiling - floor / 2);
    this.attempt += 1;
    this.retryAt = this.clock.now() + delay;
    this.timer = this.clock.later(() => this.connect(), delay);
    this.enter("waiting");
  }

  private beat(): void {
    const every = this.options.pingEveryMs ?? 20_000;
    this.pulse = this.clock.later(() => {
      const socket = this.socket;
      if (!socket) return;
      if (this.clock.now() - this.heardAt > every * 2) {
        // A dead line may never fire its close event; do not wait for it.
        socket.onclose = null;
        socket.close(4000, "silent");
        this.lost(socket, 4000);
        return;
      }
      this.write({ t: "ping" } as Out);
      this.beat();
    }, every);
  }

  private write(frame: Frame): boolean {
    if (this.state !== "open" || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private enter(state: LiveState): void {
    if (state !== "waiting") this.retryAt = null;
    if (state === this.state && state !== "waiting") return;
    this.state = state;
    this.options.onState?.(state, this.retryAt);
  }

  private failQuestions(why: string): void {
    for (const question of this.questions.values()) {
      this.clock.cancel(question.timer);
      question.reject(new LiveError(why));
    }
    this.questions.clear();
  }

  private cancelTimers(): void {
    if (this.timer !== null) this.clock.cancel(this.timer);
    if (this.pulse !== null) this.clock.cancel(this.pulse);
    this.timer = null;
    this.pulse = null;
  }

  private keepThem(): void {
    this.options.keep?.save(this.unacknowledged);
  }
}
