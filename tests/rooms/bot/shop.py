"""A customer with three orders, and what a flow may look at of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from xiaoer.kit.money import Money
from xiaoer.ladder.acting import BOOK
from xiaoer.modules.bot.contracts import View
from xiaoer.modules.catalog.contracts import Product, ProductId, Store, StoreId, Variant
from xiaoer.modules.orders.contracts import Item, Order, OrderId, Status

__all__ = ["BOOK", "NOW", "VIEW"]

NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SHIRT = {"M": "S-M", "L": "S-L", "XL": "S-XL"}


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def item(sku: str, title: str, product: str, **options: str) -> Item:
    return Item(sku, title, 1, yuan(100), product, " ".join(options.values()), options=options)


def order(number: str, status: Status, days: int, *items: Item, city: str = "杭州") -> Order:
    at = NOW - timedelta(days=days)
    return Order(
        id=OrderId(uuid4()), version=1, number=number, status=status, placed_at=at, updated_at=at,
        items=items, total=yuan(100 * len(items)), customer_id=uuid4(), unit_path="/",
        fulfilment="delivery", goods=yuan(100), discount=yuan(0), shipping=yuan(0), recipient="",
        phone="", phone_last4="", address={"city": city}, payments=(), parcels=(), returned=None,
        extra={},
    )  # fmt: skip


shirts = (item("S-M", "纯棉圆领T恤", "S", 颜色="白色", 尺码="M"),
          item("S-M", "纯棉圆领T恤", "S", 颜色="白色", 尺码="M"),
          item("K-1", "电动牙刷", "K", 颜色="粉色"))  # fmt: skip
VIEW = View(
    NOW,
    (order("HT2611190001", Status.PAID, 1, item("F-1", "落地风扇", "F")),
     order("HT2611100002", Status.DELIVERED, 10, *shirts),
     order("HT2611010003", Status.SHIPPED, 19, item("B-1", "手持挂烫机", "B"), city="上海")),
    {"S": Product(
        code="S", title="纯棉圆领T恤", id=ProductId(uuid4()), updated_at=NOW,
        variants=tuple(Variant(sku, f"白色 {size}", {"颜色": "白色", "尺码": size}, yuan(100))
                       for size, sku in SHIRT.items()))},
    tuple(Store(code=code, unit_path=f"/{code}", name=name, city=city, id=StoreId(uuid4()))
          for code, name, city in (("S1", "西湖店", "杭州"), ("S2", "静安店", "上海"))),
    "林晓梅",
)  # fmt: skip
