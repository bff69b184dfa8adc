import { beforeEach, expect, test, vi } from "vitest";
import type { Visit } from "../src/contract.ts";
import { Visits } from "../src/core/visits.ts";

let told: [Visit[], boolean][];
let isReady: boolean;

function visits(): Visits {
  return new Visits((events, consent) => {
    if (isReady) told.push([events, consent]);
    return isReady;
  });
}
const seen = () => told.map(([events, consent]) => [events.map((e) => e.subject), consent]);

beforeEach(() => {
  told = [];
  isReady = true;
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("location", { href: "https://shop.cn/p/1?name=wang#x" });
});

test("nobody said anything: counted, without an address", () => {
  const page = visits();
  page.note("page_view", "P1");
  page.flush();
  expect(told).toEqual([[[expect.objectContaining({ url: "", subject: "P1" })], false]]);
});

test("a yes holds for what comes after it", () => {
  const page = visits();
  page.note("page_view", "before");
  page.consent = true;
  page.note("page_view", "after");
  page.flush();
  expect(seen()).toEqual([[["after"], true], [["before"], false]]);
  expect(told[0]![0][0]!.url).toBe("https://shop.cn/p/1");
});

test("a no makes anonymous what still waits", () => {
  const page = visits();
  page.consent = true;
  page.note("page_view", "P1");
  page.consent = false;
  page.flush();
  expect(told).toEqual([[[expect.objectContaining({ url: "" })], false]]);
});

test("what cannot be told yet is told later, once", () => {
  const page = visits();
  isReady = false;
  page.note("page_view", "P1");
  page.flush();
  isReady = true;
  vi.advanceTimersByTime(10_000);
  expect(seen()).toEqual([[["P1"], false]]);
});
