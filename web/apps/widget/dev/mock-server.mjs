// A mock of the server for work on the widget. In memory, invented answers, no security. Never ship it.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { WebSocketServer } from "ws";
import { accounts, answer, config, order, shoppers, source } from "./mock-answers.mjs";

const PORT = Number(process.env.MOCK_PORT ?? 8611);
const DIST = new URL("../../../dist/widget/widget.js", import.meta.url);
const PAGES = new URL("../../../../src/xiaoer/labs/demo/pages/", import.meta.url);
const visitors = new Map();
const blobs = new Map();
const mode = { down: false, slow: 0, open: true, mute: false, refuse: 0 };
let latest = null;

const now = () => new Date().toISOString();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function visitor(token) {
  return visitors.get(token) ?? null;
}

function newVisitor(customer) {
  const v = {
    id: randomUUID(), token: `v-${randomUUID()}`, conversation: randomUUID(), messages: [], byClient: new Map(),
    lines: new Set(), customer, proven: Boolean(customer), owner: { kind: "assistant", name: null, store: null },
  };
  visitors.set(v.token, v);
  return v;
}

function post(v, author, parts, more = {}) {
  const message = {
    id: randomUUID(), seq: (v.messages.at(-1)?.seq ?? 0) + 1, conversation_id: v.conversation, client_id: null,
    author, parts, internal: false, covers: [], sources: [], state: "sent", at: now(), tier: null, ...more,
  };
  v.messages.push(message);
  tell(v, { t: "message", message });
  return message;
}

function tell(v, frame) {
  for (const line of v.lines) line.send(JSON.stringify(frame));
}

function receive(v, client_id, parts) {
  const known = v.byClient.get(client_id);
  if (known) return known;
  const message = post(v, { kind: "customer", id: null, name: "" }, parts, { client_id });
  const receipt = { client_id, id: message.id, seq: message.seq, at: message.at, conversation_id: v.conversation };
  v.byClient.set(client_id, receipt);
  void reply(v, parts);
  return receipt;
}

async function reply(v, parts) {
  await wait(250);
  tell(v, { t: "state", seq: v.messages.at(-1).seq, state: v.owner.kind === "agent" ? "read" : "delivered" });
  if (v.owner.kind !== "assistant" || mode.mute) return;
  tell(v, { t: "thinking", on: true });
  await wait(700 + mode.slow);
  tell(v, { t: "thinking", on: false });
  const said = answer(parts.map((part) => part.text ?? "").join(" "));
  if (said.owner === "queue") return void queue(v, 3, 130);
  post(v, { kind: "assistant", id: null, name: "小二" }, said.parts, { sources: said.sources });
}

function queue(v, place, estimate_s) {
  own(v, { kind: "queue", name: null, store: null });
  post(v, { kind: "system", id: null, name: "" }, [{ kind: "system", code: "handed_off", fields: {} }]);
  tell(v, { t: "queue", place, estimate_s });
  return { place, estimate_s };
}

function own(v, owner, status = "open") {
  v.owner = owner;
  tell(v, { t: "owner", owner, status });
}

const AGENT = { kind: "agent", name: "林晓", store: "和光百货北京朝阳店" };

const steers = {
  down: ({ on }) => {
    mode.down = on;
    if (on) for (const v of visitors.values()) for (const line of v.lines) line.terminate();
  },
  set: (body) => Object.assign(mode, body.mode),
  drop: () => latest.lines.forEach((line) => line.terminate()),
  queue: ({ place, estimate_s }) => queue(latest, place, estimate_s),
  owner: ({ owner, status }) => own(latest, owner, status),
  think: ({ on }) => tell(latest, { t: "thinking", on }),
  typing: () => tell(latest, { t: "typing", who: "agent" }),
  join: () => {
    own(latest, AGENT);
    const fields = { agent: AGENT.name, store: AGENT.store };
    post(latest, { kind: "system", id: null, name: "" }, [{ kind: "system", code: "claimed", fields }]);
  },
  agent: ({ text }) => post(latest, { kind: "agent", id: "a1", name: AGENT.name }, [{ kind: "text", text }]),
  say: ({ author, parts, sources = [] }) =>
    post(latest, author ?? { kind: "assistant", id: null, name: "小二" }, parts, { sources }),
  history: ({ n }) => {
    for (let i = 0; i < n; i++) {
      const isOurs = i % 2 === 0;
      const author = isOurs ? { kind: "customer", id: null, name: "" } : { kind: "assistant", id: null, name: "小二" };
      const at = new Date(Date.now() - (n - i) * 1_800_000).toISOString();
      post(latest, author, [{ kind: "text", text: isOurs ? `第 ${i} 个问题` : `第 ${i} 个回答。`.repeat(1 + (i % 7)) }], { at });
    }
  },
};

const deeds = {
  person: (v) => (v.owner.kind === "assistant" ? queue(v, 3, 130) : { place: 1, estimate_s: 30 }),
  unsolved: (v) => {
    const options = [{ label: "转人工", value: "action:person" }];
    post(v, { kind: "assistant", id: null, name: "小二" }, [{ kind: "card", card: "choices", prompt: "换个办法试试，或者直接找人。", options }]);
  },
  rating: () => undefined,
  leave: (v) => void post(v, { kind: "system", id: null, name: "" }, [{ kind: "system", code: "left_message", fields: {} }]),
  prove: (v, body) => {
    if (body.send_code_to) return { sent: true };
    const proven = body.phone_last4 === "1234" || body.code === "123456";
    if (proven) tell(v, { t: "identity", proven, name: "陈小满", level: "gold" });
    v.proven ||= proven;
    return proven ? { proven, name: "陈小满", level: "gold" } : { proven, message: "没有对上。请核对后再试。" };
  },
  visits: () => undefined,
};

const publicRoutes = {
  "GET /": () => page("start.html"),
  "GET /shop": () => page("shop.html"),
  "GET /widget.js": async () => ({ type: "text/javascript", bytes: await readFile(DIST) }),
  "GET /demo/shoppers": () => ({ items: shoppers }),
  "GET /demo/accounts": () => ({ items: accounts }),
  "POST /demo/token": (body) => ({ token: `c:${body.customer_id}:${randomUUID()}` }),
  "GET /demo/shoppers/c1/orders": () => ({ items: [order] }),
  "POST /mock": (body) => {
    if (!steers[body.do]) throw refusal(404, "no_such_steer");
    steers[body.do](body);
    return {};
  },
};

async function page(name) {
  const html = await readFile(new URL(name, PAGES), "utf8");
  return { type: "text/html; charset=utf-8", bytes: html.replaceAll("{{account}}", "demo") };
}

function refusal(status, code, detail) {
  return { refusal: true, status, code, detail };
}

function session(body) {
  let v = visitor(body.visitor_token);
  const customer = body.customer_token?.split(":")[1] ?? null;
  if (body.customer_token && !body.customer_token.startsWith("c:")) throw refusal(401, "bad_customer_token");
  if (!v || (customer && v.customer && v.customer !== customer)) v = newVisitor(customer);
  if (customer) Object.assign(v, { customer, proven: true });
  latest = v;
  const who = shoppers.find((one) => one.id === v.customer);
  return {
    token: v.token, visitor_id: v.id, expires_at: new Date(Date.now() + 864e5).toISOString(),
    identity: { proven: v.proven, name: who?.name ?? null, level: who?.level ?? null },
    conversation_id: v.messages.length ? v.conversation : null, last_seq: v.messages.at(-1)?.seq ?? 0,
    config: config(body.lang === "en", mode.open),
  };
}

function messages(v, query) {
  const limit = Number(query.get("limit") ?? 50);
  const [after, before] = [query.get("after"), query.get("before")];
  if (after !== null) return { items: v.messages.filter((m) => m.seq > Number(after)).slice(0, limit) };
  return { items: v.messages.filter((m) => before === null || m.seq < Number(before)).slice(-limit) };
}

async function upload(v, request, raw) {
  await wait(mode.slow);
  const type = /Content-Type: (\S+)/.exec(raw.toString("latin1"))?.[1] ?? "image/png";
  const from = raw.indexOf("\r\n\r\n") + 4;
  const boundary = /boundary=(.+)$/.exec(request.headers["content-type"])[1];
  const blob = randomUUID();
  blobs.set(blob, { type, bytes: raw.subarray(from, raw.lastIndexOf(`\r\n--${boundary}`)) });
  return { blob, bytes: raw.length };
}

async function widgetRoute(request, path, url, raw) {
  const body = raw.length && request.headers["content-type"]?.includes("json") ? JSON.parse(raw) : {};
  if (path === "sessions") return session(body);
  if (path.startsWith("blobs/")) return blobs.get(path.slice(6));
  const v = visitor(request.headers.authorization?.slice(7));
  if (!v) throw refusal(401, "bad_token");
  if (path === "messages" && request.method === "GET") return messages(v, url.searchParams);
  if (mode.refuse) throw refusal(mode.refuse, "refused", mode.refuse === 422 ? "这条消息太长，没有发出去。分两条再发。" : undefined);
  if (path === "messages") return receive(v, body.client_id, body.parts);
  if (path === "uploads") return await upload(v, request, raw);
  if (path.startsWith("sources/")) return source;
  if (deeds[path]) return deeds[path](v, body) ?? {};
  throw refusal(404, "not_found");
}

async function route(request, url, raw) {
  const key = `${request.method} ${url.pathname}`;
  if (publicRoutes[key]) return await publicRoutes[key](raw.length ? JSON.parse(raw) : {});
  if (mode.down) return null;
  const [, widget, , ...rest] = url.pathname.split("/");
  if (widget !== "widget") throw refusal(404, "not_found");
  return await widgetRoute(request, rest.join("/"), url, raw);
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url, "http://x");
  try {
    const body = await route(request, url, Buffer.concat(chunks));
    if (body === null) return void request.socket.destroy();
    const isRaw = body?.bytes && body.type;
    response.writeHead(200, { "content-type": isRaw ? body.type : "application/json" });
    response.end(isRaw ? body.bytes : JSON.stringify(body));
  } catch (failure) {
    if (!failure.refusal) console.error(failure);
    response.writeHead(failure.status ?? 500, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(failure.refusal ? failure : { status: 500, code: "mock_failed" }));
  }
});

const live = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  if (mode.down) return void socket.destroy();
  const url = new URL(request.url, "http://x");
  live.handleUpgrade(request, socket, head, (line) => attend(line, url.searchParams));
});

function attend(line, query) {
  const v = visitor(query.get("token"));
  if (!v) return void line.close(4401);
  v.lines.add(line);
  line.on("close", () => v.lines.delete(line));
  const say = (frame) => line.send(JSON.stringify(frame));
  say({ t: "ready", last_seq: v.messages.at(-1)?.seq ?? 0, conversation_id: v.conversation, owner: v.owner });
  for (const message of v.messages) if (message.seq > Number(query.get("after"))) say({ t: "message", message });
  line.on("message", (raw) => {
    const frame = JSON.parse(raw);
    if (frame.t === "ping") say({ t: "pong" });
    if (frame.t === "send") say({ t: "ack", ...receive(v, frame.client_id, frame.parts) });
  });
}

server.listen(PORT, "127.0.0.1", () => console.log(`widget mock on http://127.0.0.1:${PORT}/shop`));
