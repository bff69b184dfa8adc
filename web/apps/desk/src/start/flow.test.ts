import { expect, it } from "vitest";
import { layFlow } from "./flow.ts";

const tier = (key: string, taken: number) => ({ key, name: key, taken, notYetKnown: 0, reopened: 0 });

it("gives each branch a width in proportion to what its tier took", () => {
  const { branches } = layFlow(100, [tier("self", 50), tier("bot", 25), tier("human", 25)], 400, 200);
  expect(branches[0]!.width).toBeCloseTo(branches[1]!.width * 2);
  expect(branches.reduce((sum, b) => sum + b.share, 0)).toBeCloseTo(1);
});

it("draws nothing broken when nothing came in", () => {
  const { branches } = layFlow(0, [tier("self", 0), tier("bot", 0)], 400, 200);
  for (const branch of branches) expect(branch.path).not.toMatch(/NaN|Infinity/);
});

it("never lets two branches overlap at their ends", () => {
  const { branches } = layFlow(90, [tier("a", 60), tier("b", 1), tier("c", 29)], 400, 200);
  for (let i = 1; i < branches.length; i += 1) {
    const above = branches[i - 1]!;
    const below = branches[i]!;
    expect(below.y - below.width / 2).toBeGreaterThanOrEqual(above.y + above.width / 2 - 1);
  }
});
