/** Page views and what was shown and tapped in the widget: the denominators of every rate. */
import type { Visit } from "../contract.ts";

const GATHER_MS = 4_000;
const MOST = 50;

interface Noted {
  event: Visit;
  consent: boolean;
}

export class Visits {
  /** False while nobody can be told yet: then it is kept for later. */
  readonly #send: (events: Visit[], consent: boolean) => boolean;
  readonly #once = new Set<string>();
  #waiting: Noted[] = [];
  #timer = 0;
  #consent = false;

  constructor(send: (events: Visit[], consent: boolean) => boolean) {
    this.#send = send;
    addEventListener("pagehide", () => this.flush());
  }

  /** Whether the shopper agreed, as the shop's page says; nobody said anything: no. */
  get consent(): boolean {
    return this.#consent;
  }

  /** What was noted before a yes stays anonymous; what waits when a no comes becomes so. */
  set consent(granted: boolean) {
    this.#consent = granted;
    if (granted) return;
    this.#waiting = this.#waiting.map(({ event }) => ({
      event: { ...event, url: "" },
      consent: false,
    }));
  }

  /** Notes an event; one with the same `mark` is noted once a page. */
  note(kind: Visit["kind"], subject: string, mark = ""): void {
    if (mark && this.#once.has(mark)) return;
    if (mark) this.#once.add(mark);
    const url = this.#consent ? cleanUrl(location.href) : "";
    this.#waiting.push({
      event: { kind, url, subject, at: new Date().toISOString() },
      consent: this.#consent,
    });
    if (this.#waiting.length >= MOST) this.flush();
    else this.#timer ||= window.setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const consent of [true, false]) {
      const events = this.#waiting.filter((one) => one.consent === consent).map((one) => one.event);
      if (events.length && this.#send(events.slice(0, MOST), consent))
        this.#waiting = this.#waiting.filter((one) => one.consent !== consent);
    }
    this.#waiting = this.#waiting.slice(-MOST);
    if (this.#waiting.length) this.#timer = window.setTimeout(() => this.flush(), GATHER_MS);
  }
}

/** An address without its query and fragment, which may hold what is nobody's business. */
export function cleanUrl(href: string): string {
  const url = new URL(href);
  return url.origin + url.pathname;
}
