/** Keeps what is being read where it is.
 *
 * At the end, new content pulls the view along, but never past the beginning of a message that is
 * taller than the view. Anywhere else, and when something is unfolded, the first visible line stays at
 * its height, whatever comes above (older messages, pictures) or below. Browsers do this themselves
 * only in part and not all of them, so theirs is switched off and this one is the only one.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_END = 48;
const NEAR_TOP = 80;
const AIR = 8;
/** What is unfolded may first have to come from the server. */
const UNFOLDS_MS = 2_000;

export function useAnchoredScroll(box: RefObject<HTMLElement | null>, onTop: () => void) {
  const [isAtEnd, setAtEnd] = useState(true);
  const anchor = useRef<Anchor | null>(null);
  anchor.current ??= new Anchor(box, setAtEnd);
  const top = useRef(onTop);
  top.current = onTop;

  useLayoutEffect(() => anchor.current!.settle());
  useEffect(() => {
    const el = box.current!;
    const hold = anchor.current!;
    const onScroll = () => {
      hold.look();
      if (el.scrollTop < NEAR_TOP) top.current();
    };
    const onClick = (event: Event) => {
      if ((event.target as Element).closest("[aria-expanded]")) hold.keep();
    };
    el.addEventListener("scroll", onScroll, { passive: true });
    el.addEventListener("click", onClick, { capture: true });
    const sizes = new ResizeObserver(() => hold.settle());
    sizes.observe(el);
    sizes.observe(el.firstElementChild!);
    return () => {
      el.removeEventListener("scroll", onScroll);
      el.removeEventListener("click", onClick, { capture: true });
      sizes.disconnect();
    };
  }, []);

  return { isAtEnd, toEnd: () => anchor.current!.toEnd() };
}

class Anchor {
  readonly #box: RefObject<HTMLElement | null>;
  readonly #tell: (isAtEnd: boolean) => void;
  /** The line that must not move and its distance from the edge; null at the end. */
  #line: { element: Element; top: number } | null = null;
  #last: Element | null = null;
  #keptUntil = 0;

  constructor(box: RefObject<HTMLElement | null>, tell: (isAtEnd: boolean) => void) {
    this.#box = box;
    this.#tell = tell;
  }

  /** Content or size changed: puts the view where it belongs. */
  settle(): void {
    const box = this.#box.current;
    if (!box) return;
    if (this.#line === null) this.#follow(box);
    else if (this.#line.element.isConnected) {
      box.scrollTop += distance(this.#line.element, box) - this.#line.top;
      const isAtEnd = isNearEnd(box);
      if (isAtEnd && performance.now() > this.#keptUntil) this.#line = null;
      this.#tell(isAtEnd);
    }
  }

  /** The reader scrolled: from now on this is the place. */
  look(): void {
    const box = this.#box.current!;
    if (performance.now() < this.#keptUntil) return;
    const isAtEnd = isNearEnd(box);
    this.#line = isAtEnd ? null : firstVisible(box);
    this.#tell(isAtEnd);
  }

  /** The reader unfolds something: the place stays although it is the end. */
  keep(): void {
    this.#line = firstVisible(this.#box.current!);
    this.#keptUntil = performance.now() + UNFOLDS_MS;
  }

  toEnd(): void {
    const box = this.#box.current!;
    this.#line = null;
    this.#keptUntil = 0;
    this.#last = [...box.querySelectorAll("[data-line]")].at(-1) ?? null;
    this.#tell(true);
    box.scrollTop = box.scrollHeight;
  }

  #follow(box: HTMLElement): void {
    const end = box.scrollHeight - box.clientHeight;
    const last = [...box.querySelectorAll("[data-line]")].at(-1) ?? null;
    const isNew = last !== this.#last;
    this.#last = last;
    const beginning = last ? box.scrollTop + distance(last, box) - AIR : end;
    const isTall = isNew && last?.classList.contains("theirs") && beginning < end;
    box.scrollTop = isTall ? Math.max(beginning, box.scrollTop) : end;
  }
}

function isNearEnd(box: Element): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
}

function distance(element: Element, box: Element): number {
  return element.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

function firstVisible(box: Element): { element: Element; top: number } | null {
  const edge = box.getBoundingClientRect().top;
  for (const element of box.querySelectorAll("[data-line]")) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > edge) return { element, top: top - edge };
  }
  return null;
}
