import { zh } from "./zh-CN.ts";
import { en } from "./en.ts";

export type DeskKey = keyof typeof zh;
export const desk = { "zh-CN": zh, en } as const;
