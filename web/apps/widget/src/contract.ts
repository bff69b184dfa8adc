/** What the widget and the server exchange beyond the shapes that all front ends share. */
import type { Message, Part } from "@xiaoer/api";

export type {
  ChoicesCard,
  DeliveryState,
  FilePart,
  ImagePart,
  Message,
  Money,
  OrderCard,
  Parcel,
  ParcelCard,
  Part,
  ProductCard,
  RatingCard,
  Source,
  StoreCard,
  SystemPart,
} from "@xiaoer/api";

export interface Choice {
  label: string;
  value: string;
}

export interface Owner {
  kind: "assistant" | "queue" | "agent";
  name?: string | null;
  store?: string | null;
}

export interface Identity {
  proven: boolean;
  name?: string | null;
  level?: string | null;
}

export interface Config {
  name?: string;
  greeting?: string;
  quick_replies?: Choice[];
  open_now?: boolean;
  hours_text?: string;
  locale?: string;
  max_upload_bytes?: number;
  upload_types?: string[];
}

export interface Session {
  token: string;
  visitor_id: string;
  expires_at: string;
  identity: Identity;
  conversation_id: string | null;
  last_seq: number;
  config: Config;
}

export interface Problem {
  code: string;
  status: number;
  detail?: string;
}

/** Without consent the address and the title are told only by somebody who opens the chat. */
export interface PageContext {
  url?: string;
  title?: string;
  store?: string;
  product?: string;
  order?: string;
}

export interface Visit {
  kind: "page_view" | "card_shown" | "card_clicked";
  url: string;
  subject: string;
  at: string;
}

/** The message is on the server's disk, in this place. */
export interface Receipt {
  client_id: string;
  id: string;
  seq: number;
  at: string;
  conversation_id?: string;
}

/** What the server says on the live socket. */
export type ServerFrame =
  | { t: "ready"; last_seq: number; conversation_id?: string | null; owner?: Owner }
  | { t: "message"; message: Message }
  | ({ t: "ack" } & Receipt)
  | { t: "owner"; owner: Owner; status?: "open" | "resolved" }
  | { t: "queue"; place: number; estimate_s: number | null }
  | { t: "thinking"; on: boolean }
  | { t: "typing"; who: string }
  | { t: "state"; seq: number; state: Message["state"] }
  | { t: "error"; client_id?: string; problem: Problem }
  | ({ t: "identity" } & Identity)
  | { t: "pong" };

/** What the widget says on the live socket. */
export type ClientFrame =
  | { t: "send"; client_id: string; parts: Part[] }
  | { t: "typing" }
  | { t: "seen"; seq: number }
  | { t: "ping" };
