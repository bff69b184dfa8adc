/** The keyboard, in one list: what a screen offers is shown by `?` and done by the same entry.
 *
 *  Plain letters are silent while someone types or composes Chinese; keys with Ctrl or Alt work
 *  everywhere. A later screen's key hides an earlier one's. */
import { onActivated, onDeactivated, onMounted, onUnmounted, shallowRef, triggerRef } from "vue";
import type { DeskKey } from "./words.ts";

export interface KeyAction {
  /** "j", "ctrl+k", "alt+1", "g s" (two strokes), "?" */
  keys: string;
  label: DeskKey;
  group: DeskKey;
  run(event: KeyboardEvent): void;
  isOffered?(): boolean;
}

const layers = shallowRef<KeyAction[][]>([]);
export const allKeys = layers;

let firstStroke: { key: string; at: number } | null = null;
const STROKE_GAP_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element) return false;
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function nameOf(event: KeyboardEvent): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  // With Alt held, macOS gives symbols: the physical key is what was meant.
  const key = event.altKey ? (digit ?? letter ?? event.key) : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  parts.push(key.length === 1 ? key.toLowerCase() : key);
  return parts.join("+");
}

function find(name: string): KeyAction | undefined {
  for (const layer of [...layers.value].reverse()) {
    const action = layer.find((one) => one.keys === name && (one.isOffered?.() ?? true));
    if (action) return action;
  }
  return undefined;
}

function press(event: KeyboardEvent): void {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const name = nameOf(event);
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isPlain && (isTyping(event.target) || document.querySelector(".el-overlay:not([style*='none'])"))) return;
  const twoStrokes = firstStroke && event.timeStamp - firstStroke.at < STROKE_GAP_MS
    ? `${firstStroke.key} ${name}` : null;
  firstStroke = isPlain ? { key: name, at: event.timeStamp } : null;
  const action = (twoStrokes ? find(twoStrokes) : undefined) ?? find(name);
  if (!action) return;
  event.preventDefault();
  firstStroke = null;
  action.run(event);
}

let isListening = false;

export function useKeys(actions: KeyAction[]): void {
  const add = () => {
    if (layers.value.includes(actions)) return;
    layers.value.push(actions);
    triggerRef(layers);
  };
  const drop = () => {
    layers.value = layers.value.filter((layer) => layer !== actions);
  };
  onMounted(() => {
    if (!isListening) window.addEventListener("keydown", press);
    isListening = true;
    add();
  });
  onActivated(add);
  onDeactivated(drop);
  onUnmounted(drop);
}
