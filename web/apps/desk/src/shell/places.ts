/** Where one can go: the rail, the palette and the two-stroke keys read the same list. */
import { BookOpenText, House, MessagesSquare, PackageOpen, Plug, Upload, Users, Wrench } from "@lucide/vue";
import type { Component } from "vue";
import type { Ability } from "./session.ts";
import type { DeskKey } from "./words.ts";

export interface Place {
  name: string;
  label: DeskKey;
  icon: Component;
  keys: string;
  ability?: Ability;
}

export const PLACES: readonly Place[] = [
  { name: "start", label: "nav.start", icon: House, keys: "g h" },
  { name: "conversations", label: "nav.conversations", icon: MessagesSquare, keys: "g c", ability: "serve" },
  { name: "knowledge", label: "nav.knowledge", icon: BookOpenText, keys: "g k", ability: "seeKnowledge" },
  { name: "terms", label: "nav.terms", icon: PackageOpen, keys: "g s", ability: "setTerms" },
  { name: "people", label: "nav.people", icon: Users, keys: "g p", ability: "managePeople" },
  { name: "channels", label: "nav.channels", icon: Plug, keys: "g w", ability: "manageChannels" },
  { name: "imports", label: "nav.imports", icon: Upload, keys: "g i", ability: "runImports" },
  { name: "operations", label: "nav.operations", icon: Wrench, keys: "g o", ability: "seeOperations" },
];
