/** Cards: things of the shop shown so that one glance answers, and one tap goes on. */
import { clock, day, money } from "@xiaoer/i18n";
import { useEffect, useState } from "preact/hooks";
import type {
  ChoicesCard,
  OrderCard,
  Parcel,
  ParcelCard,
  Part,
  ProductCard,
  StoreCard,
} from "../contract.ts";
import { safeHref } from "../core/links.ts";
import { locale, t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { RatingForm } from "./forms.tsx";
import { Icon } from "./icons.tsx";
import { act } from "./deeds.ts";

type Card = Extract<Part, { kind: "card" }>;

/** `said` is the text just above, which a card need not say again. */
export function CardView({ card, mark, said }: { card: Card; mark: string; said?: string }) {
  const chat = useChat();
  const subject = `${card.card}:${subjectOf(card)}`;
  useEffect(() => chat.visits.note("card_shown", subject, `shown ${mark}`), [mark]);
  const clicked = () => chat.visits.note("card_clicked", subject, `clicked ${mark}`);
  const inside = insideOf(card, said);
  if (!inside) return null;
  return (
    <div class={`card card-${card.card}`} onClick={clicked}>
      {inside}
    </div>
  );
}

function insideOf(card: Card, said?: string) {
  switch (card.card) {
    case "order":
      return <Order card={card} />;
    case "parcel":
      return <ParcelRow parcel={card} events={(card as ParcelCard & Events).events} />;
    case "product":
      return <Product card={card} />;
    case "store":
      return <Store card={card} />;
    case "choices":
      return <Choices card={card} said={said} />;
    case "rating":
      return <RatingForm given={card.score ?? null} />;
    default:
      return null;
  }
}

interface Events {
  events?: { at: string; text: string }[];
}

const SHOWN_ITEMS = 3;

function Order({ card }: { card: OrderCard }) {
  const items = card.items ?? [];
  const rest = items.length - SHOWN_ITEMS;
  return (
    <>
      <header>
        <strong>{t("order", { number: card.number })}</strong>
        <span class="status">{card.status_text}</span>
      </header>
      {card.placed_at && <p class="quiet">{t("placed", { at: when(card.placed_at) })}</p>}
      {items.slice(0, SHOWN_ITEMS).map((item) => (
        <div class="item">
          <Thumb image={item.image} title={item.title} />
          <p>
            {item.title}
            {item.variant && <span class="quiet">{item.variant}</span>}
          </p>
          <span class="quiet number">×{item.qty}</span>
        </div>
      ))}
      {rest > 0 && <p class="quiet">{t("order_more", { n: rest })}</p>}
      {card.total && (
        <p class="total">
          <span class="quiet">{t("order_total")}</span> <b>{money(card.total, locale.value)}</b>
        </p>
      )}
      {(card.parcels ?? []).map((parcel) => (
        <ParcelRow parcel={parcel} />
      ))}
    </>
  );
}

function ParcelRow({ parcel, events = [] }: { parcel: Parcel } & Events) {
  const chat = useChat();
  const last = lastEvent(parcel.last_event);
  const copy = () => {
    void navigator.clipboard?.writeText(parcel.number).then(() => {
      chat.notice.value = t("copied");
    });
  };
  return (
    <section class="parcel">
      <header>
        <strong>{parcel.status_text}</strong>
        {parcel.eta && <span class="quiet">{t("eta", { at: when(parcel.eta) })}</span>}
      </header>
      {last && <p>{last}</p>}
      {events.length > 0 && (
        <ol>
          {events.map((event) => (
            <li>
              <span class="quiet number">{when(event.at)}</span> {event.text}
            </li>
          ))}
        </ol>
      )}
      <p class="quiet waybill">
        <span>{t("parcel", { carrier: parcel.carrier, number: parcel.number })}</span>
        <button type="button" class="bare" aria-label={t("copy")} title={t("copy")} onClick={copy}>
          <Icon name="copy" />
        </button>
      </p>
    </section>
  );
}

function Product({ card }: { card: ProductCard }) {
  const href = safeHref(card.url, location.href);
  return (
    <>
      <Thumb image={card.image} title={card.title} />
      <div>
        <strong>{card.title}</strong>
        {card.reason && <p class="quiet">{card.reason}</p>}
        <p class="price-line">
          {card.price && <b class="price">{money(card.price, locale.value)}</b>}
          {href && (
            <a href={href} target="_top" rel="noopener">
              {t("look")}
            </a>
          )}
        </p>
      </div>
    </>
  );
}

function Store({ card }: { card: StoreCard & { address?: string | null } }) {
  const phone = card.phone?.replace(/[^\d+]/g, "");
  return (
    <>
      <header>
        <strong>{card.name}</strong>
      </header>
      <dl>
        <Fact name={t("floor")} value={card.floor} />
        <Fact name={t("open_hours")} value={card.hours} />
        <Fact name={t("address")} value={card.address} />
        <Fact name={t("parking")} value={card.parking} />
        {card.phone && (
          <>
            <dt>{t("phone")}</dt>
            <dd>
              <a href={`tel:${phone}`}>{card.phone}</a>
            </dd>
          </>
        )}
        <Facilities names={card.facilities ?? []} />
      </dl>
      {card.map && <Town x={card.map.x} y={card.map.y} />}
    </>
  );
}

const SHOWN_FACILITIES = 4;

function Facilities({ names }: { names: string[] }) {
  const [isOpen, setOpen] = useState(false);
  const rest = names.length - SHOWN_FACILITIES;
  if (!names.length) return null;
  return (
    <>
      <dt>{t("facilities")}</dt>
      <dd>
        <ul>
          {(isOpen ? names : names.slice(0, SHOWN_FACILITIES)).map((name) => (
            <li>{name}</li>
          ))}
        </ul>
        {rest > 0 && (
          <button
            type="button"
            class="source"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? t("fewer") : t("more", { n: rest })}
            <Icon name="down" />
          </button>
        )}
      </dd>
    </>
  );
}

function Fact({ name, value }: { name: string; value?: string | null }) {
  if (!value) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** A town in outline; positions are shares of its sides, or per cent of them. */
function Town({ x, y }: { x: number; y: number }) {
  const share = (value: number) => Math.min(1, Math.max(0, value > 1 ? value / 100 : value));
  const [left, top] = [12 + share(x) * 216, 12 + share(y) * 72];
  return (
    <svg class="town" viewBox="0 0 240 96" role="img" aria-label={t("map")}>
      <path class="water" d="M0 74c40-22 66 6 104-6s52-46 136-30" />
      <path d="M0 30h240M0 58h240M46 0v96M104 0v96M158 0v96M206 0v96M0 92L132 0" />
      <circle cx={left} cy={top} r="10" />
      <circle class="spot" cx={left} cy={top} r="4" />
    </svg>
  );
}

function Choices({ card, said }: { card: ChoicesCard; said?: string }) {
  const chat = useChat();
  return (
    <>
      {card.prompt && card.prompt !== said && <p>{card.prompt}</p>}
      <div class="chips">
        {card.options.map((option) => (
          <Option label={option.label} onChoose={() => act(chat, option)} />
        ))}
      </div>
    </>
  );
}

const SEAM = " · ";

/** An option of several facts, such as an order: what it is stands first, the rest beneath. */
function Option({ label, onChoose }: { label: string; onChoose: () => void }) {
  const facts = label.split(SEAM);
  const isPlain = facts.length < 3;
  return (
    <button type="button" class={isPlain ? "chip" : "chip wide"} onClick={onChoose}>
      {isPlain ? label : facts[facts.length - 1]}
      {!isPlain && <span class="quiet number">{facts.slice(0, -1).join(SEAM)}</span>}
    </button>
  );
}

function Thumb({ image, title }: { image?: string | null; title: string }) {
  const [isBroken, setBroken] = useState(false);
  const chat = useChat();
  const href = image && !isBroken ? safeHref(image, chat.base) : null;
  return (
    <span class="thumb" aria-hidden="true">
      {href ? (
        <img src={href} alt="" loading="lazy" onError={() => setBroken(true)} />
      ) : (
        [...title][0]
      )}
    </span>
  );
}

function when(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(at);
  const shown = day(isDay ? `${at}T12:00` : at, locale.value, new Date());
  return isDay ? shown : `${shown} ${clock(at, locale.value)}`;
}

function lastEvent(event: unknown): string | null {
  if (typeof event === "string") return event;
  const text = (event as { text?: unknown } | null)?.text;
  return typeof text === "string" ? text : null;
}

function subjectOf(card: Card): string {
  switch (card.card) {
    case "order":
    case "parcel":
      return card.number;
    case "product":
      return card.title;
    case "store":
      return card.name;
    default:
      return "";
  }
}
