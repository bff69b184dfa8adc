/** A live line that mends itself: back-off with chance, a heartbeat, and a new try at once when the
 *  network or the page comes back. What was missed is the caller's to fetch, by the last number seen. */
import type { ClientFrame, ServerFrame } from "../contract.ts";
import { backOff } from "./outbox.ts";

export type LineState = "closed" | "connecting" | "live" | "waiting";

export interface LineWorld {
  url: () => string;
  heard: (frame: ServerFrame) => void;
  state: (state: LineState, failures: number) => void;
  /** The server does not know our token any more. */
  expired: () => void;
}

const BEAT_MS = 25_000;
const SILENCE_MS = 10_000;
const TOKEN_EXPIRED = 4401;
const GO_AWAY = 4403;

export class Line {
  readonly #world: LineWorld;
  #socket: WebSocket | null = null;
  #wanted = false;
  #failures = 0;
  #retry = 0;
  #beat = 0;
  #silence = 0;

  constructor(world: LineWorld) {
    this.#world = world;
    addEventListener("online", () => this.nudge());
    addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.nudge();
    });
  }

  get isLive(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open(): void {
    this.#wanted = true;
    if (!this.#socket) this.#connect();
  }

  close(): void {
    this.#wanted = false;
    this.#drop();
    this.#world.state("closed", 0);
  }

  /** Something says that it may work now: no more waiting. */
  nudge(): void {
    if (!this.#wanted) return;
    if (this.isLive) this.#ping();
    else if (!this.#socket) this.#connect();
  }

  say(frame: ClientFrame): boolean {
    if (!this.isLive || !navigator.onLine) return false;
    this.#socket!.send(JSON.stringify(frame));
    return true;
  }

  #connect(): void {
    this.#drop();
    this.#world.state("connecting", this.#failures);
    const socket = new WebSocket(this.#world.url());
    this.#socket = socket;
    socket.onmessage = (event) => this.#hear(socket, event.data);
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      if (event.code === TOKEN_EXPIRED) this.#world.expired();
      if (event.code === GO_AWAY) this.#wanted = false;
      this.#lost();
    };
  }

  #hear(socket: WebSocket, text: unknown): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#silence);
    const frame = parsed(text);
    if (!frame) return;
    if (frame.t === "ready") {
      this.#failures = 0;
      this.#beat = window.setInterval(() => this.#ping(), BEAT_MS);
      this.#world.state("live", 0);
    }
    this.#world.heard(frame);
  }

  #ping(): void {
    if (!this.say({ t: "ping" })) return;
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.#drop();
    if (!this.#wanted) return;
    this.#failures += 1;
    this.#world.state("waiting", this.#failures);
    this.#retry = window.setTimeout(
      () => this.#connect(),
      backOff(this.#failures - 1, Math.random()),
    );
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

function parsed(text: unknown): ServerFrame | null {
  try {
    return JSON.parse(String(text)) as ServerFrame;
  } catch {
    return null;
  }
}
