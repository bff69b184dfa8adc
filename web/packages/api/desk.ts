/** Every call of the desk, by room. Paths and shapes are named here and nowhere else. */
import type {
  AftersalesCase, AftersalesLine, AuditLine, ChannelAccount, ChannelProfile, ChannelTrouble,
  ChatSteps, Conversation, ConversationView, Customer, CustomerRow, DeadLetter, DialBoard,
  DialSetting, DoctorFact, EntryContent, EntryVersion, Gap, GapPlace, ImportResult, ImportStep,
  ImportWish, KeptTerms, KnowledgeEntry, LabelVerdict, Macro, Me, Member, Message, NumberName,
  Numbers, NumbersBy, Order, Page, Part, Presence, PresenceState, Replay, SearchHit, SkillGroup,
  Suggestion, ToldReplay, TryResult, Unit, Upload, WrapUp,
} from "./contract.ts";
import { withQuery, type Http, type Query } from "./http.ts";

export interface NewMember {
  login: string;
  name: string;
  roles: string[];
  unit_path: string;
  password: string;
}

export interface MemberChange {
  version: number;
  name?: string;
  roles?: string[];
  unit_path?: string;
  active?: boolean;
  password?: string;
}

export type SkillGroupForm = Omit<SkillGroup, "id"> & { id?: string };

export interface NumbersQuery { from: string; to: string; by: NumbersBy }
export type EntryVerb = "submit" | "publish" | "retire";

/** Rooms that came at different times say the same in different words. */
type ToldImport = Partial<ImportResult> & {
  rows: number;
  created?: number;
  updated?: number;
  errors?: { row: number; field: string | null; message: string }[];
  notes?: { row: number; field: string | null; message: string }[];
};

export function importResult(told: ToldImport): ImportResult {
  const lines = (said: ToldImport["errors"]) =>
    (said ?? []).map((one) => ({ row: one.row, field: one.field ?? "", reason: one.message }));
  const problems = told.problems ?? lines(told.errors);
  return {
    run: told.run ?? "", dry_run: told.dry_run ?? false, rows: told.rows,
    added: told.added ?? told.created ?? 0, changed: told.changed ?? told.updated ?? 0,
    unchanged: told.unchanged ?? 0, resumed: told.resumed ?? 0,
    wrong: told.wrong ?? problems.length, problems, notes: lines(told.notes),
  };
}

const one = (id: string) => encodeURIComponent(id);

export function deskApi(http: Http) {
  const act = (id: string, verb: string, body: object) =>
    http.post<Conversation>(`/api/desk/conversations/${one(id)}/${verb}`, body);
  const form = (file: File) => {
    const body = new FormData();
    body.append("file", file);
    return body;
  };
  return {
    org: {
      signIn: (login: string, password: string, group?: string) =>
        http.post<{ member: Member }>("/api/org/sign-in", { login, password, ...(group ? { group } : {}) }),
      signOut: () => http.post<null>("/api/org/sign-out"),
      signOutEverywhere: () => http.post<null>("/api/org/sign-out-everywhere"),
      me: () => http.get<Me>("/api/org/me"),
      setLocale: (locale: string) => http.put<null>("/api/org/me/locale", { locale }),
      units: () => http.get<{ items: Unit[] }>("/api/org/units"),
      members: () => http.get<Page<Member>>("/api/org/members"),
      addMember: (member: NewMember) => http.post<Member>("/api/org/members", member),
      saveMember: (id: string, change: MemberChange) =>
        http.put<Member>(`/api/org/members/${one(id)}`, change),
      skillGroups: () => http.get<{ items: SkillGroup[] }>("/api/org/skill-groups"),
      putSkillGroup: (group: SkillGroupForm) =>
        http.post<SkillGroup>("/api/org/skill-groups", group),
    },
    conversations: {
      list: (view: ConversationView, query: Query, signal?: AbortSignal) =>
        http.get<Page<Conversation>>("/api/desk/conversations", { view, ...query }, signal),
      get: (id: string) => http.get<Conversation>(`/api/desk/conversations/${one(id)}`),
      messages: (id: string, query: { after?: number; before?: number; limit: number }) =>
        http.get<Page<Message>>(`/api/conversations/${one(id)}/messages`, query),
      audit: (id: string) =>
        http.get<{ items: AuditLine[] }>(`/api/conversations/${one(id)}/audit`),
      claimNext: () => http.post<Conversation | null>("/api/desk/claim-next"),
      claim: (id: string, version: number) => act(id, "claim", { version }),
      release: (id: string, version: number) => act(id, "release", { version }),
      transfer: (id: string, body: {
        version: number; to_member?: string; to_skill_group?: string; note?: string;
      }) => act(id, "transfer", body),
      resolve: (id: string, body: { version: number; seen_seq: number; wrap_up?: WrapUp }) =>
        act(id, "resolve", body),
      reopen: (id: string, version: number) => act(id, "reopen", { version }),
      send: (id: string, client_id: string, parts: Part[]) =>
        http.post<{ id: string; seq: number; at: string }>(
          `/api/desk/conversations/${one(id)}/messages`, { client_id, parts }),
      note: (id: string, client_id: string, text: string, mentions: string[]) =>
        http.post<{ id: string; seq: number; at: string }>(
          `/api/desk/conversations/${one(id)}/notes`, { client_id, text, mentions }),
      seen: (id: string, seq: number) =>
        http.post<null>(`/api/desk/conversations/${one(id)}/seen`, { seq }),
    },
    desk: {
      search: (q: string) => http.get<Page<SearchHit>>("/api/desk/search", { q }),
      macros: () => http.get<{ items: Macro[] }>("/api/desk/macros"),
      addMacro: (macro: Omit<Macro, "id" | "version">) => http.post<Macro>("/api/desk/macros", macro),
      saveMacro: (macro: Macro) => http.put<null>(`/api/desk/macros/${one(macro.id)}`, macro),
      dropMacro: (id: string) => http.delete<null>(`/api/desk/macros/${one(id)}`),
      setPresence: (state: PresenceState) => http.put<Presence>("/api/desk/presence", { state }),
      colleagues: () => http.get<{ items: Presence[] }>("/api/desk/colleagues"),
      suggestions: (conversation: string) =>
        http.get<{ items: Suggestion[] }>("/api/desk/suggestions", { conversation }),
      numbers: (query: NumbersQuery) => http.get<Numbers>("/api/desk/numbers", { ...query }),
      numberRows: (query: NumbersQuery & { number: NumberName; key?: string; cursor?: string }) =>
        http.get<Page<Conversation>>("/api/desk/numbers/rows", { ...query }),
    },
    customers: {
      get: (id: string) => http.get<Customer>(`/api/customers/${one(id)}`),
      orders: (id: string) => http.get<Page<Order>>(`/api/customers/${one(id)}/orders`),
      conversations: (id: string) =>
        http.get<Page<Conversation>>("/api/desk/conversations", { view: "customer", customer: id, limit: 20 }),
      find: (q: string) => http.get<Page<CustomerRow>>("/api/customers", { q, limit: 20 }),
      merge: (id: string, other: string, reason: string) =>
        http.post<Customer>(`/api/customers/${one(id)}/merge`, { other, reason }),
      undoMerge: (merge: string) =>
        http.post<Customer>(`/api/customers/merges/${one(merge)}/undo`),
    },
    aftersales: {
      cases: (customer: string) =>
        http.get<{ items: AftersalesCase[] }>(`/api/aftersales/customers/${one(customer)}/cases`),
      trail: (customer: string) =>
        http.get<{ items: AftersalesLine[] }>(`/api/aftersales/customers/${one(customer)}/trail`),
      terms: () => http.get<KeptTerms>("/api/aftersales/terms"),
      setTerms: (terms: Record<string, number>, version: number) =>
        http.put<KeptTerms>("/api/aftersales/terms", { terms, version }),
    },
    knowledge: {
      list: (query: Query) => http.get<Page<KnowledgeEntry>>("/api/knowledge/entries", query),
      get: (id: string) => http.get<KnowledgeEntry>(`/api/knowledge/entries/${one(id)}`),
      add: (draft: EntryContent) => http.post<KnowledgeEntry>("/api/knowledge/entries", draft),
      save: (id: string, version: number, draft: EntryContent) =>
        http.put<KnowledgeEntry>(`/api/knowledge/entries/${one(id)}`, { version, ...draft }),
      move: (id: string, verb: EntryVerb, version: number) =>
        http.post<KnowledgeEntry>(`/api/knowledge/entries/${one(id)}/${verb}`, { version }),
      rollBack: (id: string, version: number) =>
        http.post<KnowledgeEntry>(`/api/knowledge/entries/${one(id)}/roll-back`, { version }),
      versions: (id: string) =>
        http.get<{ items: EntryVersion[] }>(`/api/knowledge/entries/${one(id)}/versions`),
      try: (text: string, unit: string, locale: "zh-CN" | "en") =>
        http.post<TryResult>("/api/knowledge/try", { text, unit, locale }),
      label: (text: string, unit: string, locale: "zh-CN" | "en", verdict: LabelVerdict) =>
        http.put<unknown>("/api/knowledge/labels", { text, unit, locale, verdict }),
      unlabel: (text: string, unit: string, locale: "zh-CN" | "en") =>
        http.post<{ taken: boolean }>("/api/knowledge/labels/take-back", { text, unit, locale }),
      dial: (promise: number) => http.get<DialBoard>("/api/knowledge/dial", { promise }),
      turnDial: (promise: number, number: number) =>
        http.put<DialSetting>("/api/knowledge/dial", { promise, number }),
      undoDial: (number: number) => http.post<DialSetting>("/api/knowledge/dial/undo", { number }),
      gaps: (query: Query) => http.get<Page<Gap>>("/api/knowledge/gaps", query),
      gapsFile: (query: Query) => withQuery("/api/knowledge/gaps.csv", query),
      lookAgain: () => http.post<{ heard: number }>("/api/knowledge/gaps/look-again"),
      gap: (id: string) => http.get<Gap>(`/api/knowledge/gaps/${one(id)}`),
      gapPlaces: (id: string) => http.get<{ items: GapPlace[] }>(`/api/knowledge/gaps/${one(id)}/conversations`),
      moveGap: (id: string, verb: "dismiss" | "put-back", version: number) =>
        http.post<Gap>(`/api/knowledge/gaps/${one(id)}/${verb}`, { version }),
      draftGap: (id: string) => http.post<KnowledgeEntry>(`/api/knowledge/gaps/${one(id)}/draft`),
      gapOf: (entry: string) => http.get<{ gap_id: string | null }>(`/api/knowledge/entries/${one(entry)}/gap`),
      replay: (id: string, version?: number) =>
        http.post<ToldReplay>(withQuery(`/api/knowledge/entries/${one(id)}/replays`, { version })),
      replays: (id: string) => http.get<{ items: Replay[] }>(`/api/knowledge/entries/${one(id)}/replays`),
      overrideReplay: (id: string, reason: string) =>
        http.post<Replay>(`/api/knowledge/replays/${one(id)}/override`, { reason }),
      chat: (text: string, unit: string, locale: "zh-CN" | "en") =>
        http.post<ChatSteps>("/api/knowledge/chat", { text, unit, locale }),
      dialHistory: () => http.get<{ items: DialSetting[] }>("/api/knowledge/dial/history"),
      import: async (file: File, wish: ImportWish, onStep?: (step: ImportStep) => void, signal?: AbortSignal) =>
        importResult(await http.upload<ToldImport>(
          withQuery("/api/knowledge/imports", { dry_run: wish.dry_run }), form(file),
          (sent) => onStep?.({ sent, done: 0, rows: 0 }), signal)),
    },
    imports: {
      /** Cut off between two batches when the signal aborts; the same run again goes on from there. */
      run: async (
        room: "customers" | "catalog" | "orders", kind: string, file: File, wish: ImportWish,
        onStep?: (step: ImportStep) => void, signal?: AbortSignal,
      ) => importResult(await http.uploadTold<ToldImport>(
        withQuery(`/api/${room}/imports`, { kind, ...wish }), form(file), onStep, signal)),
    },
    channels: {
      troubles: () => http.get<Page<ChannelTrouble>>("/api/channels/troubles"),
      sendAgain: (conversation: string, message: string) => http.post<Message>(
        `/api/channels/conversations/${one(conversation)}/messages/${one(message)}/send-again`),
      list: () => http.get<Page<ChannelAccount> & { kinds: string[] }>("/api/channels/accounts"),
      get: (id: string) => http.get<ChannelAccount>(`/api/channels/accounts/${one(id)}`),
      add: (profile: ChannelProfile) =>
        http.post<{ account: ChannelAccount; secret: string }>("/api/channels/accounts", profile),
      save: (id: string, version: number, profile: ChannelProfile) =>
        http.put<ChannelAccount>(`/api/channels/accounts/${one(id)}`, { version, ...profile }),
      rotateSecret: (id: string) =>
        http.post<{ secret: string }>(`/api/channels/accounts/${one(id)}/secret`),
      retireSecret: (id: string) =>
        http.post<ChannelAccount>(`/api/channels/accounts/${one(id)}/secret/retire`),
    },
    uploads: {
      add: (file: File, onProgress?: (share: number) => void, signal?: AbortSignal) =>
        http.upload<Upload>("/api/uploads", form(file), onProgress, signal),
      url: (blob: string) => `/api/blobs/${one(blob)}`,
    },
    operations: {
      deadLetters: (query: Query = {}) =>
        http.get<Page<DeadLetter>>("/api/operations/dead-letters", query),
      settle: (letter: DeadLetter, verb: "replay" | "discard") =>
        http.post<null>(`/api/operations/dead-letters/${one(letter.id)}/${verb}`, {
          subscriber: letter.subscriber,
        }),
      doctor: () => http.get<{ items: DoctorFact[] }>("/api/operations/doctor"),
    },
  };
}

export type DeskApi = ReturnType<typeof deskApi>;
