"""Rows of a retailer's own file as orders: one row a line of an order, or whole orders nested.

Rows of one order stand together; what belongs to the order is taken from its first row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from xiaoer.kit.cells import EMPTY, BadCell, Cells, Fields
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Why
from xiaoer.modules.orders.contracts import (
    Item,
    NewOrder,
    Parcel,
    ParcelStatus,
    Payment,
    ReadOrder,
    Return,
    Status,
    TrackingEvent,
)
from xiaoer.modules.orders.errors import BadOrder
from xiaoer.modules.orders.rules import PARCEL_TEXTS, TEXTS, prepared

COLUMNS = {
    "number": ("order_number", "order_no", "order_id", "订单号", "订单编号", "单号"),
    "customer": ("会员", "客户", "会员号", "客户编号", "member_no", "external_id"),
    "phone": ("手机号", "收货电话", "收货人手机", "电话", "mobile"),
    "placed_at": ("下单时间", "订单时间", "创建时间"),
    "updated_at": ("更新时间",),
    "status": ("订单状态", "状态"),
    "sku": ("规格编号", "商品编码", "商品编号", "货号"),
    "product": ("商品款号", "款号"),
    "title": ("商品名称", "商品", "品名"),
    "variant": ("规格", "款式"),
    "qty": ("quantity", "数量", "件数"),
    "price": ("单价", "价格"),
    "image": ("picture", "图片"),
    "total": ("实付", "实付金额", "总金额", "订单金额"),
    "shipping": ("运费",),
    "discount": ("优惠", "优惠金额"),
    "recipient": ("收货人", "收件人"),
    "address": ("收货地址", "地址"),
    "unit_path": ("组织路径", "门店"),
    "fulfilment": ("配送方式", "履约方式"),
    "method": ("支付方式",),
    "paid_at": ("支付时间", "付款时间"),
    "tracking": ("快递单号", "运单号", "物流单号", "tracking_number"),
    "carrier": ("快递公司", "物流公司", "承运商"),
    "parcel_status": ("物流状态",),
    "paid_price": ("实付单价", "成交价"), "presale": ("预售", "是否预售"),
    "ship_by": ("承诺发货时间", "最晚发货时间"), "signed_at": ("签收时间",),
    "freight_cover": ("运费险保额", "运费险"), "freight_claimed": ("运费险已理赔",),
    "pickup_store": ("自提门店",), "return_parcel": ("退货运单号", "退货快递单号"),
    "return_mailed_at": ("退货寄出时间",), "return_shipping_by": ("寄回运费承担方",),
    "currency": ("币种",),
    "items": (), "parcels": (), "events": (), "eta": ("预计送达",), "at": ("时间",),
    "text": ("内容", "描述"),
}  # fmt: skip
_STATUSES = {status.value: status.value for status in Status} | {
    words[0]: status for status, words in TEXTS.items()
} | {"已付款": "paid", "待发货": "paid", "交易成功": "completed", "已关闭": "cancelled",
     "交易关闭": "cancelled", "配送中": "shipped", "已签收": "delivered"}  # fmt: skip
_PARCEL_STATUSES = {status.value: status.value for status in ParcelStatus} | {
    words[0]: status for status, words in PARCEL_TEXTS.items()
}
_PAYERS = {"buyer": "buyer", "seller": "seller", "顾客": "buyer", "买家": "buyer",
           "商家": "seller", "卖家": "seller"}  # fmt: skip
_WAYS = {"delivery": "delivery", "local": "local", "pickup": "pickup", "counter": "counter",
         "快递": "delivery", "同城": "local", "自提": "pickup", "门店": "counter"}  # fmt: skip


def number_in(fields: Fields) -> str:
    """By which number rows belong together."""
    return Cells(fields, COLUMNS).text("number")


def read_rows(group: Sequence[Fields]) -> ReadOrder:
    """An order as its rows tell it; raises :class:`BadCell`."""
    rows = [Cells(fields, COLUMNS) for fields in group]
    head = rows[0]
    currency = head.text("currency") or "CNY"
    items = tuple(item for row in rows for item in _items(row, currency))
    order = NewOrder(
        head.text("number", needed=True), _status(head), _placed(head), items,
        _total(head, items, currency), unit_path=head.text("unit_path", longest=400) or "/",
        fulfilment=head.choice("fulfilment", _WAYS) or "delivery",
        updated_at=head.moment("updated_at"), discount=head.money("discount", currency),
        shipping=head.money("shipping", currency), recipient=head.text("recipient", longest=200),
        phone=head.text("phone", longest=40), address=_address(head),
        parcels=_parcels(rows, len(items)), returned=_returned(head), extra=_extra(head, currency),
    )  # fmt: skip
    order = replace(order, payments=_payments(head, order))
    try:
        checked = prepared([order])[0]
    except BadOrder as error:
        raise BadCell(field="number", reason=error.fields["reason"]) from error
    return ReadOrder(checked, head.text("customer", longest=200), order.phone)


def _status(head: Cells) -> Status:
    return Status(head.choice("status", _STATUSES) or Status.PAID)


def _placed(head: Cells) -> datetime:
    placed = head.moment("placed_at")
    if placed is None:
        raise BadCell(field="placed_at", reason=EMPTY)
    return placed


def _items(row: Cells, currency: str) -> Iterator[Item]:
    nested = [Cells(fields, COLUMNS) for fields in row.rows("items")]
    for line in nested or ([row] if row.text("title") or row.text("sku") else []):
        price = line.money("price", currency)
        if price is None:
            raise BadCell(field="price", reason=EMPTY)
        quantity = line.whole("qty")
        yield Item(
            line.text("sku", longest=80), line.text("title", longest=300) or line.text("sku"),
            1 if quantity is None else quantity, price, line.text("product", longest=80),
            line.text("variant", longest=200), line.text("image", longest=500),
            paid=line.money("paid_price", currency),
        )


def _extra(head: Cells, currency: str) -> dict[str, Any]:
    """What the after-sales policy looks at, under the keys that ``NewOrder`` names."""
    cover = head.money("freight_cover", currency)
    claimed = bool(head.flag("freight_claimed"))
    moments = {name: head.moment(name) for name in ("ship_by", "signed_at")}
    found: dict[str, Any] = {name: at.isoformat() for name, at in moments.items() if at}
    if head.flag("presale"):
        found["presale"] = True
    if head.text("pickup_store"):
        found["pickup_store"] = head.text("pickup_store", longest=80)
    if cover is not None and cover.minor:
        found["freight_insurance"] = {"cover": cover.minor, "claimed": claimed}
    return found


def _returned(head: Cells) -> Return | None:
    parcel, by = head.text("return_parcel", longest=60), head.choice("return_shipping_by", _PAYERS)
    if not parcel and not by:
        return None
    return Return(parcel, "requested", parcel=parcel, mailed_at=head.moment("return_mailed_at"),
                  shipping_by=by)  # fmt: skip


def _total(head: Cells, items: Sequence[Item], currency: str) -> Money:
    told = head.money("total", currency)
    if told is not None:
        return told
    goods = sum(item.price.minor * item.quantity for item in items)
    more, less = (head.money(name, currency) for name in ("shipping", "discount"))
    return Money(goods + (more.minor if more else 0) - (less.minor if less else 0), currency)


def _payments(head: Cells, order: NewOrder) -> tuple[Payment, ...]:
    method, at = head.text("method", longest=60), head.moment("paid_at")
    return (Payment(method, order.total, at=at),) if method or at else ()


def _address(head: Cells) -> dict[str, str]:
    raw = head.raw("address")
    if isinstance(raw, dict):
        return {str(key): str(value)[:500] for key, value in raw.items()}
    text = head.text("address", longest=500)
    return {"text": text} if text else {}


def _parcels(rows: Sequence[Cells], items: int) -> tuple[Parcel, ...]:
    nested = [Cells(fields, COLUMNS) for row in rows for fields in row.rows("parcels")]
    if nested:
        return tuple(_parcel(row, tuple(range(items))) for row in nested)
    found: dict[str, tuple[Cells, list[int]]] = {}
    for place, row in enumerate(rows):
        number = row.text("tracking", longest=60)
        if number:
            found.setdefault(number, (row, []))[1].append(place)
    return tuple(_parcel(row, tuple(p for p in places if p < items))
                 for row, places in found.values())


def _parcel(row: Cells, places: tuple[int, ...]) -> Parcel:
    number = row.text("tracking", longest=60) or row.text("number", needed=True, longest=60)
    status = row.choice("parcel_status", _PARCEL_STATUSES) or "in_transit"
    return Parcel(
        number, row.text("carrier", longest=60), status, places, eta=row.moment("eta"),
        events=tuple(_event(Cells(fields, COLUMNS), status) for fields in row.rows("events")),
    )


def _event(row: Cells, status: str) -> TrackingEvent:
    at = row.moment("at")
    if at is None:
        raise BadCell(field="events", reason=Why("缺少时间", "the time is missing"))
    return TrackingEvent(at, row.text("parcel_status") or status, row.text("text", longest=500))
