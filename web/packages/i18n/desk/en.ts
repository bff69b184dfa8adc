import type { DeskKey } from "./index.ts";

export const en: Readonly<Record<DeskKey, string>> = {
  "app.name": "Xiaoer",
};
