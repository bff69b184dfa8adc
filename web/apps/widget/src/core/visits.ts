/** Page views and what was shown and tapped in the widget: the denominators of every rate. */
import type { Visit } from "../contract.ts";

const GATHER_MS = 4_000;
const MOST = 50;

export class Visits {
  readonly #send: (events: Visit[]) => void;
  readonly #once = new Set<string>();
  #waiting: Visit[] = [];
  #timer = 0;

  constructor(send: (events: Visit[]) => void) {
    this.#send = send;
    addEventListener("pagehide", () => this.flush());
  }

  /** Notes an event; one with the same `mark` is noted once a page. */
  note(kind: Visit["kind"], subject: string, mark = ""): void {
    if (mark && this.#once.has(mark)) return;
    if (mark) this.#once.add(mark);
    this.#waiting.push({
      kind,
      url: cleanUrl(location.href),
      subject,
      at: new Date().toISOString(),
    });
    if (this.#waiting.length >= MOST) this.flush();
    else this.#timer ||= window.setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#waiting.length) return;
    this.#send(this.#waiting);
    this.#waiting = [];
  }
}

/** An address without its query and fragment, which may hold what is nobody's business. */
export function cleanUrl(href: string): string {
  const url = new URL(href);
  return url.origin + url.pathname;
}
