import { describe, expect, it, vi } from "vitest";
import { ApiError, Http, withQuery } from "./http.ts";

const answering = (status: number, body: unknown) =>
  vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status }));

describe("a call", () => {
  it("tells the server which language to answer in", async () => {
    const fetch = answering(200, {});
    await new Http({ locale: () => "en", fetch }).get("/api/x");
    const [, init] = fetch.mock.calls[0] as unknown as [string, RequestInit];
    expect((init.headers as Record<string, string>)["Accept-Language"]).toBe("en");
  });

  it("turns problem details into an error with code, sentence and fields", async () => {
    const fetch = answering(409, { code: "already_claimed", detail: "已被小林接入。", fields: { agent: "小林" } });
    const failed = new Http({ locale: () => "zh-CN", fetch }).post("/api/x");
    await expect(failed).rejects.toMatchObject({ status: 409, code: "already_claimed", fields: { agent: "小林" } });
  });

  it("does not choke on an error that is not JSON", async () => {
    const fetch = vi.fn(async () => new Response("<html>", { status: 502 }));
    await expect(new Http({ locale: () => "en", fetch }).get("/x")).rejects.toMatchObject({ status: 502, code: "server" });
  });

  it("says when nobody was reached", async () => {
    const fetch = vi.fn(async () => { throw new TypeError("failed"); });
    const failed = await new Http({ locale: () => "en", fetch }).get("/x").catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(ApiError);
    expect((failed as ApiError).isUnreachable).toBe(true);
  });

  it("reports a session that is over", async () => {
    const onSignedOut = vi.fn();
    await new Http({ locale: () => "en", fetch: answering(401, {}), onSignedOut }).get("/x").catch(() => undefined);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it("gives null for an empty answer", async () => {
    const fetch = vi.fn(async () => new Response(null, { status: 204 }));
    expect(await new Http({ locale: () => "en", fetch }).post("/x")).toBeNull();
  });
});

it("leaves empty values out of a query", () => {
  expect(withQuery("/a", { q: "订单", cursor: undefined, state: "", n: 0 })).toBe("/a?q=%E8%AE%A2%E5%8D%95&n=0");
});
