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
/** Said in the reader's language by `code` and `fields`; `text` is for whoever does not know the code. */
export interface SystemPart { kind: "system"; code: string; fields: object; text?: string }
/** The fields of the internal note `hand_off_note`. */
export interface HandOffNote {
  reason: string;
  urgent: boolean;
  said: string;
  topic: string;
  subject: string;
  tried: { tier: string; confidence: number | null }[];
  /** What a flow has asked for already: which flow, then its slots by name; SKUs and codes as they are. */
  filled?: { name: string; words: string }[];
}
export type Part = TextPart | ImagePart | FilePart | CardPart | SystemPart;

export type AuthorKind = "customer" | "assistant" | "agent" | "system";
/** `failed`: a channel could not carry it out; `failure` says why, and it can be sent again. */
export type DeliveryState = "queued" | "failed" | "sent" | "delivered" | "read";
export interface Failure { reason: string; texts: Record<string, string>; tries: number; at: string }
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
  failure?: Failure | null;
  at: string;
  tier: string | null;
}

export interface Try {
  tier: string;
  outcome: string;
  confidence: number | null;
  reason: string | null;
  at: string;
}

export type OwnerKind = "assistant" | "queue" | "agent";

/** Lists and frames carry a row; demand and tries come with one conversation asked for by its id. */
export interface Conversation {
  id: string;
  version: number;
  status: "open" | "resolved";
  owner: { kind: OwnerKind; id: string | null; name: string };
  customer: {
    id: string | null;
    visitor_id: string | null;
    name: string;
    level: string;
    kind: string;
    proven: boolean;
  };
  channel: { account_id: string; kind: string; name: string };
  unit: { path: string; name: string };
  skill_group: { id: string; name: string } | null;
  last: { text: string; at: string; author_kind: AuthorKind; seq: number } | null;
  waiting_since: string | null;
  unread: number;
  customer_seen_seq: number;
  opened_at: string;
  updated_at: string;
  resolved_at: string | null;
  priority: number;
  mood: string | null;
  rating: number | null;
  locale: string;
  page: { url?: string; title?: string };
  demand?: { id: string; topic: string; subject: string; reopened?: number };
  tries?: Try[];
}

export type ConversationView = "queue" | "mine" | "all" | "resolved";

export interface Member {
  id: string;
  login: string;
  name: string;
  roles: string[];
  unit_path: string;
  functions: string[];
  active: boolean;
  locale: string | null;
  version: number;
  permissions: string[];
}

export interface Me {
  member: Member & { unit: { path: string; name: string } };
  group: { id: string; name: string; slug: string; demo: boolean };
  locale: string | null;
}

/** A place in the tree; `path` such as "/dept/bj01/", the group itself is "/". */
export interface Unit {
  id: string;
  path: string;
  kind: string;
  name: string;
  name_en: string;
}

export interface SkillGroup {
  id: string;
  code: string;
  name: string;
  name_en: string;
  members: string[];
}

export type PresenceState = "online" | "busy" | "away" | "offline";
/** An agent's state, how many conversations they may hold, and how many they do. */
export interface Presence {
  member_id: string;
  name: string;
  state: PresenceState;
  capacity: number;
  holding: number;
  seen_at: string | null;
}

export interface Macro {
  id: string;
  shortcut: string;
  title: string;
  text: string;
  shared: boolean;
  version: number;
}

export type SearchHit = Message & { customer_name: string };

export interface Suggestion {
  entry_id: string;
  question: string;
  answer: string;
  score: number;
}

export interface AuditLine {
  at: string;
  actor: string;
  verb: string;
  details: Record<string, unknown>;
}

/** The note an agent leaves when a conversation ends: what was asked, done, and promised. */
export type WrapUp = Partial<Record<"category" | "request" | "progress" | "promise", string>>;

export type NumberName =
  | "received" | "contained" | "confirmed_resolved" | "not_yet_known" | "reopened";
export type Counts = Record<NumberName, number>;
export interface Numbers extends Counts {
  groups: (Counts & { key: string; label: string })[];
  definitions: { number: NumberName; zh: string; en: string }[];
}
export type NumbersBy = "tier" | "store" | "day";

/** An after-sales case; `status` is `requested` while something is left to do, else `settled`. */
export interface AftersalesCase {
  id: string;
  order_number: string;
  verb: string;
  status: string;
  items: string[];
  amount: Money;
  reason: string;
  opened_at: string;
}
/** Who tried what after a sale and what came of it; `code` says why it was refused. */
export interface AftersalesLine {
  verb: string;
  outcome: string;
  order_number: string;
  code: string;
  actor: string;
  at: string;
}
/** The numbers of the after-sales policy by name, limits in fen; `clauses` says each in words. */
export interface KeptTerms {
  terms: Record<string, number>;
  shipped: Record<string, number>;
  clauses: Record<string, { number: string; text: string }>;
  version: number;
  changed_at: string | null;
  changed_by: string;
}

export interface Order {
  id: string;
  number: string;
  status: string;
  status_text: string;
  placed_at: string;
  total: Money;
  items: (OrderItem & { sku: string })[];
  parcels: Parcel[];
}

export interface CustomerRow {
  id: string;
  version: number;
  name: string | null;
  kind: string;
  level: string | null;
  points: number | null;
  member_no: string | null;
  phone_masked: string | null;
  since: string | null;
  unit_path: string;
}
/** `phone` and `email` are whole for whoever may see them, else masked. */
export interface Customer extends CustomerRow {
  phone: string | null;
  email: string | null;
  city: string | null;
  company: string | null;
  language: string;
  consent: string[];
  tags: string[];
  identities: { kind: string; value: string; proven: boolean }[];
  merges: { id: string; other_name: string | null; at: string }[];
}

export type EntryState = "draft" | "in_review" | "live" | "retired";
/** What an entry says, to whom, in which place, for how long; days as "2026-11-22", both inclusive. */
export interface EntryContent {
  question: string;
  answer: string;
  similar: string[];
  category: string;
  scope: string;
  lang: "zh" | "en";
  valid_from: string | null;
  valid_to: string | null;
  kind: "faq" | "article";
}
export interface KnowledgeEntry extends EntryContent {
  id: string;
  kb_id: string;
  state: EntryState;
  version: number;
  live_version: number | null;
  updated_at: string;
  updated_by: string;
}
export interface EntryVersion extends EntryContent {
  version: number;
  author: string;
  at: string;
  note: string;
  live: boolean;
}
export interface Candidate {
  entry_id: string;
  kb_id: string;
  question: string;
  answer: string;
  category: string;
  scope: string;
  score: number;
  share: number;
}
/** What the live knowledge would say: answer it, suggest it, or nothing. */
export interface TryResult {
  verdict: "answer" | "suggest" | "none";
  confidence: number;
  items: Candidate[];
}

/** What a person says of the first entry; unknown: no entry answers the question. */
export type LabelVerdict = "right" | "wrong" | "unknown";
export interface DialThresholds { answer_from: number; suggest_from: number }
/** A position of the safety dial; `promise` is the bearable share of wrong answers, none as shipped. */
export interface DialSetting {
  number: number;
  thresholds: DialThresholds;
  promise: number | null;
  bound: number | null;
  coverage: number | null;
  rows: number;
  at: string | null;
  by: string;
  undoes: number | null;
}
/** What answering from a confidence on would have done to the labelled questions. */
export interface DialPoint {
  answer_from: number;
  answered: number;
  coverage: number;
  wrong: number;
  risk: number;
  bound: number;
}
export interface DialOffer { promise: number; thresholds: DialThresholds; point: DialPoint }
export interface DialShortfall { promise: number; missing: number; least: number | null }
export interface DialBoard {
  setting: DialSetting;
  outlook: { rows: number; missing: number; points: DialPoint[] };
  counts: Record<string, Partial<Record<LabelVerdict, number>>>;
  wanted: DialOffer | DialShortfall | null;
}

export type GapState = "open" | "drafted" | "dismissed";
export type MissKind = "nothing_known" | "low_confidence" | "unsolved" | "handed_off" | "marked";
/** Questions that ask the same and were not answered, or badly; `nearest` is the live entry now. */
export interface Gap {
  id: string;
  question: string;
  lang: "zh" | "en";
  state: GapState;
  entry_id: string | null;
  version: number;
  customers: number;
  times: number;
  newest_at: string;
  kinds: MissKind[];
  examples: string[];
  nearest: { entry_id: string; question: string; confidence: number; verdict: TryResult["verdict"] } | null;
}
/** Where a gap was asked, and what agents wrote then; without a conversation an editor marked it. */
export interface GapPlace {
  conversation_id: string | null;
  question: string;
  kind: MissKind;
  at: string;
  unit: string;
  replies: string[];
}

/** What a customer is told: an answer, near questions, or nothing. */
export interface Outcome { verdict: TryResult["verdict"]; entries: string[]; words: string; confidence: number }
export interface Difference {
  asked: { text: string; unit_path: string; locale: string };
  before: Outcome;
  after: Outcome;
  label: "right" | "wrong" | "unknown" | "own" | "";
  judged: "better" | "worse" | "";
}
/** Past questions against the knowledge as it is and as it would be. */
export interface Replay {
  id: string;
  entry_id: string;
  asked: number;
  changed: number;
  better: number;
  worse: number;
  passed: boolean;
  at: string;
  by: string;
  overridden_at: string | null;
  overridden_by: string | null;
  reason: string | null;
}
export interface ToldReplay extends Replay { differences: Difference[] }
/** Every step from a shopper's words to what they would be told. */
export interface ChatSteps {
  locale: "zh-CN" | "en";
  tone: string[];
  risk: string | null;
  flows: { id: string; title: string; is_certain: boolean }[];
  is_question: boolean;
  thresholds: DialThresholds;
  confidence: number;
  verdict: TryResult["verdict"];
  items: Candidate[];
  steps: { tier: string; outcome: string; reason: string; confidence: number | null }[];
  parts: Part[];
  hand_off: string | null;
}

/** What an import did, or would do: things made, changed, left alone; rows that an earlier try of
 *  the run had written; what is wrong (`wrong` counts all, `problems` lists the first thousand). */
export interface ImportResult {
  run: string;
  dry_run: boolean;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  resumed: number;
  wrong: number;
  problems: RowProblem[];
  notes: RowProblem[];
}
export interface RowProblem { row: number; field: string; reason: string }
export interface ImportWish { dry_run: boolean; skip_errors: boolean; run: string }
/** `sent` is 0..1 of the upload; `done` of `rows` have been gone through since. */
export interface ImportStep { sent: number; done: number; rows: number }

export interface Greeting { text: string; quick_replies: { label: string; value: string }[] }
/** Opening spans of seven days from Monday; a day without spans is closed. */
export interface WeekHours { week?: [string, string][][]; zone?: string }
/** What an administrator says about a way in: a widget on a shop's page, or another system's hook. */
export interface ChannelProfile {
  kind: string;
  name: string;
  unit_path: string;
  allowed_origins: string[];
  admits_apps: boolean;
  greetings: Record<string, Greeting>;
  hours: WeekHours;
  hours_text: string;
  callback_url: string;
  active: boolean;
}
/** An account whose messages do not get out. */
export interface ChannelTrouble {
  account_id: string;
  name: string;
  failed: number;
  waiting: number;
  since: string;
  reason: string;
}

export interface ChannelAccount extends ChannelProfile {
  id: string;
  key: string;
  version: number;
  secrets: { created_at: string }[];
}

export interface DeadLetter {
  id: string;
  subscriber: string;
  name: string;
  key: string;
  body: unknown;
  attempts: number;
  error: string;
  died_at: string;
}

export interface DoctorFact {
  name: string;
  ok: boolean;
  text: string;
  mend: string | null;
}

export interface Upload { blob: string; name: string; bytes: number; kind: string }

/* Frames of the desk's socket. */
export type DeskOut =
  | { t: "watch"; conversation: string; after: number }
  | { t: "unwatch"; conversation: string }
  | { t: "send"; conversation: string; client_id: string; parts: Part[]; internal: boolean }
  | { t: "typing"; conversation: string }
  | { t: "seen"; conversation: string; seq: number }
  | { t: "presence"; state: PresenceState }
  | { t: "ping" };

export type DeskIn =
  | { t: "ready"; member: unknown }
  | { t: "message"; conversation: string; message: Message }
  | { t: "conversation"; conversation: Conversation }
  | { t: "mine" }
  | { t: "queue"; waiting: number; oldest_at: string | null; items: Conversation[] }
  | { t: "typing"; conversation: string; who: string }
  | { t: "state"; conversation: string; seq: number; state: DeliveryState }
  | { t: "delivery"; conversation: string; items: { seq: number; state: DeliveryState; failure: Failure | null }[] }
  | { t: "ack"; client_id: string; id: string; seq: number; at: string; state?: DeliveryState }
  | { t: "ok"; ref: string; conversation?: Conversation }
  | { t: "error"; ref?: string; client_id?: string; problem: ProblemBody }
  | { t: "pong" };
