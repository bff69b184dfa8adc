/** The widget's requests. Every failure is a `Refusal` with a problem, also when there is no network. */
import type { Message, PageContext, Part, Problem, Receipt, Session, Visit } from "../contract.ts";

export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.code);
    this.problem = problem;
  }
}

export interface SignIn {
  visitor_token?: string;
  customer_token?: string;
  lang: string;
  page: PageContext;
}

export interface Blob {
  blob: string;
  kind?: "image" | "file";
  name?: string;
  bytes?: number;
}

export interface SourceText {
  title: string;
  text: string;
  updated_at?: string;
}

interface Asked {
  body?: unknown;
  keepalive?: boolean;
  /** Nobody yet: the token, if there is one, stands in the body. */
  isStranger?: boolean;
}

const PATIENCE_MS = 20_000;

export class Api {
  token = "";
  lang = "zh-CN";
  readonly #root: string;

  constructor(base: string, account: string) {
    this.#root = `${base}/widget/${encodeURIComponent(account)}`;
  }

  session(body: SignIn): Promise<Session> {
    return this.#ask("/sessions", { body, isStranger: true }) as Promise<Session>;
  }

  async messages(query: Record<string, number>): Promise<Message[]> {
    const search = new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]));
    return ((await this.#ask(`/messages?${search}`)) as { items: Message[] }).items;
  }

  send(client_id: string, parts: Part[]): Promise<Omit<Receipt, "client_id">> {
    const answer = this.#ask("/messages", { body: { client_id, parts } });
    return answer as Promise<Omit<Receipt, "client_id">>;
  }

  /** person, unsolved, rating, leave, prove: deeds that answer with little or nothing. */
  deed<T>(name: string, body: unknown = {}): Promise<Partial<T>> {
    return this.#ask(`/${name}`, { body }) as Promise<Partial<T>>;
  }

  source(id: string): Promise<SourceText> {
    return this.#ask(`/sources/${encodeURIComponent(id)}`) as Promise<SourceText>;
  }

  visits(events: Visit[], consent: boolean): void {
    void this.#ask("/visits", { body: { events, consent }, keepalive: true }).catch(() => undefined);
  }

  blobUrl(blob: string): string {
    return `${this.#root}/blobs/${encodeURIComponent(blob)}?token=${encodeURIComponent(this.token)}`;
  }

  liveUrl(after: number): string {
    const query = `token=${encodeURIComponent(this.token)}&after=${after}`;
    return `${this.#root.replace(/^http/, "ws")}/live?${query}`;
  }

  /** Uploads with progress, which fetch cannot report. The answer settles once, `stop` ends it. */
  upload(
    file: File,
    onProgress: (share: number) => void,
  ): { done: Promise<Blob>; stop: () => void } {
    const request = new XMLHttpRequest();
    const done = new Promise<Blob>((resolve, reject) => {
      const fail = (code: string) => () => reject(new Refusal({ code, status: 0 }));
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      };
      request.onload = () => {
        if (request.status < 300) resolve(parsed(request.responseText) as unknown as Blob);
        else reject(new Refusal(problemOf(request.status, parsed(request.responseText))));
      };
      request.onerror = fail("offline");
      request.onabort = fail("cancelled");
      request.open("POST", `${this.#root}/uploads`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.setRequestHeader("Accept-Language", this.lang);
      const form = new FormData();
      form.append("file", file, file.name);
      request.send(form);
    });
    return { done, stop: () => request.abort() };
  }

  async #ask(path: string, options: Asked = {}): Promise<unknown> {
    const headers: Record<string, string> = { "Accept-Language": this.lang };
    if (this.token && !options.isStranger) headers.Authorization = `Bearer ${this.token}`;
    if (options.body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.#root + path, {
      method: options.body === undefined ? "GET" : "POST",
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      keepalive: options.keepalive ?? false,
      credentials: "omit",
      signal: AbortSignal.timeout?.(PATIENCE_MS),
    }).catch(() => {
      throw new Refusal({ code: "offline", status: 0 });
    });
    const body = parsed(await answer.text().catch(() => ""));
    if (!answer.ok) throw new Refusal(problemOf(answer.status, body));
    return body;
  }
}

export function problemFrom(failure: unknown): Problem {
  return failure instanceof Refusal ? failure.problem : { code: "unexpected", status: 0 };
}

function problemOf(status: number, body: Record<string, unknown>): Problem {
  const { code, detail } = body;
  return {
    status,
    code: typeof code === "string" ? code : "unexpected",
    detail: typeof detail === "string" ? detail : undefined,
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
