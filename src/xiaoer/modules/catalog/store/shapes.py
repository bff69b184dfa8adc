"""Things of the catalogue to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.modules.catalog.contracts import (
    Brand,
    Counter,
    Facility,
    Floor,
    Holiday,
    Hours,
    NewProduct,
    NewPromotion,
    NewStore,
    Parking,
    Product,
    ProductId,
    Promotion,
    PromotionId,
    Span,
    Store,
    StoreId,
    Tag,
    TraitKind,
    Variant,
)

_STORE_TEXTS = ("code", "unit_path", "name", "short", "en", "format", "city", "district",
                "address", "metro", "phone", "hours_text", "desk", "map_x", "map_y", "latitude",
                "longitude", "pickup")  # fmt: skip
_PRODUCT_TEXTS = ("code", "title", "brand", "category", "line", "line_name", "description",
                  "picture", "url", "unit_path")  # fmt: skip
_PROMOTION_FIELDS = ("code", "title", "en", "kind", "brand", "starts_at", "ends_at", "rule",
                     "threshold", "off")  # fmt: skip


def brand_row(brand: Brand) -> dict[str, Any]:
    """The columns of a brand."""
    return {"code": brand.code, "name": brand.name, "latin": brand.latin,
            "category": brand.category, "tier": brand.tier}


def counter_row(counter: Counter) -> dict[str, Any]:
    """The columns of a counter."""
    return {"brand": counter.brand, "store": counter.store, "unit_path": counter.unit_path,
            "floor": counter.floor, "spot": counter.spot, "phone": counter.phone}


def store_row(store: NewStore, store_id: UUID) -> dict[str, Any]:
    """The columns of a store."""
    parking = store.parking
    return {name: getattr(store, name) for name in _STORE_TEXTS} | {
        "id": store_id,
        "floors": [[one.floor, one.title] for one in store.floors],
        "facilities": [[one.name, one.place] for one in store.facilities],
        "hours": hours_json(store.hours),
        "parking": {
            "text": parking.text, "place": parking.place, "spaces": parking.spaces,
            "free": parking.free, "then": parking.then, "spending": parking.spending,
            "chargers": parking.chargers,
            "day_cap": [parking.day_cap.minor, parking.day_cap.currency]
            if parking.day_cap else None,
        },
    }  # fmt: skip


def hours_json(hours: Hours) -> dict[str, Any]:
    """Hours as they are stored."""
    return {
        "week": [_spans_json(spans) for spans in hours.week],
        "holidays": [
            {"on": one.on, "spans": _spans_json(one.spans), "note": one.note}
            for one in hours.holidays
        ],
        "zone": hours.zone,
    }


def _spans_json(spans: tuple[Span, ...]) -> list[list[str]]:
    return [[f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"] for span in spans]


def product_row(product: NewProduct, product_id: UUID, words: str) -> dict[str, Any]:
    """The columns of a product."""
    return {name: getattr(product, name) for name in _PRODUCT_TEXTS} | {
        "id": product_id, "facts": dict(product.facts), "price_minor": product.price.minor,
        "extra": dict(product.extra), "words": words,
    }


def variant_row(variant: Variant, code: str, place: int) -> dict[str, Any]:
    """The columns of a variant."""
    return {
        "code": code, "place": place, "sku": variant.sku, "label": variant.label,
        "options": dict(variant.options), "price_minor": variant.price.minor,
        "currency": variant.price.currency, "available": variant.available,
        "extra": dict(variant.extra),
    }


def promotion_row(promotion: NewPromotion, promotion_id: UUID) -> dict[str, Any]:
    """The columns of a promotion."""
    return {name: getattr(promotion, name) for name in _PROMOTION_FIELDS} | {
        "id": promotion_id, "places": list(promotion.places),
        "categories": list(promotion.categories),
    }


def brand(row: Any) -> Brand:
    """A row of the brand table."""
    return Brand(row.code, row.name, row.latin, row.category, row.tier)


def counter(row: Any) -> Counter:
    """A row of the counter table."""
    return Counter(row.brand, row.store, row.unit_path, row.floor, row.spot, row.phone)


def store(row: Any) -> Store:
    """A row of the store table."""
    return Store(
        **{name: getattr(row, name) for name in _STORE_TEXTS}, id=StoreId(row.id),
        floors=tuple(Floor(*one) for one in row.floors),
        facilities=tuple(Facility(*one) for one in row.facilities),
        hours=_hours(row.hours), parking=_parking(row.parking),
    )


def _hours(stored: Mapping[str, Any]) -> Hours:
    return Hours(
        week=tuple(_spans(spans) for spans in stored["week"]),
        holidays=tuple(
            Holiday(date.fromisoformat(one["on"]), _spans(one["spans"]), one["note"])
            for one in stored["holidays"]
        ),
        zone=stored["zone"],
    )


def _spans(stored: list[list[str]]) -> tuple[Span, ...]:
    return tuple(Span(time.fromisoformat(a), time.fromisoformat(b)) for a, b in stored)


def _parking(stored: Mapping[str, Any]) -> Parking:
    cap = stored.get("day_cap")
    return Parking(**(dict(stored) | {"day_cap": Money(*cap) if cap else None}))


def product(row: Any, variants: tuple[Variant, ...]) -> Product:
    """A row of the product table."""
    return Product(
        **{name: getattr(row, name) for name in _PRODUCT_TEXTS}, id=ProductId(row.id),
        variants=variants, facts=row.facts, extra=row.extra, updated_at=row.updated_at,
        tags=tuple(_tag(one) for one in row.tags),
    )


def tag_json(tag: Tag) -> dict[str, Any]:
    """A tag as it is stored."""
    return {"kind": str(tag.kind), "value": tag.value, "by": tag.by,
            "at": tag.at.isoformat() if tag.at else None}


def _tag(stored: Mapping[str, Any]) -> Tag:
    at = stored.get("at")
    return Tag(TraitKind(stored["kind"]), stored["value"], stored.get("by", ""),
               datetime.fromisoformat(at) if at else None)


def variant(row: Any) -> Variant:
    """A row of the variant table."""
    return Variant(row.sku, row.label, row.options, Money(row.price_minor, row.currency),
                   row.available, row.extra)


def promotion(row: Any) -> Promotion:
    """A row of the promotion table."""
    return Promotion(
        **{name: getattr(row, name) for name in _PROMOTION_FIELDS}, id=PromotionId(row.id),
        places=tuple(row.places), categories=tuple(row.categories),
    )


