"""The published records of the invented shop in our nouns, and back.

Amounts are fen on both sides, times those of Shanghai. What our nouns have no place for (the order
of a user's orders, a product's usual price) stays in ``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from xiaoer.kit.cells import HOME
from xiaoer.kit.money import Money
from xiaoer.ladder import tools
from xiaoer.modules import catalog, customers, orders

Json = dict[str, Any]
Order = orders.contracts.Order
Status = orders.contracts.Status
Change = orders.contracts.Change
Kind = orders.contracts.ChangeKind
Swap = orders.contracts.Swap
Item = orders.contracts.Item
BALANCE, EXTRA = "balance", "retail"
STATUSES = {
    "pending": Status.PAID, "ready": Status.READY_FOR_PICKUP, "shipped": Status.SHIPPED,
    "delivered": Status.DELIVERED, "cancelled": Status.CANCELLED,
    "return_requested": Status.RETURNING, "exchange_requested": Status.EXCHANGING,
}  # fmt: skip
_WORDS = {ours: theirs for theirs, ours in STATUSES.items()}
_WAYS = {"express": "delivery", "pickup": "pickup"}
_DELIVERIES = {ours: theirs for theirs, ours in _WAYS.items()}
_PARCELS = {"in_transit": "in_transit", "signed": "delivered"}
_PARCEL_WORDS = {ours: theirs for theirs, ours in _PARCELS.items()}
_IMPORT = "import"


def store(raw: Json) -> catalog.contracts.NewStore:
    """A branch; open every day."""
    opens, closes = (time.fromisoformat(part) for part in raw["hours"].split("-"))
    every_day = ((catalog.contracts.Span(opens, closes),),) * 7
    return catalog.contracts.NewStore(
        raw["store_id"], f"/{raw['store_id'].lower()}/", raw["name"], city=raw["city"],
        district=raw["district"], address=raw["address"], hours_text=raw["hours"],
        hours=catalog.contracts.Hours(week=every_day), pickup=raw["pickup"],
    )  # fmt: skip


def store_json(ours: catalog.contracts.NewStore) -> Json:
    """The branch as it is published."""
    return {"store_id": ours.code, "name": ours.name, "city": ours.city, "district": ours.district,
            "address": ours.address, "hours": ours.hours_text, "pickup": ours.pickup}  # fmt: skip


def product(raw: Json) -> catalog.contracts.NewProduct:
    """A product with its variants at their present prices."""
    variants = tuple(
        catalog.contracts.Variant(
            sku, _label(one["options"]), one["options"], Money(one["price_fen"]), one["available"],
            {"usual_price": one["usual_price_fen"], "price_kind": one["price_kind"]},
        )
        for sku, one in raw["variants"].items()
    )  # fmt: skip
    return catalog.contracts.NewProduct(
        raw["product_id"], raw["name"], variants, category=raw["category"],
        extra={"returns": raw["returns"], "pickup": raw["pickup"]},
    )


def product_json(ours: catalog.contracts.NewProduct) -> Json:
    """The product as it is published."""
    return {
        "product_id": ours.code, "name": ours.title, "category": ours.category,
        "returns": "quality" if ours.returns_faults_only else "any",
        "pickup": ours.can_be_picked_up,
        "variants": {one.sku: variant_json(one) for one in ours.variants},
    }  # fmt: skip


def variant_json(ours: catalog.contracts.Variant) -> Json:
    """One variant of a product."""
    return {
        "item_id": ours.sku, "options": dict(ours.options), "available": ours.available,
        "usual_price_fen": ours.extra.get("usual_price", ours.price.minor),
        "price_fen": ours.price.minor, "price_kind": "flash" if ours.is_flash else "normal",
    }  # fmt: skip


def newcomer(raw: Json) -> customers.contracts.Newcomer:
    """A user as a customer of ours, with a balance."""
    kinds = customers.contracts.IdentityKind
    known = ((kinds.EXTERNAL, raw["user_id"]), (kinds.PHONE, raw["phone"]),
             (kinds.EMAIL, raw["email"]))  # fmt: skip
    balance = customers.contracts.PaymentMethod(BALANCE, BALANCE, Money(raw["balance_fen"]))
    return customers.contracts.Newcomer(
        tuple(customers.contracts.Identity(kind, value) for kind, value in known),
        name=raw["name"], language="zh-CN", address=raw["address"], city=raw["address"]["city"],
        extra={EXTRA: {"user_id": raw["user_id"], "orders": raw["orders"]}}, wallet=(balance,),
    )  # fmt: skip


def user_json(
    ours: customers.contracts.Customer, wallet: Sequence[customers.contracts.PaymentMethod]
) -> Json:
    """The customer as published."""
    balance = next((one.balance for one in wallet if one.kind == BALANCE and one.balance), Money(0))
    told = ours.extra.get(EXTRA, {})
    return {
        "user_id": told.get("user_id", str(ours.id)), "name": ours.name, "phone": ours.phone,
        "email": ours.email, "balance_fen": balance.minor, "address": dict(ours.address),
        "orders": list(told.get("orders", ())),
    }  # fmt: skip


def order(raw: Json, customer_id: UUID, now: datetime) -> orders.contracts.NewOrder:
    """An order with all that was done about it."""
    items = tuple(_item(one) for one in raw["items"])
    paid_at = datetime.fromisoformat(raw["paid_at"])
    paid = orders.contracts.Payment(raw["payment_method"], Money(raw["paid_fen"]), at=paid_at)
    refunds = (
        orders.contracts.Payment(
            raw["payment_method"], Money(one["amount_fen"]), "refund", paid_at,
            {"for": one["kind"]},
        )
        for one in raw["refunds"]
    )  # fmt: skip
    address = raw["address"]
    return orders.contracts.NewOrder(
        raw["order_id"], STATUSES[raw["status"]], paid_at, items, Money(raw["paid_fen"]),
        customer_id=customer_id, fulfilment=_WAYS[raw["delivery"]], updated_at=now,
        shipping=Money(raw["shipping_fee_fen"]), recipient=address["receiver"],
        phone=address["phone"], address=address, payments=(paid, *refunds),
        parcels=tuple(_parcel(one, items) for one in raw["parcels"]),
        returned=_return(raw["return"]), extra=_extra(raw), changes=_changes(raw, items, paid_at),
    )  # fmt: skip


def _item(raw: Json) -> Item:
    return Item(
        raw["item_id"], raw["name"], 1, Money(raw["price_fen"]), product=raw["product_id"],
        variant=_label(raw["options"]), options=raw["options"], paid=Money(raw["paid_fen"]),
    )


def _extra(raw: Json) -> Json:
    insured = raw["freight_insurance"]
    found: Json = {
        "presale": raw["presale"], "ship_by": raw["ship_by"], "priority": raw["priority"],
        EXTRA: {"user_id": raw["user_id"]},
    }  # fmt: skip
    if raw["signed_at"]:
        found["signed_at"] = raw["signed_at"]
    if raw["store_id"]:
        found["pickup_store"] = raw["store_id"]
    if insured:
        found["freight_insurance"] = {
            "cover": insured["cover_fen"], "claimed": insured["status"] == "claimed",
        }
    return found


def _parcel(raw: Json, items: Sequence[Item]) -> orders.contracts.Parcel:
    at = datetime.fromisoformat(raw["last_event_at"])
    status = _PARCELS[raw["status"]]
    return orders.contracts.Parcel(
        raw["tracking_no"], raw["carrier"], status, tuple(_places(items, raw["item_ids"])),
        datetime.fromisoformat(raw["shipped_at"]),
        delivered_at=at if status == "delivered" else None,
        events=(orders.contracts.TrackingEvent(at, status, raw["last_event"]),),
    )


def _places(items: Sequence[Item], skus: Sequence[str]) -> list[int]:
    """The lines that are meant, each once: the first ones that are left."""
    left, found = list(range(len(items))), []
    for sku in skus:
        place = next(n for n in left if items[n].sku == sku)
        left.remove(place)
        found.append(place)
    return found


def _return(raw: Json | None) -> orders.contracts.Return | None:
    if raw is None:
        return None
    mailed = raw["mailed_at"]
    return orders.contracts.Return(
        raw["tracking_no"] or "", "requested", raw["reason"], Money(raw["refund_fen"]),
        parcel=raw["tracking_no"] or "", shipping_by=raw["shipping_by"],
        mailed_at=datetime.fromisoformat(mailed) if mailed else None,
    )  # fmt: skip


def _changes(raw: Json, items: Sequence[Item], at: datetime) -> tuple[Change, ...]:
    """What was done before, oldest kinds first; the records tell no times but those of urging."""
    found = [Change(Kind.URGED, datetime.fromisoformat(one), _IMPORT) for one in raw["urges"]]
    found += [Change(Kind.READDRESSED, at, _IMPORT)] * raw["address_changes"]
    protected = [(n, one) for n, one in enumerate(raw["items"]) if one["price_protected"]]
    if protected:
        swaps = tuple(Swap(n, items[n], items[n]) for n, _ in protected)
        found.append(Change(Kind.PRICE_PROTECTED, at, _IMPORT, swaps=swaps))
    for one in raw["reports"]:
        told = {"kind": one["kind"], "solution": one["solution"], "amount": one["amount_fen"]}
        swaps = _swaps(items, one["items"])
        found.append(Change(Kind.REPORTED, at, _IMPORT, swaps=swaps, details=told))
    if raw["invoice"]:
        told = {name: raw["invoice"][name] for name in ("type", "title", "tax_number", "email")}
        told["amount"] = raw["invoice"]["amount_fen"]
        found.append(Change(Kind.INVOICED, at, _IMPORT, details=told))
    return (*found, *_ended(raw, items, at))


def _ended(raw: Json, items: Sequence[Item], at: datetime) -> list[Change]:
    found = []
    if raw["cancel_reason"]:
        found.append(Change(Kind.CANCELLED, at, _IMPORT, raw["cancel_reason"]))
    if back := raw["return"]:
        told = {"refund_to": back["refund_to"], "refund": back["refund_fen"],
                "shipping_by": back["shipping_by"]}  # fmt: skip
        swaps = _swaps(items, back["items"])
        found.append(
            Change(Kind.RETURN_REQUESTED, at, _IMPORT, back["reason"], swaps, details=told)
        )
    if swapped := raw["exchange"]:
        swaps = tuple(
            Swap(one.place, one.old, Item(new, one.old.title, 1, one.old.price))
            for one, new in zip(
                _swaps(items, swapped["items"]), swapped["new_items"], strict=True
            )
        )
        found.append(Change(Kind.EXCHANGE_REQUESTED, at, _IMPORT, swapped["reason"], swaps,
                            difference=Money(swapped["difference_fen"])))  # fmt: skip
    return found


def _swaps(items: Sequence[Item], skus: Sequence[str]) -> tuple[Swap, ...]:
    return tuple(Swap(place, items[place]) for place in _places(items, skus))


def order_json(ours: Order) -> Json:
    """The order as published; one of a shop of one's own has no ``user_id`` of theirs."""
    method = ours.payments[0].method if ours.payments else ""
    return {
        "order_id": ours.number, "user_id": ours.extra.get(EXTRA, {}).get("user_id", ""),
        "status": _WORDS.get(ours.status, str(ours.status)),
        "delivery": _DELIVERIES.get(ours.fulfilment, ours.fulfilment),
        "store_id": ours.pickup_store or None,
        "paid_at": stamp(ours.paid_at), "presale": ours.is_presale, "ship_by": stamp(ours.ship_by),
        "signed_at": stamp(ours.signed_at), "address": dict(ours.address),
        "items": [_piece_json(one) for one in ours.pieces],
        "shipping_fee_fen": ours.shipping.minor, "paid_fen": ours.paid.minor,
        "payment_method": method, "priority": ours.priority,
        "urges": [stamp(one.at) for one in ours.changed(Kind.URGED)],
        "address_changes": len(ours.changed(Kind.READDRESSED)),
        "parcels": [
            parcel_json(one) | {"item_ids": [ours.items[place].sku for place in one.items]}
            for one in ours.parcels],
        "freight_insurance": _insurance_json(ours), "return": _return_json(ours),
        "exchange": _exchange_json(ours), "reports": [
            {"kind": one.details["kind"], "items": _skus(one),
             "solution": one.details["solution"], "amount_fen": one.details["amount"]}
            for one in ours.changed(Kind.REPORTED)],
        "refunds": [
            {"kind": one.extra.get("for", ""), "amount_fen": one.amount.minor, "to": "original"}
            for one in ours.payments if one.kind == "refund"],
        "invoice": _invoice_json(ours),
        "cancel_reason": next((one.reason for one in ours.changed(Kind.CANCELLED)), None),
    }  # fmt: skip


def _piece_json(piece: orders.contracts.Piece) -> Json:
    item = piece.item
    return {"item_id": item.sku, "product_id": item.product, "name": item.title,
            "options": dict(item.options), "price_fen": item.price.minor,
            "paid_fen": piece.paid.minor, "price_protected": piece.protected}  # fmt: skip


def parcel_json(parcel: orders.contracts.Parcel) -> Json:
    """A parcel with its latest news."""
    last = parcel.last_event
    return {
        "tracking_no": parcel.number, "carrier": parcel.carrier,
        "status": _PARCEL_WORDS.get(parcel.status, parcel.status),
        "shipped_at": stamp(parcel.shipped_at), "last_event": last.text if last else None,
        "last_event_at": stamp(last.at) if last else None,
    }  # fmt: skip


def _insurance_json(ours: Order) -> Json | None:
    found = ours.freight_insurance
    if found is None:
        return None
    return {"cover_fen": found.cover.minor, "status": "claimed" if found.claimed else "active"}


def _return_json(ours: Order) -> Json | None:
    asked = ours.changed(Kind.RETURN_REQUESTED)
    if not asked:
        return None
    told, sent = asked[-1].details, ours.returned
    return {
        "items": _skus(asked[-1]), "reason": asked[-1].reason, "refund_to": told["refund_to"],
        "refund_fen": told["refund"], "shipping_by": told["shipping_by"],
        "tracking_no": (sent.parcel if sent else "") or None,
        "mailed_at": stamp(sent.mailed_at) if sent else None,
    }  # fmt: skip


def _exchange_json(ours: Order) -> Json | None:
    asked = ours.changed(Kind.EXCHANGE_REQUESTED)
    if not asked:
        return None
    more = asked[-1].difference
    return {"items": _skus(asked[-1]), "new_items": [one.new.sku for one in asked[-1].swaps if one.new],
            "reason": asked[-1].reason, "difference_fen": more.minor if more else 0}  # fmt: skip


def _invoice_json(ours: Order) -> Json | None:
    issued = ours.changed(Kind.INVOICED)
    if not issued:
        return None
    told = issued[-1].details
    named = {name: told[name] for name in ("type", "title", "tax_number", "email")}
    return named | {"amount_fen": told["amount"], "status": "issued"}


def _skus(change: Change) -> list[str]:
    return [one.old.sku for one in change.swaps]


def stamp(at: datetime | None) -> str | None:
    """A time of Shanghai."""
    return at.astimezone(HOME).isoformat(timespec="seconds") if at else None


def _label(options: Mapping[str, str]) -> str:
    return " ".join(options.values())


def seen(value: tools.Seen | catalog.contracts.Store | orders.contracts.Parcel) -> Any:
    """What a tool found, as it is published."""
    match value:
        case tools.Profile(customer=customer, wallet=wallet, orders=numbers):
            return user_json(customer, wallet) | {"orders": list(numbers)}
        case tools.Rules(clauses=clauses):
            return {number: zh for number, (zh, _) in clauses.items()}
        case Order():
            return order_json(value)
        case catalog.contracts.Product():
            return product_json(value)
        case catalog.contracts.Variant():
            return variant_json(value)
        case catalog.contracts.Store():
            return store_json(value)
        case orders.contracts.Parcel():
            return parcel_json(value)
        case tuple():
            return [seen(one) for one in value]
        case _:
            return value
