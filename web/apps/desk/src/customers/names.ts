/** One line a kind, with how many; a SKU that no order has stands for itself. */
export function namesOf(skus: readonly string[], names: ReadonlyMap<string, string>): string {
  const counts = new Map<string, number>();
  for (const sku of skus.filter(Boolean)) counts.set(sku, (counts.get(sku) ?? 0) + 1);
  return [...counts].map(([sku, n]) => `${names.get(sku) ?? sku}${n > 1 ? ` × ${n}` : ""}`).join("\n");
}
