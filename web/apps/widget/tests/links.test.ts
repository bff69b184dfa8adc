import { describe, expect, test } from "vitest";
import { pieces, safeHref } from "../src/core/links.ts";

const links = (text: string) => pieces(text).flatMap(({ href }) => (href ? [href] : []));

describe("links in text", () => {
  test("an address ends where Chinese punctuation or writing begins", () => {
    expect(links("请看https://a.cn/p?x=1。谢谢")).toEqual(["https://a.cn/p?x=1"]);
    expect(links("在https://a.cn/p这里")).toEqual(["https://a.cn/p"]);
    expect(links("（https://a.cn/p）")).toEqual(["https://a.cn/p"]);
  });

  test("closing punctuation stays outside, a balanced bracket inside", () => {
    expect(links("see https://a.cn/b, or (https://a.cn/c).")).toEqual([
      "https://a.cn/b",
      "https://a.cn/c",
    ]);
    expect(links("https://en.wikipedia.org/wiki/Lantern_(object)")).toEqual([
      "https://en.wikipedia.org/wiki/Lantern_(object)",
    ]);
  });

  test("nothing but http and https is ever a link", () => {
    const hostile = [
      "javascript:alert(1)",
      "JAVASCRIPT://a.cn/%0aalert(1)",
      "data:text/html,<script>1</script>",
      "file:///etc/passwd",
      "vbscript:x",
      "//a.cn/x",
      "https://",
    ];
    for (const text of hostile) expect(links(text)).toEqual([]);
    expect(safeHref("javascript:alert(1)", "https://shop.cn/")).toBeNull();
    expect(safeHref("java\nscript:alert(1)", "https://shop.cn/")).toBeNull();
  });

  test("an address that hides its host behind a name and password is not a link", () => {
    expect(links("https://bank.cn@evil.cn/")).toEqual([]);
  });

  test("no character is lost or added", () => {
    const text = "a https://a.cn/x, <b>https://b.cn</b> 完\n\u202eend";
    expect(
      pieces(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  test("an address of the shop itself may be relative", () => {
    expect(safeHref("/p/1", "https://shop.cn/a")).toBe("https://shop.cn/p/1");
    expect(safeHref(null)).toBeNull();
  });
});
