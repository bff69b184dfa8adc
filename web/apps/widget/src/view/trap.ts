/** While the panel is open the keyboard stays in it; Escape leaves and goes back to where it was. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const STOPS = "a[href], button, input, textarea, [tabindex]";

export function useTrap(panel: RefObject<HTMLElement | null>, onEscape: () => void): void {
  useEffect(() => {
    const el = panel.current!;
    const root = el.getRootNode() as ShadowRoot;
    const cameFrom = (root.activeElement ?? document.activeElement) as HTMLElement | null;
    settleIn(el);
    const onKeyDown = (event: KeyboardEvent) => {
      event.stopPropagation();
      if (event.key === "Escape" && !event.isComposing) onEscape();
      if (event.key === "Tab") turn(event, el, root);
    };
    el.addEventListener("keydown", onKeyDown);
    return () => {
      el.removeEventListener("keydown", onKeyDown);
      if (cameFrom?.isConnected) cameFrom.focus();
    };
  }, []);
}

/** Where the keyboard rests when nothing else asks for it. */
export function settleIn(panel: HTMLElement): void {
  // On a phone the field would raise the screen keyboard over what the customer came to read.
  const isTouch = matchMedia("(pointer: coarse)").matches;
  panel
    .querySelector<HTMLElement>(isTouch ? ".log" : ".row textarea")
    ?.focus({ preventScroll: true });
}

function turn(event: KeyboardEvent, panel: HTMLElement, root: ShadowRoot): void {
  const stops = [...panel.querySelectorAll<HTMLElement>(STOPS)].filter(
    (stop) => stop.tabIndex >= 0 && !stop.closest("[inert]") && stop.offsetParent !== null,
  );
  const [first, last] = [stops[0], stops.at(-1)];
  const edge = event.shiftKey ? first : last;
  if (root.activeElement !== edge && panel.contains(root.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
