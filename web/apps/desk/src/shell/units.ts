/** The organisation within reach, named in the reader's language. */
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { api } from "./queries.ts";
import { flatten, treeOf } from "./tree.ts";
import { locale } from "./words.ts";

export function usePlaces() {
  const query = useQuery({ queryKey: ["units"], queryFn: api.org.units, staleTime: 10 * 60_000, retry: false });
  const tree = computed(() => treeOf(query.data.value?.items ?? [], (u) => (locale.value === "en" && u.name_en) || u.name));
  const list = computed(() => flatten(tree.value));
  const names = computed(() => new Map(list.value.map((place) => [place.path, place.name])));
  return { query, tree, list, nameOf: (path: string) => names.value.get(path) ?? path };
}
