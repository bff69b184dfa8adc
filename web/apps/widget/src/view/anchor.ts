/** Keeps what is being read where it is.
 *
 * At the end, new content pulls the view along. Anywhere else the first visible line stays at its
 * height, whatever comes above (older messages, pictures) or below. Browsers do this themselves only
 * in part and not all of them, so theirs is switched off and this one is the only one.
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_END = 48;

interface Anchor {
  line: HTMLElement;
  top: number;
}

export function useAnchoredScroll(box: RefObject<HTMLElement | null>, onTop: () => void) {
  const [isAtEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const anchor = useRef<Anchor | null>(null);
  const top = useRef(onTop);
  top.current = onTop;

  const settle = () => {
    const el = box.current;
    if (!el) return;
    if (follows.current) el.scrollTop = el.scrollHeight;
    else if (anchor.current?.line.isConnected) {
      const { line, top: before } = anchor.current;
      el.scrollTop += line.getBoundingClientRect().top - el.getBoundingClientRect().top - before;
    }
  };

  useLayoutEffect(settle);

  useEffect(() => {
    const el = box.current!;
    const look = () => {
      follows.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END;
      setAtEnd(follows.current);
      anchor.current = follows.current ? null : firstVisible(el);
      if (el.scrollTop < 80) top.current();
    };
    el.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(settle);
    sizes.observe(el);
    sizes.observe(el.firstElementChild!);
    return () => {
      el.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);

  const toEnd = () => {
    follows.current = true;
    setAtEnd(true);
    settle();
  };
  return { isAtEnd, toEnd };
}

function firstVisible(box: HTMLElement): Anchor | null {
  const edge = box.getBoundingClientRect().top;
  for (const line of box.querySelectorAll<HTMLElement>("[data-line]")) {
    const { top, bottom } = line.getBoundingClientRect();
    if (bottom > edge) return { line, top: top - edge };
  }
  return null;
}
