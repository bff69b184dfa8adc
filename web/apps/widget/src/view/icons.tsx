/** Line icons on a 20 × 20 field, and the lantern. Decoration only: the control carries the name. */
import { LANTERN } from "@xiaoer/ui";

const PATHS = {
  close: "M5 5l10 10M15 5L5 15",
  send: "M10 16V4.5M5 9.2l5-5 5 5",
  photo: "M3.5 5h13v10h-13zM3.5 13l3.6-3.6 3 3 2.4-2.4 4 4M12.6 8.1h.1",
  down: "M5.5 8l4.5 4.5L14.5 8",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  back: "M12 5l-5 5 5 5",
  star: "M10 3.2l2.1 4.4 4.8.6-3.5 3.4.9 4.8-4.3-2.4-4.3 2.4.9-4.8L3.1 8.2l4.8-.6z",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  person: "M10 10.2a3.1 3.1 0 100-6.2 3.1 3.1 0 000 6.2zM4 16.5c.6-3 3-4.3 6-4.3s5.4 1.3 6 4.3",
  warn: "M10 3.5l7 12.5H3zM10 8.3v3.6M10 13.9v.1",
  link: "M8 5H5v10h10v-3M11 4.5h4.5V9M15.2 4.8L9 11",
  file: "M5.5 3h6L15 6.5V17H5.5zM11.5 3v3.5H15",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Lantern({ glows = false }: { glows?: boolean }) {
  return (
    <svg class={glows ? "lantern glows" : "lantern"} viewBox={LANTERN.viewBox} aria-hidden="true">
      <path d={LANTERN.body} />
      <path d={LANTERN.tassel} />
    </svg>
  );
}
