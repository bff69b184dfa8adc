/** One way to the server: JSON in and out, problem details as a typed error, uploads with progress. */
import type { ProblemBody } from "./contract.ts";

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

export async function problemOf(status: number, body: () => Promise<unknown>): Promise<ApiError> {
  try {
    const problem = (await body()) as Partial<ProblemBody>;
    return new ApiError(status, problem.code ?? "unknown", problem.detail ?? "", problem.fields ?? {});
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
    return new Promise<T>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", (this.options.root ?? "") + path);
      request.responseType = "json";
      request.setRequestHeader("Accept-Language", this.options.locale());
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress?.(event.loaded / event.total);
      };
      request.onerror = () => reject(new ApiError(0, "unreachable", ""));
      request.onabort = () => reject(new ApiError(0, "cancelled", ""));
      request.onload = () => {
        if (request.status < 300) return resolve(request.response as T);
        void problemOf(request.status, async () => request.response as unknown).then(reject);
      };
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }
}
