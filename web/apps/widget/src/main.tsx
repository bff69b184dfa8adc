/** The script that a shop embeds. It adds one element with a shadow root and one name, `Xiaoer`, to
 *  the page, after everything that the page itself wants to do first. */
import { pickLocale } from "@xiaoer/i18n";
import tokens from "@xiaoer/ui/tokens.css?inline";
import { render } from "preact";
import type { PageContext } from "./contract.ts";
import { Chat } from "./core/chat.ts";
import { cleanUrl } from "./core/visits.ts";
import styles from "./style.css?inline";
import { fitToKeyboard } from "./view/viewport.ts";
import { Widget } from "./view/widget.tsx";
import { locale } from "./words/index.ts";

type Subject = Pick<PageContext, "store" | "product" | "order">;

interface Door {
  open(): void;
  close(): void;
  identify(token: string | null): void;
  page(subject: Subject): void;
  consent(granted: boolean): void;
}

declare global {
  interface Window {
    Xiaoer?: Partial<Door> & { q?: [keyof Door, ...unknown[]][] };
  }
}

const script = document.currentScript as HTMLScriptElement | null;
if (script?.dataset.account && !document.querySelector("xiaoer-widget")) begin(script);

function begin({ dataset, src }: HTMLScriptElement): void {
  let subject: Subject = { store: dataset.store, product: dataset.product, order: dataset.order };
  const here = () => ({ url: cleanUrl(location.href), title: document.title });
  const chat: Chat = new Chat({
    base: new URL(src).origin,
    account: dataset.account!,
    lang: dataset.lang ?? null,
    customerToken: dataset.token || null,
    page: () => ({ ...(chat.visits.consent || chat.isOpen.value ? here() : {}), ...subject }),
  });
  locale.value = pickLocale(chat.api.lang || null, [
    document.documentElement.lang,
    ...navigator.languages,
  ]);
  chat.api.lang = locale.value;
  const viewed = () =>
    chat.visits.note("page_view", subject.product ?? subject.order ?? subject.store ?? "");
  const door: Door = {
    open: () => chat.open(),
    close: () => chat.close(),
    identify: (token) => void chat.identify(token),
    consent: (granted) => void chat.consent(granted === true),
    page: (now) => {
      const isElsewhere = now.store !== subject.store;
      subject = now;
      viewed();
      if (isElsewhere) void chat.move();
    },
  };
  const waiting = window.Xiaoer?.q ?? [];
  window.Xiaoer = door;
  const call = ([verb, ...args]: (typeof waiting)[number]) =>
    (door[verb] as (...all: unknown[]) => void)?.(...args);
  whenIdle(() => {
    show(chat, dataset.theme);
    if (dataset.consent) door.consent(dataset.consent === "true");
    waiting.filter(([verb]) => verb === "consent").forEach(call);
    viewed();
    waiting.filter(([verb]) => verb !== "consent").forEach(call);
    void chat.start();
    dispatchEvent(new CustomEvent("xiaoer:ready"));
  });
}

function show(chat: Chat, theme: string | undefined): void {
  const host = document.createElement("xiaoer-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = document.createElement("style");
  sheet.textContent = inShadow(tokens) + styles;
  const mount = document.createElement("div");
  mount.className = "root";
  root.append(sheet, mount);
  document.body.append(host);
  paint(host, theme);
  fitToKeyboard(host);
  render(<Widget chat={chat} />, mount);
}

/** The tokens are written for a page; in here the host element is the root. */
function inShadow(css: string): string {
  return css.replace(/:root(\[[^\]]*\])?/g, (_, attribute?: string) =>
    attribute ? `:host(${attribute})` : ":host",
  );
}

/** Light or dark: what the script says, else what the page says, else what the system says. */
function paint(host: HTMLElement, theme: string | undefined): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const page = document.documentElement;
  const apply = () => {
    const said = [theme, page.dataset.theme].find((one) => one === "light" || one === "dark");
    host.dataset.theme = said ?? (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);
  new MutationObserver(apply).observe(page, { attributeFilter: ["data-theme"] });
}

function whenIdle(run: () => void): void {
  const soon = () =>
    "requestIdleCallback" in window ? requestIdleCallback(run) : setTimeout(run, 1);
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}
