/** One way to the server: JSON in and out, problem details as a typed error, uploads with progress. */
import type { ImportStep, ProblemBody } from "./contract.ts";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(detail || code);
  }

  /** Nobody was reached: no network, or the server is down. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }
}

export interface HttpOptions {
  root?: string;
  locale(): string;
  onSignedOut?(): void;
  fetch?: typeof fetch;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

function apiErrorOf(status: number, problem: Partial<ProblemBody>): ApiError {
  return new ApiError(status, problem.code ?? "unknown", problem.detail ?? "", problem.fields ?? {});
}

export async function problemOf(status: number, body: () => Promise<unknown>): Promise<ApiError> {
  try {
    return apiErrorOf(status, (await body()) as Partial<ProblemBody>);
  } catch {
    return new ApiError(status, status >= 500 ? "server" : "unknown", "");
  }
}

export class Http {
  constructor(private readonly options: HttpOptions) {}

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.call<T>("GET", withQuery(path, query), undefined, signal);
  }
  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.call<T>("POST", path, body);
  }
  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>("PUT", path, body);
  }
  delete<T>(path: string): Promise<T> {
    return this.call<T>("DELETE", path);
  }

  private async call<T>(
    method: string, path: string, body?: unknown, signal?: AbortSignal,
  ): Promise<T> {
    const headers: Record<string, string> = {
      Accept: "application/json",
      "Accept-Language": this.options.locale(),
    };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const send = this.options.fetch ?? fetch;
    let response: Response;
    try {
      response = await send((this.options.root ?? "") + path, {
        method, headers, credentials: "same-origin",
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, "unreachable", "");
    }
    if (response.status === 204) return null as T;
    if (!response.ok) {
      const problem = await problemOf(response.status, () => response.json() as Promise<unknown>);
      if (response.status === 401) this.options.onSignedOut?.();
      throw problem;
    }
    return (await response.json()) as T;
  }

  /** Multipart upload; `onProgress` gets 0..1. Needs XMLHttpRequest, since fetch tells no progress. */
  upload<T>(
    path: string, form: FormData, onProgress?: (share: number) => void, signal?: AbortSignal,
  ): Promise<T> {
    return this.send(path, form, "application/json", signal, (request) => {
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress?.(event.loaded / event.total);
      };
    }).then((text) => JSON.parse(text) as T);
  }

  /** Upload to a door that tells how far it is, a line of JSON at a time, and ends with its result.
   *  A line that never comes is a broken connection. */
  uploadTold<T>(
    path: string, form: FormData, onStep?: (step: ImportStep) => void, signal?: AbortSignal,
  ): Promise<T> {
    let told: { result?: T; problem?: ProblemBody } = {};
    let read = 0;
    const take = (text: string) => {
      for (let end = text.indexOf("\n", read); end >= 0; end = text.indexOf("\n", read)) {
        const line = JSON.parse(text.slice(read, end)) as typeof told & { done?: number; rows?: number };
        read = end + 1;
        if (line.done !== undefined) onStep?.({ sent: 1, done: line.done, rows: line.rows ?? 0 });
        else told = line;
      }
    };
    return this.send(path, form, "application/x-ndjson", signal, (request) => {
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onStep?.({ sent: event.loaded / event.total, done: 0, rows: 0 });
      };
      request.onprogress = () => { if (request.status < 300) take(request.responseText); };
    }).then((text) => {
      take(text);
      if (told.problem) throw apiErrorOf(told.problem.status, told.problem);
      if (told.result === undefined) throw new ApiError(0, "unreachable", "");
      return told.result;
    });
  }

  private send(
    path: string, form: FormData, accept: string, signal: AbortSignal | undefined,
    listen: (request: XMLHttpRequest) => void,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", (this.options.root ?? "") + path);
      request.setRequestHeader("Accept", accept);
      request.setRequestHeader("Accept-Language", this.options.locale());
      request.onerror = () => reject(new ApiError(0, "unreachable", ""));
      request.onabort = () => reject(new ApiError(0, "cancelled", ""));
      request.onload = () => {
        if (request.status < 300) return resolve(request.responseText);
        if (request.status === 401) this.options.onSignedOut?.();
        const body = async () => JSON.parse(request.responseText) as unknown;
        void problemOf(request.status, body).then(reject);
      };
      listen(request);
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }
}
