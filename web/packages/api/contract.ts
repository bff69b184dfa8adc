/** The shapes that travel between the server and its front ends: JSON in snake_case, ids as
 *  strings, times as ISO-8601 in UTC, money in minor units. */
export interface Money { minor: number; currency: string }
export interface Page<T> { items: T[]; next: string | null }

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  fields: Record<string, unknown>;
}

export interface OrderItem { title: string; qty: number; image: string | null; variant: string | null }
export interface Parcel {
  carrier: string;
  number: string;
  status_text: string;
  last_event: string | null;
  eta: string | null;
}
export interface OrderCard {
  kind: "card"; card: "order"; number: string; status: string; status_text: string;
  placed_at: string; total: Money; items: OrderItem[]; parcels: Parcel[];
}
export interface ProductCard {
  kind: "card"; card: "product"; title: string; price: Money; image: string | null;
  reason: string | null; url: string | null;
}
export interface StoreCard {
  kind: "card"; card: "store"; name: string; floor: string | null; hours: string | null;
  phone: string | null; facilities: string[]; parking: string | null;
  map: { x: number; y: number } | null;
}
export interface ParcelCard extends Parcel { kind: "card"; card: "parcel" }
export interface ChoicesCard {
  kind: "card"; card: "choices"; prompt: string; options: { label: string; value: string }[];
}
export interface RatingCard { kind: "card"; card: "rating"; score?: number | null; text?: string | null }
export type CardPart = OrderCard | ProductCard | StoreCard | ParcelCard | ChoicesCard | RatingCard;

export interface TextPart { kind: "text"; text: string }
export interface ImagePart {
  kind: "image"; blob: string; name: string; width?: number; height?: number; bytes: number;
}
export interface FilePart { kind: "file"; blob: string; name: string; bytes: number }
export interface SystemPart { kind: "system"; code: string; fields: Record<string, unknown> }
export type Part = TextPart | ImagePart | FilePart | CardPart | SystemPart;

export type AuthorKind = "customer" | "assistant" | "agent" | "system";
export type DeliveryState = "queued" | "sent" | "delivered" | "read";
export interface Source { id: string; title: string; kind: string }

export interface Message {
  id: string;
  seq: number;
  conversation_id: string;
  client_id: string | null;
  author: { kind: AuthorKind; id: string | null; name: string };
  parts: Part[];
  internal: boolean;
  covers: number[];
  sources: Source[];
  state: DeliveryState;
  at: string;
  tier: string | null;
}
