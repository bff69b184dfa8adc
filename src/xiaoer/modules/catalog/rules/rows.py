"""Rows of a retailer's own file as stores, products, promotions, brands and counters.

Rows of one product, one a variant, stand together; what belongs to the product is taken from the
first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any, TypeVar

from xiaoer.kit.cells import EMPTY, BadCell, Cells, Fields
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Why
from xiaoer.modules.catalog.contracts import (
    Brand,
    Catalogue,
    Counter,
    Facility,
    Floor,
    Hours,
    NewProduct,
    NewPromotion,
    NewStore,
    Parking,
    Span,
    Variant,
)
from xiaoer.modules.catalog.errors import BadCatalogue
from xiaoer.modules.catalog.rules import prepared

T = TypeVar("T")
COLUMNS = {
    "code": ("编号", "编码", "门店编号", "品牌编号", "活动编号", "product", "product_code",
             "商品编号", "款号"),
    "name": ("名称", "门店名称", "品牌名称", "title"),
    "title": ("商品名称", "标题", "活动名称", "name", "名称"),
    "en": ("英文名",), "short": ("简称",), "format": ("业态",), "city": ("城市",),
    "district": ("区县", "区"), "address": ("地址",), "metro": ("地铁", "交通"),
    "phone": ("电话", "服务电话"), "floors": ("floor", "楼层"),
    "hours": ("营业时间",), "desk": ("服务台",), "parking": ("停车", "停车规则"),
    "facilities": ("设施", "服务设施"), "unit_path": ("组织路径",), "x": ("map_x",),
    "y": ("map_y",), "brand": ("品牌",), "category": ("类目", "分类", "品类"),
    "line_name": ("系列",), "description": ("描述", "详情"), "url": ("链接",),
    "picture": ("image", "图片"), "sku": ("规格编号", "商品编码", "货号"),
    "variant": ("规格", "款式", "label"), "price": ("价格", "售价", "单价"),
    "available": ("有货", "是否有货", "在售"), "currency": ("币种",), "variants": (),
    "kind": ("类型", "活动类型"), "places": ("门店", "适用门店", "地点"),
    "categories": ("适用类目",), "starts_at": ("start", "开始", "开始时间", "开始日期"),
    "ends_at": ("end", "结束", "结束时间"), "rule": ("规则", "活动规则"),
    "threshold": ("满",), "off": ("减",), "latin": ("英文名", "en"), "tier": ("档次",),
    "store": ("门店", "门店编号"), "spot": ("铺位", "位置"),
    "pickup": ("自提", "支持自提", "可自提"), "returns": ("退换规则", "退货规则"),
    "price_kind": ("价格类型",),
}  # fmt: skip
_RETURNS = {"any": "any", "quality": "quality", "可退换": "any", "七天无理由": "any",
            "仅质量问题可退换": "quality"}  # fmt: skip
_PRICES = {"normal": "normal", "flash": "flash", "日常价": "normal", "限时秒杀": "flash",
           "秒杀": "flash"}  # fmt: skip
KINDS = ("stores", "products", "promotions", "brands", "counters")
_DAYS = {name: n for n, name in enumerate("一二三四五六日")} | {
    "天": 6, **{name: n for n, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
}  # fmt: skip
_ENGLISH = r"(?:mon|tue|wed|thu|fri|sat|sun)(?=[a-z]*)"
_DAY = rf"(?:(?:周|星期)(?=[一二三四五六日天])|\b(?={_ENGLISH}))([一二三四五六日天]|{_ENGLISH})[a-z]*"
_LAST = rf"(?:周|星期)?([一二三四五六日天]|{_ENGLISH})[a-z]*"
_RANGE = re.compile(rf"{_DAY}\s*(?:至|到|-|–|—|~)\s*{_LAST}")
_ONE_DAY = re.compile(_DAY)
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:至|到|-|–|—|~)\s*(\d{1,2})[:：](\d{2})")


def key_in(kind: str, fields: Fields) -> str:
    """By which text rows belong together; empty when each stands alone."""
    return Cells(fields, COLUMNS).text("code") if kind == "products" else ""


def read_rows(kind: str, group: Sequence[Fields]) -> Catalogue:
    """What rows of a kind tell; raises :class:`BadCell`."""
    rows = [Cells(fields, COLUMNS) for fields in group]
    head = rows[0]
    match kind:
        case "stores":
            found = Catalogue(stores=(_store(head),))
        case "products":
            found = Catalogue(products=(_product(rows),))
        case "promotions":
            found = Catalogue(promotions=(_promotion(head),))
        case "brands":
            found = Catalogue(brands=(Brand(
                _code(head), head.text("name", needed=True), head.text("latin"),
                head.text("category"), head.whole("tier") or 2),))
        case _:
            found = Catalogue(counters=(_counter(head),))
    try:
        return prepared(found)
    except BadCatalogue as error:
        raise BadCell(field="code", reason=error.fields["reason"]) from error


def together(parts: Sequence[Catalogue]) -> Catalogue:
    """Many small loads as one."""
    return Catalogue(
        brands=tuple(one for part in parts for one in part.brands),
        stores=tuple(one for part in parts for one in part.stores),
        counters=tuple(one for part in parts for one in part.counters),
        products=tuple(one for part in parts for one in part.products),
        promotions=tuple(one for part in parts for one in part.promotions),
    )


def _code(row: Cells) -> str:
    return row.text("code", needed=True, longest=80)


def _store(row: Cells) -> NewStore:
    code = _code(row)
    hours_text = row.text("hours")
    return NewStore(
        code, row.text("unit_path") or f"/{code}/", row.text("name", needed=True),
        short=row.text("short"), en=row.text("en"), format=row.text("format"),
        city=row.text("city"), district=row.text("district"), address=row.text("address"),
        metro=row.text("metro"), phone=row.text("phone", longest=60),
        floors=tuple(Floor(*_pair(part)) for part in row.parts("floors")),
        hours=read_hours(hours_text), hours_text=hours_text, desk=row.text("desk"),
        parking=Parking(row.text("parking")),
        facilities=tuple(Facility(*_pair(part)) for part in row.parts("facilities")),
        map_x=min(row.whole("x") or 0, 100), map_y=min(row.whole("y") or 0, 100),
        pickup=bool(row.flag("pickup")),
    )


def read_hours(text: str) -> Hours:
    """``周一至周五 10:00–22:00；周末 9:30–22:00``; hours without days hold every day."""
    week: list[tuple[Span, ...]] = [() for _ in range(7)]
    for part in re.split(r"[;；\n]|(?<=\d)[,，、]\s*(?=[周星mtwfs每])", text.lower()):
        spans = tuple(_span(*found) for found in _SPAN.findall(part))
        if part.strip() and not spans:
            raise BadCell(field="hours", reason=Why(
                f"看不懂“{part.strip()[:40]}”", f"“{part.strip()[:40]}” cannot be read"))
        for day in _days(_SPAN.sub("", part)):
            week[day] = spans
    return Hours(week=tuple(week))


def _days(text: str) -> set[int]:
    text = text.replace("工作日", "周一至周五").replace("weekdays", "mon-fri")
    found: set[int] = set()
    for first, last in _RANGE.findall(text):
        start, end = _DAYS[first], _DAYS[last]
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    found |= {_DAYS[one] for one in _ONE_DAY.findall(_RANGE.sub("", text))}
    if "周末" in text or "weekend" in text:
        found |= {5, 6}
    return found or set(range(7))


def _span(*numbers: str) -> Span:
    first, first_minute, last, last_minute = map(int, numbers)
    try:
        return Span(time(first % 24, first_minute), time(last % 24, last_minute))
    except ValueError as error:
        raise BadCell(field="hours", reason=Why("时间不存在", "there is no such time")) from error


def _pair(part: str) -> tuple[str, str]:
    first, _, rest = part.partition(" ")
    return first.strip(), rest.strip()


def _product(rows: Sequence[Cells]) -> NewProduct:
    head = rows[0]
    variants = tuple(variant for row in rows for variant in _variants(row))
    if not variants:
        raise BadCell(field="price", reason=EMPTY)
    return NewProduct(
        head.text("code", longest=80) or variants[0].sku,
        head.text("title", needed=True, longest=300), variants, brand=head.text("brand"),
        category=head.text("category"), line_name=head.text("line_name"),
        description=head.text("description"), picture=head.text("picture"),
        url=_url(head), unit_path=head.text("unit_path") or "/", extra=_rules_of(head),
    )  # fmt: skip


def _rules_of(head: Cells) -> dict[str, Any]:
    """What the after-sales policy looks at, under the keys that ``NewProduct`` reads."""
    found: dict[str, Any] = {}
    if head.choice("returns", _RETURNS) == "quality":
        found["returns"] = "quality"
    if head.flag("pickup") is False:
        found["pickup"] = False
    return found


def _variants(row: Cells) -> Iterator[Variant]:
    nested = [Cells(fields, COLUMNS) for fields in row.rows("variants")]
    currency = row.text("currency") or "CNY"
    for one in nested or [row]:
        available = one.flag("available")
        yield Variant(
            one.text("sku", longest=80) or _code(row), one.text("variant"), {},
            _needed("price", one.money("price", currency)),
            True if available is None else available,
            {"price_kind": "flash"} if one.choice("price_kind", _PRICES) == "flash" else {},
        )


def _url(row: Cells) -> str:
    url = row.text("url", longest=500)
    if url and not url.startswith(("https://", "http://", "/")):
        raise BadCell(field="url", reason=Why("应以 https:// 开头", "should begin with https://"))
    return url


def _promotion(row: Cells) -> NewPromotion:
    return NewPromotion(
        _code(row), row.text("title", needed=True),
        _needed("starts_at", row.moment("starts_at")), _needed("ends_at", row.moment("ends_at")),
        rule=row.text("rule"), en=row.text("en"), kind=row.text("kind", longest=40) or "other",
        places=row.parts("places") or ("/",), categories=row.parts("categories"),
        brand=row.text("brand"), threshold=_minor(row.money("threshold")),
        off=_minor(row.money("off")),
    )  # fmt: skip


def _minor(money: Money | None) -> int | None:
    return money.minor if money else None


def _needed(column: str, value: T | None) -> T:
    if value is None:
        raise BadCell(field=column, reason=EMPTY)
    return value


def _counter(row: Cells) -> Counter:
    brand, store = row.text("brand", needed=True), row.text("store", needed=True)
    return Counter(brand, store, row.text("unit_path") or f"/{store}/{brand}/",
                   row.text("floors", needed=True), row.text("spot"), row.text("phone"))
