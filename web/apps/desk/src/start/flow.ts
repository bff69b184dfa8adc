/** The demands of a period going down the ladder, laid out for an SVG: one band from what was
 *  received, a branch leaving at each tier that took demands, widths in proportion. */
export interface Tier { key: string; name: string; taken: number; notYetKnown: number; reopened: number }
export interface Branch {
  key: string; name: string; taken: number; share: number;
  path: string; width: number; x: number; y: number;
}
export interface Flow { branches: Branch[]; trunk: { width: number; y: number }; height: number }

export function layFlow(received: number, tiers: readonly Tier[], width: number, height: number): Flow {
  const total = Math.max(received, tiers.reduce((sum, tier) => sum + tier.taken, 0), 1);
  const room = height * 0.62;
  const gap = tiers.length > 1 ? (height - room) / (tiers.length - 1) : 0;
  const top = (height - room) / 2;
  let from = top;
  let to = 0;
  const x0 = 10;
  const x1 = width;
  const branches = tiers.map((tier) => {
    const thick = (tier.taken / total) * room;
    const a = from + thick / 2;
    const b = to + thick / 2;
    from += thick;
    to += thick + gap;
    const bend = (x0 + x1) / 2;
    return {
      key: tier.key, name: tier.name, taken: tier.taken, share: tier.taken / total,
      path: `M${x0} ${a} C ${bend} ${a}, ${bend} ${b}, ${x1} ${b}`, width: Math.max(thick, 1.5), x: x1, y: b,
    };
  });
  return { branches, trunk: { width: room, y: top }, height };
}
