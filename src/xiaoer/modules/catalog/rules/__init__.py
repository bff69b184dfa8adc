"""What is decided about places and goods: when a place is open, which place is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xiaoer.kit.problem import Why
from xiaoer.kit.text import clean, fold, search_terms
from xiaoer.modules.catalog.contracts import (
    Catalogue,
    Hours,
    NewProduct,
    NewPromotion,
    NewStore,
    Opening,
    Product,
    Span,
    Store,
)
from xiaoer.modules.catalog.errors import BadCatalogue

LONGEST_CODE = 80
MOST_VARIANTS = 1000
LOOK_AHEAD_DAYS = 14
_ENDINGS = ("店", "商场", "百货", "广场")


def open_now(hours: Hours, now: datetime) -> Opening:
    """Whether a place is open at ``now``, until when, or when it opens next.

    A date's holiday hours replace its weekday's; spans that touch are one.
    """
    zone = ZoneInfo(hours.zone)
    local = now.astimezone(zone)
    until: datetime | None = None
    next_at: datetime | None = None
    for start, end in _moments(hours, local.date(), zone):
        if start <= local < end or (until is not None and start <= until < end):
            until = end
        elif start > local and next_at is None and until is None:
            next_at = start
    return Opening(until is not None, until, None if until else next_at)


def _moments(hours: Hours, today: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    found = []
    for offset in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        for span in spans_on(hours, day):
            later = timedelta(days=1 if span.closes <= span.opens else 0)
            found.append((datetime.combine(day, span.opens, zone),
                          datetime.combine(day + later, span.closes, zone)))
    return sorted(found)


def spans_on(hours: Hours, day: date) -> tuple[Span, ...]:
    """The hours of one date."""
    for holiday in hours.holidays:
        if holiday.on == day:
            return holiday.spans
    return hours.week[day.weekday()] if len(hours.week) == 7 else ()


def day_of(hours: Hours, now: datetime) -> date:
    """The date at a place."""
    return now.astimezone(ZoneInfo(hours.zone)).date()


def hours_on(hours: Hours, day: date) -> str:
    """The hours of one date as people write them; empty when closed."""
    return "、".join(f"{_clock(s.opens)}–{_clock(s.closes)}" for s in spans_on(hours, day))


def _clock(moment: time) -> str:
    return "24:00" if moment == time(0) else f"{moment:%H:%M}"


def meant(stores: Iterable[Store], text: str) -> tuple[Store, ...]:
    """The stores that a text names, those named most exactly; none when it names no place."""
    typed = fold(text).replace(" ", "")
    scored = [(_likeness(store, typed), store) for store in stores]
    best = max((score for score, _ in scored), default=0)
    return tuple(store for score, store in scored if score == best) if best else ()


def _likeness(store: Store, typed: str) -> int:
    if typed and typed == fold(store.code):
        return 1000
    names = ((store.name, 60), (store.en, 60), (store.short, 50), (_stem(store.short), 40),
             (store.district, 20), (_stem(store.district, ("新区", "区")), 18), (store.city, 10))
    found = [worth + len(name) for name, worth in _folded(names) if name in typed]
    return max(found, default=0)


def _folded(names: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for name, worth in names:
        folded = fold(name).replace(" ", "")
        if len(folded) >= 2:
            yield folded, worth


def _stem(name: str, endings: Sequence[str] = _ENDINGS) -> str:
    for ending in endings:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return ""


def prepared(load: Catalogue) -> Catalogue:
    """Check what is loaded; of two things with one code the later counts."""
    return Catalogue(
        brands=tuple({brand.code: brand for brand in load.brands}.values()),
        stores=tuple({store.code: _store(store) for store in load.stores}.values()),
        counters=tuple({(c.brand, c.store): c for c in load.counters}.values()),
        products=_products(load.products),
        promotions=tuple({p.code: _promotion(p) for p in load.promotions}.values()),
    )


def _store(store: NewStore) -> NewStore:
    _code(store.code)
    if not store.unit_path.startswith("/") or not store.unit_path.endswith("/"):
        raise BadCatalogue(thing=store.code, reason=Why(
            "所属组织的路径要以 / 开头和结尾", "the path of its place has to begin and end with /"))
    if len(store.hours.week) != 7:
        raise BadCatalogue(thing=store.code, reason=Why("营业时间要有七天", "opening hours need seven days"))
    try:
        ZoneInfo(store.hours.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadCatalogue(thing=store.code, reason=Why(
            f"没有时区 {store.hours.zone}", f"there is no time zone {store.hours.zone}")) from error
    return replace(store, name=clean(store.name)[:200])


def _products(products: Iterable[NewProduct]) -> tuple[NewProduct, ...]:
    found: dict[str, NewProduct] = {}
    owner: dict[str, str] = {}
    for product in products:
        found[_code(product.code)] = _product(product)
        for variant in product.variants:
            if owner.setdefault(variant.sku, product.code) != product.code:
                raise BadCatalogue(thing=variant.sku, reason=Why(
                    f"也属于商品 {owner[variant.sku]}", f"belongs to {owner[variant.sku]} as well"))
    return tuple(found.values())


def _product(product: NewProduct) -> NewProduct:
    title = clean(product.title)[:300]
    if not title:
        raise BadCatalogue(thing=product.code, reason=Why("商品没有名称", "the product has no name"))
    skus = [_code(variant.sku) for variant in product.variants]
    if len(set(skus)) != len(skus) or len(skus) > MOST_VARIANTS:
        raise BadCatalogue(thing=product.code, reason=Why(
            "规格编号重复或过多", "SKUs are double or too many"))
    if any(variant.price.minor < 0 for variant in product.variants):
        raise BadCatalogue(thing=product.code, reason=Why("价格不能是负数", "prices cannot be negative"))
    return replace(product, title=title, description=clean(product.description))


def _promotion(promotion: NewPromotion) -> NewPromotion:
    _code(promotion.code)
    if promotion.ends_at <= promotion.starts_at:
        raise BadCatalogue(thing=promotion.code, reason=Why(
            "结束时间要晚于开始时间", "the end has to be after the beginning"))
    return replace(promotion, title=clean(promotion.title)[:300])


def _code(code: str) -> str:
    if not clean(code) or clean(code) != code or len(code) > LONGEST_CODE:
        raise BadCatalogue(thing=code[:LONGEST_CODE], reason=Why(
            "编号为空、过长或带有空白", "the code is empty, too long or has blanks"))
    return code


def words_of(product: NewProduct) -> str:
    """The terms under which a product is found, separated by spaces."""
    texts = (product.title, product.code, product.brand, product.line_name, product.category,
             *product.facts.values())
    return " ".join(dict.fromkeys(term for text in texts for term in search_terms(text)))


def product_card(product: Product, reason: str = "") -> dict[str, Any]:
    """The fields of a product card of a message."""
    return {
        "card": "product", "title": product.title,
        "price": {"minor": product.price.minor, "currency": product.price.currency},
        "image": product.picture or None, "reason": reason or None, "url": product.url or None,
    }


def store_card(store: Store, now: datetime, locale: str = "zh-CN") -> dict[str, Any]:
    """The fields of a store card of a message, with today's hours."""
    chinese = locale.startswith("zh")
    today = day_of(store.hours, now)
    floors = [floor.floor for floor in store.floors]
    return {
        "card": "store", "name": store.name if chinese or not store.en else store.en,
        "floor": f"{floors[0]}–{floors[-1]}" if len(floors) > 1 else next(iter(floors), None),
        "hours": (store.hours_text if chinese else "") or hours_on(store.hours, today) or None,
        "phone": store.phone or None,
        "facilities": [f"{one.name} {one.place}".strip() for one in store.facilities],
        "parking": store.parking.text or None, "address": store.address or None,
        "map": {"x": store.map_x, "y": store.map_y} if store.map_x or store.map_y else None,
    }
