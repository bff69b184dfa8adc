import { describe, expect, it } from "vitest";
import { draftOf, emptyDraft, faults, isOrigin, profileOf, snippet } from "./draft.ts";

const web = () => ({ ...emptyDraft("web", "/"), name: "商城", origins: "https://shop.example" });

describe("a way in", () => {
  it.each([
    ["https://shop.example", true], ["http://127.0.0.1:8080", true], ["https://shop.example/", false],
    ["https://shop.example/page", false], ["shop.example", false], ["https://u@shop.example", false],
    ["ftp://shop.example", false], ["*", false],
  ])("knows whether %s is an origin", (line, is) => { expect(isOrigin(line)).toBe(is); });

  it("says what is wrong at the field", () => {
    expect(faults(web(), false)).toEqual({});
    expect(faults({ ...web(), name: " " }, false)).toEqual({ name: "channel.faultName" });
    expect(faults({ ...web(), origins: "" }, false).allowed_origins).toBe("channel.faultNoOrigin");
    expect(faults({ ...web(), origins: "", admits_apps: true }, false)).toEqual({});
    expect(faults({ ...web(), origins: "*" }, false).allowed_origins).toBe("channel.faultOrigin");
    expect(faults({ ...web(), origins: "*" }, true)).toEqual({});
    expect(faults({ ...emptyDraft("webhook", "/"), name: "x" }, false).callback_url).toBe("channel.faultCallback");
    expect(faults({ ...web(), hasOwnHours: true, week: [[["09:00", ""]]] }, false).hours).toBe("channel.faultHours");
  });

  it("comes back from the server as it was sent", () => {
    const draft = { ...web(), hasOwnHours: true, greetings: { "zh-CN": { text: "您好", quick_replies: [{ label: "停车", value: "停车" }] }, en: { text: "", quick_replies: [] } } };
    const sent = profileOf(draft);
    expect(Object.keys(sent.greetings)).toEqual(["zh-CN"]);
    expect(profileOf(draftOf(sent))).toEqual(sent);
    expect(profileOf({ ...draft, hasOwnHours: false }).hours).toEqual({});
  });

  it("gives one line for the page", () => {
    expect(snippet("https://kefu.example", "xw_1")).toContain('src="https://kefu.example/widget.js" data-account="xw_1"');
  });
});
