import { beforeEach, expect, test } from "vitest";
import type { Session } from "../src/contract.ts";
import { Admission } from "../src/core/admission.ts";
import { Api, Refusal, type SignIn } from "../src/core/api.ts";
import { Forgetful, Memory } from "../src/core/memory.ts";

const PAGE = { url: "https://shop.cn/", title: "" };
let asked: SignIn[];
let valid: (body: SignIn) => string | null;
let memory: Memory;

function admission(customerToken: string | null): Admission {
  const api = new Api("https://x.cn", "shop");
  api.session = (body) => {
    asked.push(body);
    const refused = valid(body);
    if (refused) return Promise.reject(new Refusal({ code: refused, status: 401 }));
    const proven = Boolean(body.customer_token);
    return Promise.resolve({
      token: `t${asked.length}`,
      visitor_id: "v",
      identity: { proven },
      config: {},
    } as Session);
  };
  return new Admission(api, memory, customerToken);
}

beforeEach(() => {
  asked = [];
  valid = () => null;
  memory = new Memory(new Forgetful(), "shop");
});

test("a returning visitor shows the token of last time", async () => {
  await admission(null).enter(PAGE);
  await admission(null).enter(PAGE);
  expect(asked.map((body) => body.visitor_token)).toEqual([undefined, "t1"]);
});

test("a visitor token that is no longer good does not keep anyone out", async () => {
  await admission(null).enter(PAGE);
  valid = (body) => (body.visitor_token ? "unauthenticated" : null);
  await admission(null).enter(PAGE);
  expect(asked.at(-1)!.visitor_token).toBeUndefined();
});

test("an outdated customer token leaves an unproven visitor as they are", async () => {
  await admission(null).enter(PAGE);
  valid = (body) => (body.customer_token ? "bad_customer_token" : null);
  await admission("old").enter(PAGE);
  expect(asked.at(-1)).toMatchObject({ visitor_token: "t1" });
  expect(asked.at(-1)!.customer_token).toBeUndefined();
});

test("who is named invalidly never goes on as the customer who was proven here before", async () => {
  await admission("of-a").enter(PAGE);
  valid = (body) => (body.customer_token ? "bad_customer_token" : null);
  await admission("of-b-expired").enter(PAGE);
  expect(asked.at(-1)!.visitor_token).toBeUndefined();
});

test("the same token that has aged while the page was open keeps its customer", async () => {
  const here = admission("of-a");
  await here.enter(PAGE);
  valid = (body) => (body.customer_token ? "bad_customer_token" : null);
  await here.enter(PAGE);
  expect(asked.at(-1)!.visitor_token).toBe("t1");
});

test("signing out leaves nothing of the visitor behind", async () => {
  const here = admission("of-a");
  await here.enter(PAGE);
  here.name(null);
  await here.enter(PAGE);
  expect(asked.at(-1)).toMatchObject({ visitor_token: undefined, customer_token: undefined });
});

test("without a network nothing is forgotten", async () => {
  await admission(null).enter(PAGE);
  const here = admission(null);
  const api = new Api("https://x.cn", "shop");
  api.session = () => Promise.reject(new Refusal({ code: "offline", status: 0 }));
  await expect(new Admission(api, memory, null).enter(PAGE)).rejects.toThrow();
  await here.enter(PAGE);
  expect(asked.at(-1)!.visitor_token).toBe("t1");
});
