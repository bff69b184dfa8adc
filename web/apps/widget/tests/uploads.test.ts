import { expect, test } from "vitest";
import { objection } from "../src/core/uploads.ts";
import { cleanUrl } from "../src/core/visits.ts";
import { en } from "../src/words/en.ts";
import { zh } from "../src/words/zh.ts";

const config = { max_upload_bytes: 1000, upload_types: ["image/png", "application/pdf"] };

test("a file of the wrong type, too large or empty is refused before it leaves", () => {
  expect(objection({ type: "image/png", size: 1000 }, config)).toBeNull();
  expect(objection({ type: "application/pdf", size: 10 }, config)).toBeNull();
  expect(objection({ type: "image/svg+xml", size: 10 }, config)?.code).toBe("upload_type");
  expect(objection({ type: "", size: 10 }, config)?.code).toBe("upload_type");
  expect(objection({ type: "image/png", size: 1001 }, config)?.code).toBe("upload_size");
  expect(objection({ type: "image/png", size: 0 }, config)?.code).toBe("upload_empty");
});

test("without a word from the server the usual pictures up to 10 MB may go", () => {
  expect(objection({ type: "image/webp", size: 10 * 1024 * 1024 }, {})).toBeNull();
  expect(objection({ type: "image/webp", size: 10 * 1024 * 1024 + 1 }, {})).not.toBeNull();
});

test("what is told about a page leaves out its query and fragment", () => {
  expect(cleanUrl("https://shop.cn/p/1?phone=138#x")).toBe("https://shop.cn/p/1");
});

test("every sentence takes the same values in both languages", () => {
  const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect([key, slots(en[key])]).toEqual([key, slots(zh[key])]);
  }
});
