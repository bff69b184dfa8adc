/** The goods of the customer beside the conversation: what a SKU is called. */
import { useQuery } from "@tanstack/vue-query";
import { computed, inject, provide, type InjectionKey, type Ref } from "vue";
import { api } from "../shell/queries.ts";
import { namesOf } from "./names.ts";

const CUSTOMER: InjectionKey<Ref<string>> = Symbol("customer");

export const provideCustomer = (id: Ref<string>): void => provide(CUSTOMER, id);

export function useGoods() {
  const id = inject(CUSTOMER, computed(() => ""));
  const orders = useQuery({
    queryKey: ["orders", id], queryFn: () => api.customers.orders(id.value), enabled: () => id.value !== "",
  });
  const names = computed(() => new Map((orders.data.value?.items ?? []).flatMap((order) =>
    order.items.map((item) => [item.sku, [item.title, item.variant].filter(Boolean).join(" · ")] as const))));
  return { named: (skus: readonly string[]) => namesOf(skus, names.value) };
}
