import { expect, test } from "vitest";
import { layCurve } from "./curve.ts";

const point = (coverage: number, risk: number, bound: number) =>
  ({ answer_from: 1 - coverage, answered: coverage * 100, coverage, wrong: risk * coverage * 100, risk, bound });

test("more answered lies further right, more wrong higher up", () => {
  const laid = layCurve([point(0.5, 0, 0.1), point(1, 0.2, 0.3)], 0.12, 200, 100);
  expect(laid.top).toBeCloseTo(0.3);
  expect(laid.risk).toBe("M100 100L200 33.3");
  expect(laid.bound).toBe("M100 66.7L200 0");
});

test("a promise above the whole curve still lies inside the chart", () => {
  const laid = layCurve([point(1, 0.02, 0.05)], 0.3, 200, 100);
  expect(laid.y(0.3)).toBeGreaterThanOrEqual(0);
  expect(laid.y(0.3)).toBeLessThan(laid.y(0.02));
});

test("a bound that says nothing stays inside as well", () => {
  const laid = layCurve([point(1, 0.9, 1)], 0.1, 200, 100);
  expect(laid.top).toBe(1);
  expect(laid.bound).toBe("M200 0");
});
