"""Understanding errands: few patterns, each certain. What is not certain is left to the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xiaoer.kit.money import Money
from xiaoer.kit.text import fold
from xiaoer.modules import catalog, orders
from xiaoer.modules.selfservice.contracts import Errand, Wish

_ORDER_NUMBER = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,4}\d{8,20}|#w\d{5,12}|\d{12,20})(?![a-z0-9])")
_MINE = re.compile(
    r"我的|我买|我订|我下|我那|查一?下|帮我查|看一?下|my|our|where'?s|where is|track"
)
_ORDER = re.compile(r"订单|order(?!\s*online)")
_PARCEL = re.compile(r"快递|物流|包裹|发货了|到哪|派送|送到哪|parcel|package|shipment|delivery")
_WHERE = re.compile(
    r"(订单|快递|包裹|东西|货|我买的|那单|这单).{0,6}(什么位置|什么地方|走到哪|送到哪|物流|到哪|在哪|哪儿了|哪里了|啥时候到|什么时候到|几时到|怎么还没|还没到|状态|进度)"
    r"|查.{0,4}(物流|快递|订单|包裹)|(物流|快递|订单|包裹).{0,4}(查询|状态|进度|到哪)"
    r"|(where|track|status).{0,16}(order|parcel|package|shipment)"
    r"|(order|parcel|package).{0,12}(status|arriv|where)"
)
_HOURS = re.compile(
    r"几点.{0,3}(关门|开门|打烊|营业|下班|开始营业|开到|关)|营业(时间|到几点)|(开门|关门|打烊)时间|"
    r"(还|现在|今天|今晚)(在)?(开着|营业|开门)吗|opening hours|(when|what time).{0,16}(open|close)|are you open"
)
_FACILITIES: Mapping[str, re.Pattern[str]] = {
    "母婴室": re.compile(r"母婴室|哺乳室|喂奶|换尿布|nursing room|baby room"),
    "卫生间": re.compile(r"卫生间|厕所|洗手间|toilet|restroom|washroom|bathroom"),
    "充电宝": re.compile(
        r"(?:借|租|共享|有没有|有|哪.{0,4}|找)(?:个|到)?充电宝|充电宝.{0,4}(?:在哪|哪|怎么借|怎么租|有吗|有没有|借|租)|^充电宝[?？吗]*$|"
        r"power ?bank"
    ),
    "轮椅": re.compile(r"轮椅|wheelchair"),
    "寄存": re.compile(r"寄存|存包|行李.{0,3}(放|存)|locker|luggage"),
    "婴儿车": re.compile(r"(借|租|有).{0,3}(婴儿车|童车|儿童推车)|borrow a stroller"),
    "吸烟": re.compile(r"吸烟(区|室|点|的地方)|抽烟的地方|smoking (area|room)"),
    "ATM": re.compile(r"\batm\b|取款机|取钱"),
}
_RETURNING = re.compile(
    r"退货|退款|换货|退换|取消|改地址|催|投诉|发票|赔|丢|破损|少发|错发|refund|return|cancel|exchange"
)


def understand(text: str) -> Wish | None:
    """The errand, when the words leave no doubt; ``None`` leaves the question to the bot."""
    folded = fold(text)
    number = order_number(folded)
    if _RETURNING.search(folded):
        return None
    if _WHERE.search(folded) and (number or _MINE.search(folded) or len(folded) <= 16):
        errand = Errand.PARCEL if _PARCEL.search(folded) else Errand.ORDER_STATUS
        return Wish(errand, order_number=number)
    if number and len(folded) - len(number) <= 12:
        return Wish(Errand.ORDER_STATUS, order_number=number)
    if len(folded) > 40:
        return None
    for facility, pattern in _FACILITIES.items():
        if pattern.search(folded):
            return Wish(Errand.FACILITY, facility=facility, place=text)
    if _HOURS.search(folded):
        return Wish(Errand.HOURS, place=text)
    return None


def order_number(folded: str) -> str:
    """The first thing in a folded text that looks like an order number, in upper case."""
    found = _ORDER_NUMBER.search(folded)
    return found.group().upper() if found else ""


def name_place(
    text: str, stores: Sequence[catalog.contracts.Store]
) -> catalog.contracts.Store | None:
    """The store that a text names, by its full, short, district or (if alone there) city name."""
    folded = fold(text)
    for names in (_own_names, _districts):
        named = [s for s in stores if any(n and fold(n) in folded for n in names(s))]
        if len(named) == 1:
            return named[0]
        if named:
            return max(named, key=lambda s: max(len(n) for n in names(s) if fold(n) in folded))
    in_city = [s for s in stores if s.city and fold(s.city.removesuffix("市")) in folded]
    return in_city[0] if len(in_city) == 1 else None


def _own_names(store: catalog.contracts.Store) -> tuple[str, ...]:
    return (store.name, store.short, store.en)


def _districts(store: catalog.contracts.Store) -> tuple[str, ...]:
    place = store.short or store.name
    return tuple(filter(None, (store.district.removesuffix("区"), place.removesuffix("店"))))


_ORDER_WORDS = {
    "unpaid": ("待付款", "awaiting payment"),
    "paid": ("已付款，等待发货", "paid, waiting to be shipped"),
    "packing": ("正在备货", "being packed"),
    "shipped": ("已发货", "shipped"),
    "ready_for_pickup": ("已到店，可以自提", "ready for pick-up"),
    "delivered": ("已送达", "delivered"),
    "completed": ("已完成", "completed"),
    "cancelled": ("已取消", "cancelled"),
    "returning": ("退货处理中", "return in progress"),
    "exchanging": ("换货处理中", "exchange in progress"),
    "refunded": ("已退款", "refunded"),
}
_PARCEL_WORDS = {
    "collected": ("已揽收", "collected"),
    "in_transit": ("运输中", "in transit"),
    "out_for_delivery": ("派送中", "out for delivery"),
    "delayed": ("有延误", "delayed"),
    "delivered": ("已签收", "delivered"),
    "returned": ("已退回", "returned"),
}


def status_words(status: str, locale: str) -> str:
    """An order's status in a few words."""
    zh, en = _ORDER_WORDS.get(status, (status, status))
    return zh if locale.startswith("zh") else en


def parcel_words(status: str, locale: str) -> str:
    """A parcel's status in a few words."""
    zh, en = _PARCEL_WORDS.get(status, (status, status))
    return zh if locale.startswith("zh") else en


def order_card(order: orders.contracts.Order, locale: str) -> dict[str, Any]:
    """The card of an order with its parcels."""
    return {
        "card": "order",
        "number": order.number,
        "status": str(order.status),
        "status_text": status_words(str(order.status), locale),
        "placed_at": order.placed_at.isoformat(),
        "total": money_json(order.total),
        "items": [
            {"title": i.title, "qty": i.quantity, "image": i.picture, "variant": i.variant}
            for i in order.items
        ],
        "parcels": [parcel_json(p, locale) for p in order.parcels],
    }


def parcel_json(parcel: orders.contracts.Parcel, locale: str) -> dict[str, Any]:
    """A parcel with its last event."""
    last = parcel.last_event
    return {
        "carrier": parcel.carrier,
        "number": parcel.number,
        "status": str(parcel.status),
        "status_text": parcel_words(str(parcel.status), locale),
        "last_event": last.text if last else "",
        "last_event_at": last.at.isoformat() if last else None,
        "eta": parcel.eta.isoformat() if parcel.eta else None,
    }


def order_sentence(order: orders.contracts.Order, locale: str) -> str:
    """What happened and what to expect, in one sentence."""
    words = status_words(str(order.status), locale)
    parcel = order.parcels[-1] if order.parcels else None
    zh = locale.startswith("zh")
    if parcel is None or str(order.status) in ("cancelled", "refunded"):
        return f"订单 {order.number} {words}。" if zh else f"Order {order.number} is {words}."
    where = parcel_words(str(parcel.status), locale)
    eta = _eta(parcel.eta, locale) if parcel.delivered_at is None else ""
    if zh:
        tail = f"，预计 {eta} 前送达" if eta else ""
        return f"订单 {order.number} 由{parcel.carrier}承运，{where}{tail}。"
    tail = f", expected by {eta}" if eta else ""
    return f"Order {order.number} travels with {parcel.carrier}: {where}{tail}."


def money_json(money: Money) -> dict[str, Any]:
    """An amount as the interface describes it."""
    return {"minor": money.minor, "currency": money.currency}


def store_card(store: catalog.contracts.Store, facility: str = "") -> dict[str, Any]:
    """The card of a store, with the facility that was asked for in front."""
    facilities = sorted(store.facilities, key=lambda f: facility not in f.name)
    return {
        "card": "store",
        "name": store.name,
        "floor": "",
        "hours": store.hours_text,
        "phone": store.phone,
        "facilities": [f"{f.name} · {f.place}" if f.place else f.name for f in facilities],
        "parking": store.parking.text,
        "map": {"x": store.map_x, "y": store.map_y},
    }


def facility_of(store: catalog.contracts.Store, facility: str) -> catalog.contracts.Facility | None:
    """The facility of a store by the word that customers use for it."""
    return next((f for f in store.facilities if fold(facility) in fold(f.name)), None)


def _eta(eta: datetime | None, locale: str) -> str:
    if eta is None:
        return ""
    local = eta.astimezone(ZoneInfo("Asia/Shanghai"))
    if locale.startswith("zh"):
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%d %b %H:%M}"
