/** Lays a risk-coverage curve into a small chart: coverage to the right, share of wrong answers up. */
import type { DialPoint } from "@xiaoer/api";

export interface Laid {
  risk: string;
  bound: string;
  top: number;
  x: (coverage: number) => number;
  y: (share: number) => number;
}

const STEP = 0.1;

/** Paths in a box of `width` by `height`; the scale ends at the tenth above the largest bound or promise. */
export function layCurve(points: DialPoint[], promise: number, width: number, height: number): Laid {
  const largest = Math.max(promise, ...points.map((one) => Math.min(one.bound, 1)));
  const top = Math.min(1, Math.ceil(largest / STEP - 1e-9) * STEP);
  const x = (coverage: number) => Math.round(coverage * width * 10) / 10;
  const y = (share: number) => Math.round((1 - Math.min(share, top) / top) * height * 10) / 10;
  const path = (of: (one: DialPoint) => number) =>
    points.map((one, i) => `${i ? "L" : "M"}${x(one.coverage)} ${y(of(one))}`).join("");
  return { risk: path((one) => one.risk), bound: path((one) => one.bound), top, x, y };
}
