"""The tools of a Chinese shop: ten deeds of after-sales, look-ups, identity and the hand-off.

Names and arguments are published with the policy that they keep to; texts are in the language of
its customers and of the models that talk to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xiaoer.ladder.tools.contracts import Effect, ToolSpec
from xiaoer.modules import aftersales

Json = dict[str, Any]
Verb = aftersales.contracts.Verb
_ASKS = "只是提出办理：要先向顾客列明内容，得到明确同意后才会办。"


def _text(description: str, *accepted: str, pattern: str = "") -> Json:
    kind: Json = {"type": "string", "description": description}
    return kind | ({"enum": list(accepted)} if accepted else {}) | (
        {"pattern": pattern} if pattern else {}
    )


def _items(description: str) -> Json:
    return {"type": "array", "items": {"type": "string"}, "minItems": 1,
            "description": f"{description}；同一规格几件就列几次"}  # fmt: skip


def _object(properties: Mapping[str, Json], *optional: str, **more: Any) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", **more, "properties": dict(properties), "required": required,
            "additionalProperties": False}  # fmt: skip


def _spec(
    name: str, effect: Effect, description: str, properties: Mapping[str, Json], *optional: str
) -> ToolSpec:
    asks = _ASKS if effect is Effect.DEED else ""
    return ToolSpec(name, f"{description}{asks}", _object(properties, *optional), effect)


def _reason(verb: Verb, what: str) -> Json:
    return {"reason": _text(what, *aftersales.SHOP_REASONS[verb])}


_ORDER = {"order_id": _text("订单号，例如 HT2611171185")}
_ADDRESS = {
    "address": _object(
        {
            "province": _text("省；直辖市写市名；不带“省”“市”字"),
            "city": _text("市，不带“市”字"),
            "district": _text("区县，带“区”“县”字"),
            "street": _text("路名门牌楼栋房号"),
            "receiver": _text("收件人"),
            "phone": _text("收件手机号", pattern="^1[0-9]{10}$"),
        },
        "receiver", "phone", description="新地址；收件人和手机号没有说要改的不填",
    )
}  # fmt: skip
_STATUSES = ("pending", "ready", "shipped", "delivered", "cancelled", "return_requested",
             "exchange_requested")  # fmt: skip
HAND_OFF_CLAUSES = tuple(f"15.{n}" for n in range(1, 10))
"""For what the published policy hands over to a person."""

_DEEDS = (
    _spec("urge_dispatch", Effect.DEED, "催促仓库发货。", _ORDER),
    _spec("change_address", Effect.DEED, "修改待发货快递订单的收货地址。", _ORDER | _ADDRESS),
    _spec("cancel_order", Effect.DEED, "整单取消。",
          _ORDER | _reason(Verb.CANCEL_ORDER, "取消理由")),
    _spec("return_items", Effect.DEED, "申请退货。",
          _ORDER | {"items": _items("要退的商品编号")} | _reason(Verb.RETURN_ITEMS, "退货理由") | {
              "refund_to": _text("退款去向，顾客没有提出的为 original", "original", "balance")}),
    _spec("exchange_items", Effect.DEED, "申请换货，只能换同一商品的另一规格。",
          _ORDER | {"items": _items("要换的商品编号"),
                    "new_items": _items("换成的商品编号，与 items 一一对应")}
          | _reason(Verb.EXCHANGE_ITEMS, "换货理由")),
    _spec("report_missing_or_damaged", Effect.DEED, "登记少件或破损。",
          _ORDER | {"items": _items("少了或破损的商品编号"),
                    "kind": _text("类型", "missing", "damaged"),
                    "solution": _text("处理方式，由顾客选", "resend", "refund")}),
    _spec("price_protect", Effect.DEED, "申请价格保护。",
          _ORDER | {"items": _items("要保价的商品编号")}),
    _spec("claim_freight_insurance", Effect.DEED, "申请运费险理赔。", _ORDER),
    _spec("issue_invoice", Effect.DEED, "开电子发票。",
          _ORDER | {"type": _text("发票类型", "personal", "company"),
                    "title": _text("抬头；个人发票是账户姓名"),
                    "tax_number": _text("18 位税号，只用于单位发票", pattern="^[0-9A-Z]{18}$"),
                    "email": _text("收票邮箱；顾客没有说的不填，发到注册邮箱")},
          "tax_number", "email"),
    _spec("change_to_pickup", Effect.DEED, "把待发货的快递订单改为到店自提。",
          _ORDER | {"store_id": _text("门店编号，例如 S01")}),
)  # fmt: skip

SHOP_SPECS: tuple[ToolSpec, ...] = (
    *_DEEDS,
    _spec("verify_identity", Effect.IDENTIFY,
          "核验身份：姓名加手机号后四位，或姓名加注册邮箱。返回 user_id 或不符。",
          {"name": _text("姓名"), "phone_last4": _text("手机号后四位", pattern="^[0-9]{4}$"),
           "email": _text("注册邮箱")}, "phone_last4", "email"),
    _spec("get_user", Effect.READ, "已核验账户的资料：姓名、邮箱、余额、默认地址、订单号列表。", {}),
    _spec("list_orders", Effect.READ, "已核验账户的订单，最新的在前。",
          {"status": _text("只看这个状态", *_STATUSES)}, "status"),
    _spec("get_order", Effect.READ, "一个订单的全部内容。", _ORDER),
    _spec("get_parcels", Effect.READ, "一个订单的包裹和最近一条物流记录。", _ORDER),
    _spec("search_products", Effect.READ, "按名称找商品。", {"query": _text("商品名称里的字")}),
    _spec("get_product", Effect.READ, "一个商品的全部规格、现价和有无货。",
          {"product_id": _text("商品编号，例如 P01")}),
    _spec("list_stores", Effect.READ, "门店的地址、营业时间、能否自提。",
          {"city": _text("城市")}, "city"),
    _spec("get_policy", Effect.READ, "规则原文。", {"clause": _text("条或款，例如 7 或 7.2")}),
    _spec("transfer_to_human", Effect.HAND_OFF, "转人工。",
          {"reason": _text("第 15 条的款号", *HAND_OFF_CLAUSES),
           "summary": _text("已经了解到的情况")}),
)  # fmt: skip
