/** How each kind of way in is drawn; a kind that a package brought has the general mark. */
import { MessageCircle, Plug, Webhook } from "@lucide/vue";
import type { Component } from "vue";

const ICONS: Record<string, Component> = { web: MessageCircle, webhook: Webhook };

export const iconOf = (kind: string): Component => ICONS[kind] ?? Plug;
