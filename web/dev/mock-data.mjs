// Invented rows for the front-end workbench. Development only.
let seed = 7;
export const random = () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296;
  return seed / 4294967296;
};
export const pick = (list) => list[Math.floor(random() * list.length)];
let ids = 0;
export const newId = () => {
  ids += 1;
  return `0192a000-0000-7000-8000-${String(ids).padStart(12, "0")}`;
};
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const cny = (minor) => ({ minor, currency: "CNY" });

export const units = [
  ["/", "group", "云栖集团"], ["/dept/", "format", "云栖百货"], ["/dept/bj01/", "store", "北京朝阳店"],
  ["/dept/bj01/c1/", "counter", "花间美妆专柜"], ["/dept/bj01/c2/", "counter", "小鹿母婴专柜"],
  ["/dept/sh01/", "store", "上海静安店"], ["/market/", "format", "云栖生鲜"], ["/market/hz01/", "store", "杭州西湖店"],
  ["/online/", "format", "云栖商城"],
].map(([path, kind, name]) => ({ id: path, path, kind, name, name_en: "" }));
const stores = [
  { path: "/dept/bj01/", name: "北京朝阳店" }, { path: "/dept/sh01/", name: "上海静安店" },
  { path: "/market/hz01/", name: "杭州西湖店" }, { path: "/online/", name: "云栖商城" },
];
export const groupsOfSkill = [
  ["presale", "售前导购"], ["orders", "订单与物流"], ["aftersales", "退换与售后"],
].map(([code, name]) => ({ id: newId(), code, name, name_en: "", members: [] }));
const READ = ["org.read", "catalog.read", "knowledge.read", "numbers.read"];
const SERVE = [...READ, "desk.serve", "customers.read", "orders.read"];
const LEAD = [...SERVE, "customers.manage", "desk.reassign", "desk.macros"];
const EDIT = [...READ, "knowledge.edit", "knowledge.publish", "catalog.manage"];
const ALL = [...LEAD, ...EDIT, "orders.manage", "org.manage", "channels.manage", "operations.read", "operations.manage", "desk.observe"];
const member = (login, name, roles, permissions, unit, skills = []) => {
  const one = { id: newId(), name, login, roles, permissions, unit_path: unit.path, functions: [], active: true, locale: "zh-CN", version: 1 };
  for (const group of skills) group.members.push(one.id);
  return one;
};
export const members = [
  member("agent", "林晓", ["agent"], SERVE, stores[0], [groupsOfSkill[1]]),
  member("lead", "周明远", ["lead"], LEAD, stores[0], groupsOfSkill),
  member("guide", "何", ["guide"], SERVE, { path: "/dept/bj01/c1/", name: "花间美妆专柜" }, [groupsOfSkill[0]]),
  member("editor", "陈书瑶", ["editor"], EDIT, { path: "/", name: "云栖集团" }),
  member("admin", "管理员", ["administrator"], ALL, { path: "/", name: "云栖集团" }),
  ...["唐可", "阿依古丽·买买提江", "Grace Lin", "韩东", "苏"].map((name, i) =>
    member(`a${i}`, name, ["agent"], SERVE, pick(stores), [pick(groupsOfSkill)])),
];
export const presence = new Map(members.map((m, i) => [m.id, ["online", "busy", "online", "away", "online", "offline"][i % 6]]));

const names = ["王女士", "李先生", "张晓雨", "陈", "欧阳青青", "刘先生", "赵女士", "Emily Zhang", "黄阿姨", "周周", "吴先生", "孙悦"];
const asks = [
  ["订单 20241118006 怎么还没到", "物流", "订单 20241118006"], ["想退货，衣服尺码不合适", "退货", "订单 20241116082"],
  ["你们几点关门", "营业时间", "北京朝阳店"], ["停车怎么收费", "停车", "北京朝阳店"],
  ["这款精华孕妇能用吗", "商品咨询", "花间玫瑰精华 30 ml"], ["发票抬头开错了，可以重开吗", "发票", "订单 20241112033"],
  ["有没有母婴室", "设施", "上海静安店"], ["Can I return this without the box?", "退货", "订单 20241109911"],
  ["收到的奶粉罐子瘪了", "商品破损", "订单 20241117450"], ["优惠券用不了，一直提示不满足条件", "优惠券", null],
];
export const customers = names.map((name, i) => ({
  id: newId(), name, kind: i === 4 ? "vip" : "shopper", level: ["金卡会员", "银卡会员", "普通会员", "黑金会员"][i % 4],
  points: 1280 * (i + 1), phone_masked: `138****${String(1200 + i * 37).slice(-4)}`, since: ago(86400 * 400 * (i + 1) / 3),
  consent: i % 3 ? ["service"] : ["service", "memory"], tags: [["敏感肌", "宝宝 8 个月"], ["常买跑鞋"], []][i % 3],
  identities: [{ kind: "phone", value: `138****${String(1200 + i * 37).slice(-4)}`, proven: true }, { kind: "widget", value: "官网访客 7f3a", proven: true }, { kind: "wechat", value: "微信 o6_b…", proven: i % 2 === 0 }],
  merges: i === 0 ? [{ id: newId(), other_name: "官网访客 91c2", at: ago(86400 * 3) }] : [],
}));
export const orders = new Map(customers.map((c, i) => [c.id, Array.from({ length: 1 + (i % 4) }, (_, k) => ({
  id: newId(), number: `2024111${8 - k}00${i + 1}`, status: ["shipped", "delivered", "placed", "cancelled"][k],
  status_text: ["运输中", "已签收", "待发货", "已取消"][k], placed_at: ago(86400 * (2 + k * 11)),
  total: cny([32900, 123456789, 8900, 45900][k]),
  items: [{ title: ["花间玫瑰精华 30 ml", "小鹿婴儿配方奶粉 3 段 800 g", "云栖有机牛奶 250 ml × 24", "山行轻羽跑鞋"][(i + k) % 4], qty: 1 + k, image: null, variant: ["标准装", "3 段", null, "42 码 / 雾蓝"][(i + k) % 4] }],
  parcels: k === 0 ? [{ carrier: "顺丰", number: `SF14${1000000 + i}`, status_text: "运输中", last_event: "已到达北京顺义集散中心", eta: ago(-86400) }] : [],
}))]));

let noise = 0;
export function openConversation(i, now = Date.now()) {
  const [text, topic, subject] = asks[i % asks.length];
  const customer = i % 7 === 6 ? null : customers[i % customers.length];
  const unit = stores[i % stores.length];
  const waiting = 20 + Math.floor(random() * 60) * (1 + (i % 9) * 3) + i * 2;
  const at = new Date(now - waiting * 1000).toISOString();
  const id = newId();
  noise += 1;
  const conversation = {
    id, version: 3, status: "open", owner: { kind: "queue", id: null, name: "" },
    customer: customer
      ? { id: customer.id, visitor_id: newId(), name: customer.name, level: customer.level, kind: customer.kind, proven: i % 5 !== 3 }
      : { id: null, visitor_id: newId(), name: "", level: "", kind: "shopper", proven: false },
    channel: [{ account_id: "w1", kind: "widget", name: "官网" }, { account_id: "h1", kind: "webhook", name: "小程序" }][i % 5 === 2 ? 1 : 0],
    unit, skill_group: { id: groupsOfSkill[i % 3].id, name: groupsOfSkill[i % 3].name }, demand: { id: newId(), topic, subject },
    tries: [
      { tier: "self_service", outcome: "climbed", confidence: null, reason: "no_card", at },
      { tier: "bot", outcome: "climbed", confidence: 0.2 + random() * 0.4, reason: i % 4 === 1 ? "asked_for_person" : "low_confidence", at },
      { tier: "human", outcome: "queued", confidence: null, reason: null, at },
    ],
    last: { text, at, author_kind: "customer", seq: 4 }, customer_seen_seq: 4, resolved_at: null, locale: "zh-CN", page: { url: "https://shop.example/p/1", title: "花间玫瑰精华 30 ml" }, waiting_since: at, unread: 1 + (i % 3), opened_at: at, updated_at: at,
    priority: i % 11 === 4 ? 2 : 0, mood: [null, "calm", "worried", "angry"][i % 4], rating: null,
  };
  return { conversation, messages: script(conversation, text, noise) };
}

const author = (kind, name, id = null) => ({ kind, id, name });
function script(c, text, n) {
  const list = [];
  const base = new Date(c.opened_at).getTime();
  const add = (who, parts, more = {}) => list.push({
    id: newId(), seq: list.length + 1, conversation_id: c.id, client_id: null, author: who, parts, internal: false,
    covers: [], sources: [], state: "read", at: new Date(base + list.length * 4000 - 60000).toISOString(), tier: null, ...more,
  });
  const customer = author("customer", c.customer.name || "访客", c.customer.id);
  const bot = author("assistant", "小二");
  if (n % 3 === 1) {
    add(customer, [{ kind: "text", text: "在吗" }], { at: new Date(base - 86400000 * 1.2).toISOString() });
    add(bot, [{ kind: "text", text: "在。我是小二，一个智能助手，您请说。" }], { at: new Date(base - 86400000 * 1.2 + 2000).toISOString(), tier: "bot", covers: [1] });
  }
  add(customer, [{ kind: "text", text }]);
  add(bot, [{ kind: "text", text: "我查到两条相近的说明，不敢确定是不是您要的。" }, { kind: "card", card: "choices", prompt: "您想问的是哪一个", options: [{ label: "配送时间说明", value: "a" }, { label: "转人工", value: "person" }] }],
    { tier: "bot", covers: [list.length], sources: [{ id: newId(), title: "配送时间说明", kind: "faq" }] });
  if (n % 4 === 1) {
    add(bot, [{ kind: "card", card: "order", number: "20241118006", status: "shipped", status_text: "运输中", placed_at: ago(86400 * 2), total: cny(32900), items: [{ title: "花间玫瑰精华 30 ml", qty: 1, image: null, variant: "标准装" }], parcels: [{ carrier: "顺丰", number: "SF141000001", status_text: "运输中", last_event: "已到达北京顺义集散中心", eta: ago(-86400) }] }], { tier: "self_service" });
  }
  if (n % 5 === 3) add(customer, [{ kind: "image", blob: "photo-1", name: "罐子.jpg", width: 800, height: 600, bytes: 238111 }]);
  if (n % 4 === 2) add(bot, [{ kind: "card", card: "store", name: c.unit.name, floor: "B1-6F", hours: "10:00-22:00", phone: "010-5555 0100", facilities: ["母婴室 3F", "充电桩 B2"], parking: "每小时 8 元，消费满 200 元免 2 小时", map: null }], { tier: "self_service", sources: [{ id: newId(), title: "停车收费说明", kind: "article" }] });
  add(customer, [{ kind: "text", text: n % 2 ? "转人工" : "不是这个，麻烦找个人帮我看看" }]);
  add(author("system", "小二"), [{ kind: "system", code: "handed_off", fields: { reason: "asked_for_person", skill_group: c.skill_group?.name } }]);
  if (n % 6 === 1) add(author("agent", "周明远", null), [{ kind: "text", text: "这位客户上周因为同样的问题来过，@林晓 先查一下顺丰的异常件。" }], { internal: true });
  return list;
}

const qa = [
  ["停车怎么收费", "地下停车场每小时 8 元，当日封顶 60 元。当日消费满 200 元免 2 小时，满 500 元免 4 小时，到服务台或小程序登记车牌即可。", ["停车费多少", "车停一小时多少钱", "消费能免停车费吗", "停车场收费标准", "逛街停车贵不贵"]],
  ["几点关门", "周日至周四 10:00-22:00，周五、周六及节假日前一天 10:00-22:30。餐饮楼层延长到 23:00。", ["营业时间", "晚上开到几点", "早上几点开门", "周末几点关门", "几点打烊"]],
  ["退货要什么条件", "签收 7 天内，商品完好、配件齐全即可退货。食品、贴身衣物拆封后不支持无理由退货。", ["怎么退货", "能不能退", "七天无理由", "不想要了怎么办", "退货流程"]],
  ["有没有母婴室", "母婴室在 3 层东侧卫生间旁，提供温奶器、尿布台和哺乳隔间，免费使用。", ["哪里可以喂奶", "换尿布的地方", "母婴室在几楼", "带宝宝去哪", "有没有哺乳室"]],
  ["发票怎么开", "在订单详情里选“申请发票”，填好抬头和税号，电子发票一般 24 小时内发到您的邮箱。", ["开发票", "补开发票", "发票抬头", "电子发票在哪", "可以开专票吗"]],
  ["会员积分怎么用", "100 积分抵 1 元，结账时可直接抵扣，单笔最多抵扣订单金额的 30%。", ["积分能换什么", "积分抵现", "积分有效期", "积分怎么查", "积分清零吗"]],
];
export const entries = Array.from({ length: 64 }, (_, i) => {
  const [question, answer, similar] = qa[i % qa.length];
  return {
    id: newId(), version: 1 + (i % 4), state: ["live", "live", "live", "draft", "in_review", "retired"][i % 6],
    question: i < qa.length ? question : `${question}（${stores[i % 4].name}）`, similar, answer,
    scope: i < qa.length ? "/" : stores[i % 4].path,
    valid_from: i % 5 === 0 ? ago(86400 * 20).slice(0, 10) : null, valid_to: i % 5 === 0 ? ago(-86400 * 40).slice(0, 10) : null,
    kb_id: `kb-${i}`, kind: "faq", live_version: 1, lang: i % 9 === 8 ? "en" : "zh", category: ["停车", "营业时间", "售后", "设施", "发票", "会员"][i % 6],
    updated_at: ago(3600 * (i + 1) * 5), updated_by: pick(["陈书瑶", "管理员"]),
  };
});
export const macros = [
  ["您好", "开场", "您好，我是{agent}，您的问题我已经看到了，马上帮您查。"], ["稍等", "请稍等", "请稍等一下，我查完马上回复您，大约需要两分钟。"],
  ["物流", "物流进度", "您的包裹已到达北京顺义集散中心，预计明天 14:00 前送达。"], ["退货", "退货步骤", "在订单详情里点“申请退货”，选上门取件，快递员会在 24 小时内联系您。"],
  ["结束", "结束语", "还有别的要我帮忙的吗？没有的话我先不打扰您了。"],
].map(([shortcut, title, text]) => ({ id: newId(), shortcut, title, text, shared: true, version: 1 }));
export const deadLetters = [
  { id: newId(), name: "conversations.ReplyPosted", key: newId(), subscriber: "channels.deliver", attempts: 8, error: "callback answered 503: upstream connect error", died_at: ago(4200), body: { conversation_id: "…", seq: 7 } },
  { id: newId(), name: "knowledge.EntryPublished", key: newId(), subscriber: "knowledge.index", attempts: 5, error: "embedder: vector has dimension 256, index wants 512", died_at: ago(86000), body: { entry_id: "…", version: 3 } },
];
export const doctor = [
  { name: "database", ok: true, text: "PostgreSQL 18.1, migrated to 0011, 14 of 100 connections", mend: null },
  { name: "roles", ok: true, text: "xiaoer_app has neither SUPERUSER nor BYPASSRLS", mend: null },
  { name: "courier", ok: true, text: "4 lanes, oldest fact 0.2 s", mend: null },
  { name: "disk", ok: false, text: "91 % of the data disk is used", mend: "Free space in the data folder or move it with --data-dir." },
];
export function numberGroups(by, shape) {
  const names = by === "tier" ? [["self_service", "自助"], ["bot", "机器人"], ["human", "人工"]]
    : by === "store" ? stores.map((s) => [s.path, s.name])
    : Array.from({ length: 7 }, (_, i) => { const d = ago(86400 * (6 - i)).slice(0, 10); return [d, d]; });
  return names.map(([key, name], i) => shape(key, name, i));
}
