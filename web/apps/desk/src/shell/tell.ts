/** Short words at the edge of the screen: it worked, or what went wrong and what to do. */
import { ApiError } from "@xiaoer/api";
import { ElMessage } from "element-plus/es";
import { t } from "./words.ts";

export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiError)) return t("error.unknown");
  if (error.isUnreachable) return t("error.unreachable");
  if (error.detail) return error.detail;
  if (error.status === 403) return t("error.forbidden");
  if (error.status === 404) return t("error.notFound");
  return error.status >= 500 ? t("error.server") : t("error.unknown");
}

export function tellError(error: unknown): void {
  ElMessage({ message: sentenceOf(error), type: "error", grouping: true, duration: 6000, showClose: true });
}

export function tellDone(message: string): void {
  ElMessage({ message, type: "success", grouping: true, duration: 2500 });
}

export function tellNotice(message: string): void {
  ElMessage({ message, type: "warning", grouping: true, duration: 6000, showClose: true });
}
