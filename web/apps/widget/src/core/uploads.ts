/** Pictures and files on their way up: checked before a byte leaves, shown at once, retried or withdrawn. */
import type { Config, FilePart, ImagePart, Problem } from "../contract.ts";
import type { Api } from "./api.ts";
import { problemFrom } from "./api.ts";
import type { Attic } from "./attic.ts";

export interface Upload {
  client_id: string;
  file: File;
  /** An address of the picture inside this page, for showing it before it is anywhere else. */
  url: string;
  width: number;
  height: number;
  /** 0 to 1 */
  progress: number;
  problem: Problem | null;
}

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const MAX_BYTES = 10 * 1024 * 1024;

/** Why this file cannot be sent, or null. */
export function objection(file: Pick<File, "type" | "size">, config: Config): Problem | null {
  if (!types(config).includes(file.type)) return { code: "upload_type", status: 0 };
  if (file.size > maxBytes(config)) return { code: "upload_size", status: 0 };
  if (file.size === 0) return { code: "upload_empty", status: 0 };
  return null;
}

export function maxBytes(config: Config): number {
  return config.max_upload_bytes ?? MAX_BYTES;
}

export function accepted(config: Config): string {
  return types(config).join(",");
}

function types({ upload_types: said }: Config): readonly string[] {
  return said?.length ? said : TYPES;
}

export class Uploads {
  items: readonly Upload[] = [];
  changed: () => void = () => undefined;
  readonly #api: Api;
  readonly #attic: Attic;
  readonly #arrived: (upload: Upload, part: ImagePart | FilePart) => void;
  readonly #stops = new Map<string, () => void>();

  constructor(
    api: Api,
    attic: Attic,
    arrived: (upload: Upload, part: ImagePart | FilePart) => void,
  ) {
    this.#api = api;
    this.#attic = attic;
    this.#arrived = arrived;
  }

  async add(
    visitor: string,
    client_id: string,
    file: File,
    problem: Problem | null,
  ): Promise<void> {
    if (!problem) void this.#attic.keep({ client_id, visitor, file });
    await this.#begin(client_id, file, problem);
  }

  /** The line is back, or the page: what the network stopped goes on. */
  async resume(visitor: string): Promise<void> {
    for (const { client_id, problem } of this.items) {
      if (problem?.code === "offline" || problem?.status === 401) void this.start(client_id);
    }
    for (const { client_id, file } of await this.#attic.of(visitor)) {
      const isHere = this.items.some((one) => one.client_id === client_id);
      if (!isHere) void this.#begin(client_id, file, null);
    }
  }

  /** Somebody else is here: nothing of the one before is shown or sent, but it is kept. */
  leave(): void {
    for (const stop of this.#stops.values()) stop();
    this.items = [];
    this.changed();
  }

  async #begin(client_id: string, file: File, problem: Problem | null): Promise<void> {
    const url = URL.createObjectURL(file);
    const size = await pictureSize(url);
    this.items = [...this.items, { client_id, file, url, ...size, progress: 0, problem }];
    this.changed();
    if (!problem) await this.start(client_id);
  }

  async start(client_id: string): Promise<void> {
    this.#set(client_id, { progress: 0, problem: null });
    const upload = this.items.find((one) => one.client_id === client_id);
    if (!upload) return;
    const { done, stop } = this.#api.upload(upload.file, (progress) => {
      this.#set(client_id, { progress });
    });
    this.#stops.set(client_id, stop);
    try {
      const { blob, kind } = await done;
      if (!this.items.some((one) => one.client_id === client_id)) return;
      this.#drop(client_id);
      const { width, height, file } = upload;
      const about = { blob, name: file.name, bytes: file.size };
      const isFile = kind === "file" || !width;
      this.#arrived(
        upload,
        isFile ? { kind: "file", ...about } : { kind: "image", width, height, ...about },
      );
    } catch (failure) {
      this.#set(client_id, { problem: problemFrom(failure) });
    } finally {
      this.#stops.delete(client_id);
    }
  }

  cancel(client_id: string): void {
    const upload = this.items.find((one) => one.client_id === client_id);
    this.#drop(client_id);
    this.#stops.get(client_id)?.();
    if (upload) URL.revokeObjectURL(upload.url);
  }

  #drop(client_id: string): void {
    this.items = this.items.filter((one) => one.client_id !== client_id);
    void this.#attic.remove(client_id);
    this.changed();
  }

  #set(client_id: string, part: Partial<Upload>): void {
    this.items = this.items.map((one) => (one.client_id === client_id ? { ...one, ...part } : one));
    this.changed();
  }
}

/** Nought by nought when it is no picture. */
async function pictureSize(url: string): Promise<{ width: number; height: number }> {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    return { width: picture.naturalWidth, height: picture.naturalHeight };
  } catch {
    return { width: 0, height: 0 };
  }
}
