/** Images on their way: checked before they leave, with progress, each one cancellable. */
import { ApiError, type Part } from "@xiaoer/api";
import { computed, onScopeDispose, reactive } from "vue";
import { api } from "../shell/queries.ts";
import { sentenceOf, tellNotice } from "../shell/tell.ts";
import { say, t } from "../shell/words.ts";

export const MAX_BYTES = 10 * 1024 * 1024;
const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export interface Uploading {
  key: number;
  name: string;
  preview: string;
  share: number;
  failure: string | null;
  part: Part | null;
  stop: AbortController;
}

async function sizeOf(url: string): Promise<{ width?: number; height?: number }> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return {};
  }
}

export function useUploads() {
  const items = reactive<Uploading[]>([]);
  let keys = 0;

  async function send(file: File): Promise<void> {
    const item = reactive<Uploading>({
      key: ++keys, name: file.name, preview: URL.createObjectURL(file), share: 0, failure: null, part: null,
      stop: new AbortController(),
    });
    items.push(item);
    try {
      const [size, done] = await Promise.all([
        sizeOf(item.preview),
        api.uploads.add(file, (share) => { item.share = share; }, item.stop.signal),
      ]);
      item.part = { kind: "image", blob: done.blob, name: done.name, bytes: done.bytes, ...size };
    } catch (error) {
      if (error instanceof ApiError && error.code === "cancelled") return;
      item.failure = sentenceOf(error);
    }
  }

  function add(files: File[]): void {
    for (const file of files) {
      if (!TYPES.includes(file.type)) tellNotice(t("upload.wrongType", { name: file.name }));
      else if (file.size > MAX_BYTES) tellNotice(t("upload.tooBig", { name: file.name, limit: say.bytes(MAX_BYTES) }));
      else void send(file);
    }
  }

  function remove(item: Uploading): void {
    item.stop.abort();
    URL.revokeObjectURL(item.preview);
    items.splice(items.indexOf(item), 1);
  }

  function take(): Part[] {
    const parts = items.flatMap((item) => (item.part ? [item.part] : []));
    for (const item of items.filter((one) => one.part)) remove(item);
    return parts;
  }

  onScopeDispose(() => items.forEach((item) => { item.stop.abort(); URL.revokeObjectURL(item.preview); }));

  return {
    items, add, remove, take,
    ready: computed(() => items.filter((item) => item.part)),
    isBusy: computed(() => items.some((item) => !item.part && !item.failure)),
  };
}

export type Uploads = ReturnType<typeof useUploads>;
