// What the mock answers. Invented; enough to see every part and card of the widget.
const yuan = (minor) => ({ minor, currency: "CNY" });
const text = (words) => ({ kind: "text", text: words });

export const order = {
  kind: "card", card: "order", number: "HG20261118004218", status: "shipped", status_text: "运输中",
  placed_at: "2026-11-18T09:12:00Z", total: yuan(45800),
  items: [
    { title: "初雪保湿面霜", qty: 1, image: null, variant: "50 g" },
    { title: "小满婴儿纯棉连体衣", qty: 2, image: null, variant: "66 码 · 米白" },
  ],
  parcels: [
    {
      carrier: "青鸟快运", number: "QN7300004218", status_text: "已到北京朝阳中转场",
      last_event: "今天 08:40 快件已从天津发出，正在送往北京", eta: "2026-11-23T06:00:00Z",
    },
  ],
};

const store = {
  kind: "card", card: "store", name: "和光百货北京朝阳店", floor: "B1–6 层", hours: "10:00–22:00",
  phone: "010-0000-0101", facilities: ["母婴室（3 层）", "充电宝", "轮椅租借"],
  parking: "每小时 8 元，消费满 200 元免 2 小时", map: { x: 0.62, y: 0.35 },
};

const product = {
  kind: "card", card: "product", title: "青禾 氨基酸洁面乳 120 g", price: yuan(12900), image: null,
  reason: "不含皂基，敏感肌也能用；您上次买的面霜同一系列。", url: "/shop#/product/qinghe-cleanser",
};

export function answer(asked) {
  const says = (parts, sources = []) => ({ parts, sources, owner: null });
  if (/转人工|person|人工/i.test(asked)) return { parts: [], sources: [], owner: "queue" };
  if (/订单|快递|order|parcel/i.test(asked)) {
    return says([text("查到一张最近的订单，已在路上，预计明天 14:00 前送达。"), order]);
  }
  if (/停车|parking/i.test(asked)) {
    return says(
      [text("地下停车场每小时 8 元，当天消费满 200 元免 2 小时。详情见 https://hg.example.cn/parking。"), store],
      [{ id: "k1", title: "停车收费说明", kind: "knowledge" }],
    );
  }
  if (/推荐|gift|recommend/i.test(asked)) return says([text("给您挑了一支。"), product]);
  if (/退货|return/i.test(asked)) {
    return says([
      text("可以退。先确认是您本人，我就能看到那张订单。"),
      { kind: "card", card: "choices", prompt: "怎么办", options: [
        { label: "验证身份", value: "action:prove" },
        { label: "退货规则", value: "退货规则是什么" },
        { label: "找人工", value: "action:person" },
      ] },
    ], [{ id: "k2", title: "七天无理由退货", kind: "knowledge" }]);
  }
  if (/评价|rate/i.test(asked)) return says([{ kind: "card", card: "rating", score: null, text: null }]);
  return says([text("这个我还不知道，不想乱说。您换个说法，或点“转人工”，由同事来答。")]);
}

export const config = (isEnglish, openNow) => ({
  name: isEnglish ? "Xiaoer" : "小二",
  greeting: isEnglish
    ? "Hello, I am Xiaoer, the AI assistant of Heguang. Ask me about orders, stores and returns; a person is one tap away."
    : "您好，我是小二，和光商城的智能助手。订单、门店、退换货都可以问；想找人，随时点“转人工”。",
  quick_replies: isEnglish
    ? [{ label: "Where is my order", value: "Where is my order" }, { label: "Parking", value: "How much is parking" }, { label: "Return something", value: "I want to return something" }]
    : [{ label: "我的订单到哪了", value: "我的订单到哪了" }, { label: "停车怎么收费", value: "停车怎么收费" }, { label: "想退货", value: "想退货" }, { label: "几点关门", value: "你们几点关门" }],
  open_now: openNow, hours_text: "9:00–22:00", locale: isEnglish ? "en" : "zh-CN",
  max_upload_bytes: 10 * 1024 * 1024, upload_types: ["image/jpeg", "image/png", "image/webp"],
});

export const source = {
  id: "k1", title: "停车收费说明",
  text: "地下停车场 B2、B3 层，7:00–23:30 开放。\n每小时 8 元，不足一小时按一小时计；当天消费满 200 元免 2 小时，会员再免 1 小时。",
  updated_at: "2026-10-01T00:00:00Z",
};

export const shoppers = [
  { id: "c1", name: "陈小满", level: "gold" },
  { id: "c2", name: "欧阳清", level: "silver" },
  { id: "c3", name: "李", level: "basic" },
];

export const accounts = [
  { login: "lin", password: "demo-lin-2026", name: "林晓", role: "agent", title: "朝阳店坐席", serves_online: true },
  { login: "zhou", password: "demo-zhou-2026", name: "周岚", role: "lead", title: "客服主管" },
  { login: "admin", password: "demo-admin-2026", name: "管理员", role: "administrator", title: "系统管理员" },
];
