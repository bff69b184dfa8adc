/** Who is signed in and what they may do. The screens ask for abilities, never for roles. */
import { queryOptions, useQuery } from "@tanstack/vue-query";
import type { Me } from "@xiaoer/api";
import { computed } from "vue";
import { api, queryClient } from "./queries.ts";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => api.org.me(),
  staleTime: 5 * 60_000,
  retry: false,
});

/** A screen or deed, and the permissions of which one is enough. */
const ABILITIES = {
  serve: ["desk.serve"],
  seeNumbers: ["numbers.read"],
  seeKnowledge: ["knowledge.read"],
  editKnowledge: ["knowledge.edit"],
  publishKnowledge: ["knowledge.publish"],
  overrideReplay: ["knowledge.override"],
  managePeople: ["org.manage"],
  manageChannels: ["channels.manage"],
  runImports: ["customers.manage", "catalog.manage", "orders.manage"],
  importCustomers: ["customers.manage"],
  importCatalog: ["catalog.manage"],
  importOrders: ["orders.manage"],
  setTerms: ["orders.manage"],
  seeOperations: ["operations.read"],
  replay: ["operations.manage"],
  mergeCustomers: ["customers.manage"],
  shareMacros: ["desk.macros"],
} as const;

export type Ability = keyof typeof ABILITIES;

export function may(me: Me | undefined, ability: Ability): boolean {
  const held = me?.member.permissions ?? [];
  return ABILITIES[ability].some((permission) => held.includes(permission));
}

export function useMe() {
  const { data } = useQuery(meQuery);
  return computed(() => data.value);
}

export function useCan() {
  const me = useMe();
  return (ability: Ability) => may(me.value, ability);
}

export function currentMe(): Me | undefined {
  return queryClient.getQueryData<Me>(meQuery.queryKey);
}
