// A mock of the server for front-end work. In memory, invented rows, no security. Never ship it.
import http from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import * as data from "./mock-data.mjs";

const PORT = Number(process.env.MOCK_PORT ?? 8600);
const OPEN = Number(process.env.MOCK_OPEN ?? 46);
const SLOW = Number(process.env.MOCK_SLOW_MS ?? 0);
const ALIVE = process.env.MOCK_ALIVE !== "0";
const ROOT = new URL("../dist", import.meta.url).pathname;
const { newId, ago, members, presence } = data;
const now = () => new Date().toISOString();

const conversations = new Map();
const messages = new Map();
const audits = new Map();
const byClient = new Map();
for (let i = 0; i < OPEN; i += 1) adopt(data.openConversation(i));
[...conversations.values()].forEach((c, i) => {
  if (i % 9 === 1 && i < 60) give(c, members[i % 2 ? 0 : 1]);
  else if (i % 9 === 5) Object.assign(c, { owner: { kind: "agent", id: members[5 + (i % 5)].id, name: members[5 + (i % 5)].name }, waiting_since: null });
  else if (i % 9 === 7) Object.assign(c, { owner: { kind: "assistant", id: null, name: "小二" }, waiting_since: null });
  else if (i % 9 === 8) Object.assign(c, { status: "resolved", waiting_since: null, unread: 0, rating: i % 2 ? 5 : null });
});
function adopt({ conversation, messages: list }) {
  conversations.set(conversation.id, conversation);
  messages.set(conversation.id, list);
  audits.set(conversation.id, [{ at: conversation.opened_at, actor: conversation.customer.name || "访客", verb: "opened", details: {} },
    { at: conversation.opened_at, actor: "小二", verb: "handed_off", details: { reason: "asked_for_person" } }]);
  return conversation;
}
function give(c, m) { c.owner = { kind: "agent", id: m.id, name: m.name }; }
function audit(c, me, action, fields = {}) { audits.get(c.id).push({ at: now(), actor: me.name, verb: action, details: fields }); }
function say(c, who, parts, more = {}) {
  const list = messages.get(c.id);
  const message = { id: newId(), seq: (list.at(-1)?.seq ?? 0) + 1, conversation_id: c.id, client_id: null, author: who, parts, internal: false, covers: [], sources: [], state: "sent", at: now(), tier: null, ...more };
  list.push(message);
  const text = parts.map((p) => p.text ?? (p.kind === "image" ? "[图片]" : "")).join(" ");
  if (!message.internal && who.kind !== "system") c.last = { text, at: message.at, author_kind: who.kind, seq: message.seq };
  c.updated_at = message.at;
  if (who.kind === "customer") { c.unread += 1; c.waiting_since ??= message.at; }
  if (who.kind === "agent" && !message.internal) c.waiting_since = null;
  cast({ t: "message", conversation: c.id, message }, (s) => s.watching.has(c.id));
  changed(c);
  return message;
}
const system = (c, code, fields) => say(c, { kind: "system", id: null, name: "小二" }, [{ kind: "system", code, fields }]);

const sockets = new Set();
const cast = (frame, to = () => true) => { const text = JSON.stringify(frame); for (const s of sockets) if (to(s)) s.socket.send(text); };
let queueTimer = null;
const queued = () => [...conversations.values()].filter((c) => c.status === "open" && c.owner.kind === "queue").sort((a, b) => (a.waiting_since ?? "").localeCompare(b.waiting_since ?? ""));
function changed(c) {
  const { demand, tries, ...row } = c;
  cast({ t: "conversation", conversation: row }, (s) => s.watching.has(c.id));
  cast({ t: "mine" }, (s) => c.owner.id === s.me.id);
  queueTimer ??= setTimeout(() => { queueTimer = null; const q = queued(); cast({ t: "queue", waiting: q.length, oldest_at: q[0]?.waiting_since ?? null, items: q.slice(0, 20) }); }, 300);
}

class Problem extends Error { constructor(status, code, detail, fields = {}) { super(detail); Object.assign(this, { status, code, detail, fields }); } }
const fail = (...a) => { throw new Problem(...a); };
const need = (c) => c ?? fail(404, "not_found", "没有找到，可能已被删除，或不在您的范围内。");
const sessions = new Map();

function page(list, q) {
  const from = Number(q.get("cursor") ?? 0);
  const limit = Math.min(Number(q.get("limit") ?? 50), 200);
  return { items: list.slice(from, from + limit), next: from + limit < list.length ? String(from + limit) : null };
}
const matches = (c, q) => !q || JSON.stringify([c.customer.name, c.last?.text, c.demand.subject]).includes(q);
function listConversations(q, me) {
  const view = q.get("view") ?? "all";
  if (view === "customer") return page([...conversations.values()].filter((c) => c.customer.id === q.get("customer")), q);
  const list = view === "queue" ? queued() : [...conversations.values()].filter((c) =>
    view === "mine" ? c.status === "open" && c.owner.id === me.id : view === "resolved" ? c.status === "resolved" : c.status === "open");
  if (view !== "queue") list.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  return page(list.filter((c) => matches(c, q.get("q"))), q);
}
const fresh = (c, version) => version === c.version || fail(409, "stale_version", "这条会话刚刚有了变化，请看过最新内容再操作。");
const verbs = {
  claim(c, me) {
    if (c.owner.kind === "agent" && c.owner.id !== me.id) fail(409, "already_claimed", `这条会话已被${c.owner.name}接入。`, { agent: c.owner.name });
    give(c, me); c.unread = 0; system(c, "claimed", { agent: me.name });
  },
  release(c) { c.owner = { kind: "queue", id: null, name: "" }; c.waiting_since = now(); system(c, "released", {}); },
  transfer(c, me, b) {
    const to = members.find((m) => m.id === b.to_member);
    const group = data.groupsOfSkill.find((g) => g.id === b.to_skill_group);
    if (to) give(c, to); else { c.owner = { kind: "queue", id: null, name: "" }; c.skill_group = need(group); c.waiting_since = now(); }
    if (b.note) say(c, { kind: "agent", id: me.id, name: me.name }, [{ kind: "text", text: b.note }], { internal: true });
    system(c, "transferred", { from: me.name, to: to?.name ?? group?.name });
  },
  resolve(c) { c.status = "resolved"; c.waiting_since = null; system(c, "resolved", {}); },
  reopen(c, me) { c.status = "open"; give(c, me); system(c, "reopened", { agent: me.name }); },
};
function send(c, me, client_id, parts, internal) {
  const known = byClient.get(client_id);
  if (known) return known;
  if (!internal && (c.owner.id !== me.id || c.status !== "open")) fail(409, "not_owner", c.owner.kind === "agent" ? `这条会话现在由${c.owner.name}接待，消息没有发出。` : "您还没有接入这条会话，消息没有发出。");
  const m = say(c, { kind: "agent", id: me.id, name: me.name }, parts, { client_id, internal });
  byClient.set(client_id, m);
  if (!internal && ALIVE) setTimeout(() => { m.state = "read"; c.customer_seen_seq = m.seq; changed(c); }, 1500);
  return m;
}
const presenceOf = (m) => ({ member_id: m.id, name: m.name, state: presence.get(m.id), capacity: 8, holding: [...conversations.values()].filter((c) => c.status === "open" && c.owner.id === m.id).length, seen_at: now() });
const counts = (n, k) => ({ received: n, contained: Math.round(n * k), confirmed_resolved: Math.round(n * k * 0.8), not_yet_known: Math.round(n * 0.17), reopened: Math.round(n * 0.04) });
const table = {
  "GET /api/org/me": (_, me) => ({ member: { ...me, unit: { path: me.unit_path, name: data.units.find((u) => u.path === me.unit_path)?.name ?? "" } }, group: { id: "g", name: "云栖集团", slug: "yunqi", demo: true }, locale: null }),
  "PUT /api/org/me/locale": () => null,
  "POST /api/org/sign-out": () => null, "POST /api/org/sign-out-everywhere": () => null,
  "GET /api/org/units": () => ({ items: data.units, next: null }),
  "GET /api/org/members": () => ({ items: members, next: null }),
  "POST /api/org/members": (r) => { if (members.some((m) => m.login === r.body.login)) fail(409, "login_taken", "这个登录名已有人使用。"); const m = { ...members[0], ...r.body, id: newId(), permissions: [] }; members.push(m); return m; },
  "PUT /api/org/members/:id": (r) => Object.assign(need(members.find((m) => m.id === r.id)), r.body),
  "GET /api/org/skill-groups": () => ({ items: data.groupsOfSkill, next: null }),
  "POST /api/org/skill-groups": (r) => { const old = data.groupsOfSkill.find((g) => g.id === r.body.id); if (old) return Object.assign(old, r.body); const g = { ...r.body, id: newId() }; data.groupsOfSkill.push(g); return g; },
  "GET /api/desk/conversations": (r, me) => listConversations(r.q, me),
  "GET /api/desk/conversations/:id": (r) => need(conversations.get(r.id)),
  "GET /api/conversations/:id/messages": (r) => {
    const list = need(messages.get(r.id)); const limit = Number(r.q.get("limit") ?? 50);
    if (r.q.has("after")) { const rest = list.filter((m) => m.seq > Number(r.q.get("after"))); return { items: rest.slice(0, limit), next: null }; }
    const before = r.q.has("before") ? list.filter((m) => m.seq < Number(r.q.get("before"))) : list;
    return { items: before.slice(-limit), next: before.length > limit ? "more" : null };
  },
  "GET /api/conversations/:id/audit": (r) => ({ items: need(audits.get(r.id)) }),
  "POST /api/desk/claim-next": (_, me) => { const c = queued()[0]; if (!c) return null; verbs.claim(c, me); c.version += 1; changed(c); return c; },
  "POST /api/desk/conversations/:id/messages": (r, me) => send(need(conversations.get(r.id)), me, r.body.client_id, r.body.parts, false),
  "POST /api/desk/conversations/:id/notes": (r, me) => send(need(conversations.get(r.id)), me, r.body.client_id, [{ kind: "text", text: r.body.text }], true),
  "POST /api/desk/conversations/:id/seen": (r) => { const c = need(conversations.get(r.id)); if (c.unread) { c.unread = 0; changed(c); } return null; },
  "GET /api/desk/search": (r) => { const q = r.q.get("q") ?? ""; const hits = []; for (const [id, list] of messages) for (const m of list) { const text = m.parts.map((p) => p.text ?? "").join(" "); if (q && text.includes(q) && hits.length < 40) hits.push({ ...m, customer_name: conversations.get(id).customer.name }); } return { items: hits, next: null }; },
  "GET /api/desk/macros": () => ({ items: data.macros }),
  "POST /api/desk/macros": (r) => { const m = { ...r.body, id: newId() }; data.macros.push(m); return m; },
  "PUT /api/desk/macros/:id": (r) => Object.assign(need(data.macros.find((m) => m.id === r.id)), r.body),
  "DELETE /api/desk/macros/:id": (r) => { data.macros.splice(data.macros.findIndex((m) => m.id === r.id), 1); return null; },
  "PUT /api/desk/presence": (r, me) => { presence.set(me.id, r.body.state); return presenceOf(me); },
  "GET /api/desk/colleagues": (_, me) => ({ items: members.filter((m) => m.permissions.includes("desk.serve")).map(presenceOf), next: null }),
  "GET /api/desk/numbers": (r) => ({ ...counts(1286, 0.71), groups: data.numberGroups(r.q.get("by"), (key, label, i) => ({ key, label, ...counts([418, 495, 373, 210, 160, 280, 190][i], { self_service: 1, bot: 1, human: 0 }[key] ?? 0.7) })), definitions: [{ number: "received", zh: "所选日期内开始的诉求数，一个诉求可以跨多次会话和多个渠道。", en: "Demands that opened in the period." }] }),
  "GET /api/desk/numbers/rows": (r) => page([...conversations.values()].slice(0, 37), r.q),
  "GET /api/desk/suggestions": () => ({ items: data.entries.slice(0, 3).map((e, i) => ({ entry_id: e.id, question: e.question, answer: e.answer, score: 0.82 - i * 0.13 })) }),
  "GET /api/customers": (r) => page(data.customers.filter((c) => c.name.includes(r.q.get("q") ?? "") || c.phone_masked.includes(r.q.get("q") ?? "")), r.q),
  "GET /api/customers/:id": (r) => need(data.customers.find((c) => c.id === r.id)),
  "GET /api/customers/:id/orders": (r) => ({ items: data.orders.get(r.id) ?? [], next: null }),
  "GET /api/customers/:id/conversations": (r) => page([...conversations.values()].filter((c) => c.customer.id === r.id).slice(0, 8), r.q),
  "POST /api/customers/:id/merge": (r) => need(data.customers.find((c) => c.id === r.id)),
  "POST /api/customers/merges/:id/undo": (r) => { const c = need(data.customers.find((x) => x.merges.some((m) => m.id === r.id))); c.merges = []; return c; },
  "GET /api/knowledge/entries": (r) => page(data.entries.filter((e) => (!r.q.get("state") || e.state === r.q.get("state")) && (!r.q.get("scope") || e.scope.startsWith(r.q.get("scope"))) && (!r.q.get("q") || (e.question + e.answer + e.similar.join()).includes(r.q.get("q")))), r.q),
  "POST /api/knowledge/entries": (r, me) => { const e = { id: newId(), kb_id: "", version: 1, live_version: null, state: "draft", ...entryOf(r.body, me) }; data.entries.unshift(e); return e; },
  "GET /api/knowledge/entries/:id": (r) => entry(r.id),
  "PUT /api/knowledge/entries/:id": (r, me) => { const e = entry(r.id); if (e.version !== r.body.version) fail(409, "stale_version", "这条知识刚刚被别人改过，请看过最新版本再保存。"); return Object.assign(e, entryOf(r.body, me), { version: e.version + 1, state: "draft" }); },
  "POST /api/knowledge/entries/:id/submit": (r) => Object.assign(entry(r.id), { state: "in_review" }),
  "POST /api/knowledge/entries/:id/publish": (r) => Object.assign(entry(r.id), { state: "live" }),
  "POST /api/knowledge/entries/:id/retire": (r) => Object.assign(entry(r.id), { state: "retired" }),
  "POST /api/knowledge/entries/:id/roll-back": (r) => Object.assign(entry(r.id), { version: entry(r.id).version + 1 }),
  "GET /api/knowledge/entries/:id/versions": (r) => { const e = entry(r.id); return { items: Array.from({ length: e.version }, (_, i) => ({ ...e, version: e.version - i, live: i === 0 && e.state === "live", note: "", author: "陈书瑶", question: e.question, similar: i ? e.similar.slice(0, 3) : e.similar, answer: i ? e.answer.replace("8 元", "6 元").replace("22:00", "21:30") : e.answer, at: ago(86400 * (i * 9 + 1)) })) }; },
  "POST /api/knowledge/try": (r) => { const t = r.body.text; const list = data.entries.slice(0, 6).map((e) => ({ entry_id: e.id, kb_id: e.kb_id, category: e.category, question: e.question, answer: e.answer, scope: e.scope, score: [...new Set(t)].filter((ch) => (e.question + e.similar.join("")).includes(ch)).length / Math.max(new Set(t).size, 1) * 0.92 })).sort((a, b) => b.score - a.score); const sum = list.reduce((s, c) => s + Math.exp(c.score * 6), 0); return { verdict: list[0].score > 0.6 ? "answer" : list[0].score > 0.3 ? "suggest" : "none", confidence: list[0].score, items: list.slice(0, 5).map((c) => ({ ...c, share: Math.exp(c.score * 6) / sum })), next: null }; },
  "POST /api/knowledge/imports": (r) => imported(r), "POST /api/customers/imports": (r) => imported(r), "POST /api/catalog/imports": (r) => imported(r), "POST /api/orders/imports": (r) => imported(r),
  "POST /api/uploads": () => ({ blob: `up-${newId()}`, name: "照片.png", bytes: 182000, kind: "image" }),
  "GET /api/operations/dead-letters": (r) => page(data.deadLetters, r.q),
  "POST /api/operations/dead-letters/:id/replay": (r) => { data.deadLetters.splice(data.deadLetters.findIndex((d) => d.id === r.id), 1); return null; },
  "POST /api/operations/dead-letters/:id/discard": (r) => { data.deadLetters.splice(data.deadLetters.findIndex((d) => d.id === r.id), 1); return null; },
  "GET /api/operations/doctor": () => ({ items: data.doctor }),
};
for (const [verb, run] of Object.entries(verbs)) table[`POST /api/desk/conversations/:id/${verb}`] = (r, me) => { const c = need(conversations.get(r.id)); fresh(c, r.body.version); run(c, me, r.body); c.version += 1; audit(c, me, verb, {}); changed(c); return c; };
const entry = (id) => need(data.entries.find((e) => e.id === id));
const entryOf = ({ version, note, ...content }, me) => ({ ...content, updated_at: now(), updated_by: me.name });
const imported = (r) => { const dry = r.q.get("dry_run") === "true"; return { rows: 1204, added: 1180, changed: 16, unchanged: 5, dry_run: dry, problems: [{ row: 90, field: "phone", reason: "手机号少一位：1380013800" }, { row: 411, field: "price", reason: "价格不是数字：“面议”" }, { row: 877, field: "", reason: "这一行有 9 列，表头有 8 列" }] }; };

function route(method, path) {
  const parts = path.split("/");
  for (const [key, run] of Object.entries(table)) {
    const [m, pattern] = key.split(" "); const wanted = pattern.split("/");
    if (m !== method || wanted.length !== parts.length) continue;
    if (wanted.every((w, i) => w === ":id" || w === parts[i])) { const i = wanted.indexOf(":id"); return { run, id: i >= 0 ? decodeURIComponent(parts[i]) : null }; }
  }
  return null;
}
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };
async function fixed(url, response) {
  const name = normalize(url.pathname).replace(/^\/+/, "");
  for (const file of [name, "desk/index.html"]) {
    try { const body = await readFile(join(ROOT, file)); response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }); return response.end(body); } catch { /* next */ }
  }
  response.writeHead(404).end("build the desk first");
}
const PHOTO = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#d9d2c7"/><ellipse cx="400" cy="320" rx="150" ry="200" fill="#b8ad9c"/><path d="M300 260q60 60 0 160" fill="none" stroke="#7d7364" stroke-width="14"/></svg>`;
const meOf = (request) => sessions.get(/xe_session=(\w+)/.exec(request.headers.cookie ?? "")?.[1]);
const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  if (url.pathname.startsWith("/api/blobs/")) { response.writeHead(200, { "content-type": "image/svg+xml" }); return response.end(PHOTO); }
  if (!url.pathname.startsWith("/api/")) return fixed(url, response);
  const chunks = []; for await (const chunk of request) chunks.push(chunk);
  if (SLOW) await new Promise((r) => setTimeout(r, SLOW));
  const reply = (status, body, headers = {}) => { response.writeHead(body === null ? 204 : status, { "content-type": "application/json", ...headers }); response.end(body === null ? undefined : JSON.stringify(body)); };
  try {
    const isJson = (request.headers["content-type"] ?? "").includes("json");
    const body = isJson && chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    if (url.pathname === "/api/org/sign-in") {
      const m = members.find((x) => x.login === body.login);
      if (!m || body.password !== "mock") fail(401, "wrong_login", "登录名或密码不对。");
      sessions.set(m.login, m);
      return reply(200, { member: m }, { "set-cookie": `xe_session=${m.login}; Path=/; HttpOnly` });
    }
    const me = meOf(request) ?? fail(401, "signed_out", "登录已过期，请重新登录。");
    const found = route(request.method, url.pathname) ?? fail(404, "not_found", "没有这个地址。");
    reply(200, found.run({ q: url.searchParams, id: found.id, body }, me) ?? null);
  } catch (e) {
    if (!(e instanceof Problem)) console.error(e);
    reply(e.status ?? 500, { type: "about:blank", title: e.code ?? "internal", status: e.status ?? 500, code: e.code ?? "internal", detail: e.detail ?? "系统出了点问题，请稍后再试。", fields: e.fields ?? {} });
  }
});
new WebSocketServer({ server, path: "/api/live" }).on("connection", (socket, request) => {
  const me = meOf(request);
  if (!me) return socket.close(4401);
  const own = { socket, me, watching: new Set() };
  sockets.add(own);
  const tell = (frame) => socket.send(JSON.stringify(frame));
  tell({ t: "ready", member: { id: me.id, name: me.name } });
  changed([...conversations.values()][0]);
  socket.on("close", () => sockets.delete(own));
  socket.on("message", (raw) => {
    const f = JSON.parse(raw);
    try {
      if (f.t === "ping") tell({ t: "pong" });
      if (f.t === "watch") { own.watching.add(f.conversation); for (const m of messages.get(f.conversation) ?? []) if (m.seq > f.after) tell({ t: "message", conversation: f.conversation, message: m }); }
      if (f.t === "unwatch") own.watching.delete(f.conversation);
      if (f.t === "seen") { const c = conversations.get(f.conversation); if (c?.unread) { c.unread = 0; changed(c); } }
      if (f.t === "send") { const m = send(need(conversations.get(f.conversation)), me, f.client_id, f.parts, f.internal); tell({ t: "ack", client_id: f.client_id, id: m.id, seq: m.seq, at: m.at }); if (!f.internal && ALIVE) answerSoon(f.conversation); }
    } catch (e) { tell({ t: "error", client_id: f.client_id, ref: f.ref, problem: { code: e.code ?? "internal", status: e.status ?? 500, detail: e.detail ?? String(e) } }); }
  });
});
function answerSoon(id) {
  setTimeout(() => cast({ t: "typing", conversation: id, who: "customer" }, (s) => s.watching.has(id)), 2200);
  setTimeout(() => { const c = conversations.get(id); if (c.status === "open") say(c, { kind: "customer", id: c.customer.id, name: c.customer.name || "访客" }, [{ kind: "text", text: "好的，谢谢，那我等您消息。" }]); }, 5000);
}
if (ALIVE) setInterval(() => { const c = adopt(data.openConversation(Math.floor(Math.random() * 90))); c.opened_at = c.updated_at = c.waiting_since = now(); c.last.at = c.opened_at; changed(c); }, 9000).unref();
server.listen(PORT, "127.0.0.1", () => console.log(`mock for front-end work on http://127.0.0.1:${PORT}/desk/ with ${OPEN} conversations`));
