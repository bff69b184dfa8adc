"""Orders to rows and back; optional fields that are empty are left out of the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.kit.storable import storable
from xiaoer.modules.orders.contracts import (
    Change,
    ChangeKind,
    Item,
    NewOrder,
    Order,
    OrderId,
    Parcel,
    Payment,
    Return,
    Status,
    Swap,
    Track,
    TrackingEvent,
)


def order_row(order: NewOrder, order_id: UUID, now: datetime) -> dict[str, Any]:
    """The columns of an order."""
    return {
        "id": order_id, "number": order.number, "customer_id": order.customer_id,
        "unit_path": order.unit_path, "fulfilment": order.fulfilment, "status": order.status,
        "placed_at": order.placed_at, "updated_at": order.updated_at or now,
        "items": [_item_row(item) for item in order.items],
        "goods_minor": order.goods.minor if order.goods else 0,
        "discount_minor": order.discount.minor if order.discount else 0,
        "shipping_minor": order.shipping.minor if order.shipping else 0,
        "total_minor": order.total.minor, "currency": order.total.currency,
        "recipient": order.recipient, "phone": order.phone, "address": dict(order.address),
        "payments": [_payment_row(payment) for payment in order.payments],
        "returned": _return_row(order.returned), "extra": dict(order.extra),
        "changes": None if order.changes is None else [_change_row(one) for one in order.changes],
    }


def amended_row(order: Order) -> dict[str, Any]:
    """What a change can write, as parameters; ``version`` is the one that was read."""
    return {
        "id": order.id, "version": order.version, "status": order.status,
        "items": storable([_item_row(item) for item in order.items]),
        "goods": order.goods.minor, "total": order.total.minor,
        "fulfilment": order.fulfilment, "shipping": order.shipping.minor,
        "recipient": order.recipient, "phone": order.phone, "last4": order.phone_last4,
        "address": storable(dict(order.address)),
        "payments": storable([_payment_row(payment) for payment in order.payments]),
        "changes": storable([_change_row(change) for change in order.changes]),
    }


def parcel_row(parcel: Parcel, order_id: UUID, place: int) -> dict[str, Any]:
    """The columns of a parcel."""
    return {
        "order_id": order_id, "place": place, "number": parcel.number,
        "carrier": parcel.carrier, "status": str(parcel.status), "items": list(parcel.items),
        "shipped_at": parcel.shipped_at, "eta": parcel.eta, "delivered_at": parcel.delivered_at,
        "events": [event_row(event) for event in parcel.events], "extra": dict(parcel.extra),
    }


def event_row(event: TrackingEvent) -> dict[str, Any]:
    """A carrier's news as JSON."""
    return {"at": event.at, "status": event.status, "text": event.text}


def _item_row(item: Item) -> dict[str, Any]:
    row = {
        "sku": item.sku, "title": item.title, "quantity": item.quantity,
        "price": item.price.minor, "product": item.product, "variant": item.variant,
        "picture": item.picture, "options": dict(item.options), "extra": dict(item.extra),
        "paid": item.paid.minor if item.paid else None,
    }
    return {name: value for name, value in row.items() if value not in ("", None, {})}


def _payment_row(payment: Payment) -> dict[str, Any]:
    row = {"method": payment.method, "amount": payment.amount.minor, "kind": payment.kind,
           "at": payment.at, "extra": dict(payment.extra)}
    return {name: value for name, value in row.items() if value not in (None, {})}


def _change_row(change: Change) -> dict[str, Any]:
    row = {
        "kind": change.kind, "at": change.at, "by": change.by, "reason": change.reason,
        "swaps": [{"place": one.place, "old": _item_row(one.old),
                   "new": _item_row(one.new) if one.new else None} for one in change.swaps],
        "method": change.method, "address": dict(change.address),
        "difference": change.difference.minor if change.difference else None,
        "payments": [_payment_row(payment) for payment in change.payments],
        "details": dict(change.details),
    }
    return {name: value for name, value in row.items() if value not in ("", None, [], {})}


def _return_row(returned: Return | None) -> dict[str, Any] | None:
    if returned is None:
        return None
    return {"number": returned.number, "status": returned.status, "reason": returned.reason,
            "amount": returned.amount.minor if returned.amount else None,
            "requested_at": returned.requested_at, "settled_at": returned.settled_at,
            "parcel": returned.parcel, "mailed_at": returned.mailed_at,
            "shipping_by": returned.shipping_by}


def order(row: Any, parcels: tuple[Parcel, ...]) -> Order:
    """A row of the order table."""
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Order(
        id=OrderId(row.id), version=row.version, number=row.number, status=Status(row.status),
        placed_at=row.placed_at, updated_at=row.updated_at,
        items=tuple(_item(item, row.currency) for item in row["items"]),
        total=money(row.total_minor), customer_id=row.customer_id, unit_path=row.unit_path,
        fulfilment=row.fulfilment, goods=money(row.goods_minor),
        discount=money(row.discount_minor), shipping=money(row.shipping_minor),
        recipient=row.recipient, phone=row.phone, phone_last4=row.phone_last4,
        address=row.address,
        payments=tuple(_payment(payment, row.currency) for payment in row.payments),
        parcels=parcels, returned=_return(row.returned, row.currency), extra=row.extra,
        changes=tuple(_change(one, row.currency) for one in row.changes or ()),
    )


def parcel(row: Any) -> Parcel:
    """A row of the parcel table."""
    return Parcel(
        number=row.number, carrier=row.carrier, status=row.status, items=tuple(row["items"]),
        shipped_at=row.shipped_at, eta=row.eta, delivered_at=row.delivered_at,
        events=tuple(
            TrackingEvent(datetime.fromisoformat(one["at"]), one["status"], one["text"])
            for one in row.events
        ),
        extra=row.extra,
    )


def track(row: Any) -> Track:
    """A row of the parcel table with its order's number and status."""
    return Track(row.order_number, Status(row.order_status), parcel(row))


def _item(one: Mapping[str, Any], currency: str) -> Item:
    return Item(
        sku=one.get("sku", ""), title=one.get("title", ""), quantity=one["quantity"],
        price=Money(one["price"], currency), product=one.get("product", ""),
        variant=one.get("variant", ""), picture=one.get("picture", ""),
        options=one.get("options", {}), extra=one.get("extra", {}),
        paid=Money(one["paid"], currency) if "paid" in one else None,
    )


def _payment(one: Mapping[str, Any], currency: str) -> Payment:
    at = one.get("at")
    return Payment(one["method"], Money(one["amount"], currency), one["kind"],
                   datetime.fromisoformat(at) if at else None, one.get("extra", {}))


def _return(one: Mapping[str, Any] | None, currency: str) -> Return | None:
    if one is None:
        return None
    asked, settled, mailed = (one.get(k) for k in ("requested_at", "settled_at", "mailed_at"))
    return Return(
        one["number"], one["status"], one.get("reason", ""),
        Money(one["amount"], currency) if one.get("amount") is not None else None,
        datetime.fromisoformat(asked) if asked else None,
        datetime.fromisoformat(settled) if settled else None,
        one.get("parcel", ""), datetime.fromisoformat(mailed) if mailed else None,
        one.get("shipping_by", ""),
    )


def _change(one: Mapping[str, Any], currency: str) -> Change:
    difference = one.get("difference")
    return Change(
        ChangeKind(one["kind"]), datetime.fromisoformat(one["at"]), one.get("by", ""),
        one.get("reason", ""),
        tuple(Swap(swap["place"], _item(swap["old"], currency),
                   _item(swap["new"], currency) if swap["new"] else None)
              for swap in one.get("swaps", ())),
        one.get("method", ""), None if difference is None else Money(difference, currency),
        one.get("address", {}),
        tuple(_payment(payment, currency) for payment in one.get("payments", ())),
        one.get("details", {}),
    )  # fmt: skip
