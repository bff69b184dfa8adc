/** What an administrator says about a way in, and what is wrong with it before it is sent. */
import type { ChannelAccount, ChannelProfile, Greeting } from "@xiaoer/api";
import type { DeskKey } from "../shell/words.ts";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Day = [string, string][];
export const DAYS = 7;
export const MOST_REPLIES = 8;
const LONGEST_NAME = 100;

export interface Draft {
  kind: string;
  name: string;
  unit_path: string;
  active: boolean;
  origins: string;
  admits_apps: boolean;
  greetings: Record<Language, Greeting>;
  hasOwnHours: boolean;
  week: Day[];
  zone: string;
  hours_text: string;
  callback_url: string;
}

export const openAllWeek = (): Day[] => Array.from({ length: DAYS }, () => [["09:00", "21:00"]] as Day);
const silent = (): Greeting => ({ text: "", quick_replies: [] });

export function draftOf(account: ChannelProfile): Draft {
  const said = (language: Language): Greeting => {
    const { text = "", quick_replies = [] } = account.greetings[language] ?? silent();
    return { text, quick_replies: quick_replies.map((one) => ({ ...one })) };
  };
  return {
    kind: account.kind, name: account.name, unit_path: account.unit_path, active: account.active,
    origins: account.allowed_origins.join("\n"), admits_apps: account.admits_apps,
    greetings: { "zh-CN": said("zh-CN"), en: said("en") },
    hasOwnHours: !!account.hours.week,
    week: account.hours.week?.map((day) => day.map(([from, to]) => [from, to] as [string, string])) ?? openAllWeek(),
    zone: account.hours.zone ?? "Asia/Shanghai",
    hours_text: account.hours_text, callback_url: account.callback_url,
  };
}

export function emptyDraft(kind: string, unit_path: string): Draft {
  return draftOf({
    kind, name: "", unit_path, active: true, allowed_origins: [], admits_apps: false, greetings: {},
    hours: {}, hours_text: "", callback_url: "",
  });
}

/** The draft as the server takes it; a greeting with no words in a language is left out. */
export function profileOf(draft: Draft): ChannelProfile {
  const greetings = Object.fromEntries(LANGUAGES
    .map((language) => [language, draft.greetings[language]] as const)
    .filter(([, said]) => said.text.trim() || said.quick_replies.length));
  return {
    kind: draft.kind, name: draft.name.trim(), unit_path: draft.unit_path, active: draft.active,
    allowed_origins: linesOf(draft.origins), admits_apps: draft.admits_apps, greetings,
    hours: draft.hasOwnHours ? { week: draft.week, zone: draft.zone } : {},
    hours_text: draft.hours_text.trim(), callback_url: draft.callback_url.trim(),
  };
}

export const isChanged = (draft: Draft, account: ChannelAccount) =>
  JSON.stringify(profileOf(draft)) !== JSON.stringify(profileOf(draftOf(account)));

export const linesOf = (text: string) => text.split(/\s+/).filter(Boolean);

/** Whether a line is a page's origin: scheme, host, port, and nothing after. */
export function isOrigin(line: string): boolean {
  try {
    const url = new URL(line);
    return /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash
      && (url.pathname === "/" && !line.endsWith("/"));
  } catch {
    return false;
  }
}

function isAddress(text: string): boolean {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password;
  } catch {
    return false;
  }
}

export type Field = "name" | "allowed_origins" | "callback_url" | "greetings" | "hours";
export type Faults = Partial<Record<Field, DeskKey>>;

/** What is wrong, by field. `*` (any page) is for demo groups only. */
export function faults(draft: Draft, isDemo: boolean): Faults {
  const found: Faults = {};
  const name = draft.name.trim();
  if (!name || [...name].length > LONGEST_NAME) found.name = "channel.faultName";
  if (draft.kind === "web") {
    const origins = linesOf(draft.origins);
    if (!origins.every((one) => isOrigin(one) || (isDemo && one === "*"))) found.allowed_origins = "channel.faultOrigin";
    else if (!origins.length && !draft.admits_apps) found.allowed_origins = "channel.faultNoOrigin";
  } else if (!isAddress(draft.callback_url.trim())) found.callback_url = "channel.faultCallback";
  if (Object.values(draft.greetings).some((said) => said.quick_replies.some((r) => !r.label.trim() || !r.value.trim()))) {
    found.greetings = "channel.faultReply";
  }
  if (draft.hasOwnHours && draft.week.some((day) => day.some(([from, to]) => !from || !to || from === to))) {
    found.hours = "channel.faultHours";
  }
  return found;
}

/** The one line that a shop puts on its pages. */
export function snippet(origin: string, key: string): string {
  return `<script src="${origin}/widget.js" data-account="${key}" async></script>`;
}
