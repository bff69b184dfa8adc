"""What is decided about orders: what is well formed, and how an order is shown."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xiaoer.kit.money import Money
from xiaoer.kit.problem import Why
from xiaoer.kit.text import clean
from xiaoer.modules.orders.contracts import (
    NewOrder,
    Order,
    Parcel,
    ParcelStatus,
    Status,
    Track,
    TrackingEvent,
)
from xiaoer.modules.orders.errors import BadOrder

LONGEST_NUMBER = 60
MOST_ITEMS = 500
_DIGITS = re.compile(r"\D")
TEXTS: Mapping[str, tuple[str, str]] = {
    Status.UNPAID: ("待付款", "Waiting for payment"),
    Status.PAID: ("已付款，待发货", "Paid"),
    Status.PACKING: ("备货中", "Being packed"),
    Status.SHIPPED: ("已发货", "On its way"),
    Status.READY_FOR_PICKUP: ("待自提", "Ready for pickup"),
    Status.DELIVERED: ("已送达", "Delivered"),
    Status.COMPLETED: ("已完成", "Completed"),
    Status.CANCELLED: ("已取消", "Cancelled"),
    Status.RETURNING: ("退货中", "Being returned"),
    Status.EXCHANGING: ("换货中", "Being exchanged"),
    Status.REFUNDED: ("已退款", "Refunded"),
}
PARCEL_TEXTS: Mapping[str, tuple[str, str]] = {
    ParcelStatus.COLLECTED: ("已揽收", "Collected"),
    ParcelStatus.IN_TRANSIT: ("运输中", "In transit"),
    ParcelStatus.OUT_FOR_DELIVERY: ("派送中", "Out for delivery"),
    ParcelStatus.DELAYED: ("运输延误", "Delayed"),
    ParcelStatus.DELIVERED: ("已签收", "Delivered"),
    ParcelStatus.RETURNED: ("已退回", "Returned"),
}


def status_text(status: str, locale: str = "zh-CN") -> str:
    """The words for an order's status."""
    return TEXTS.get(status, (status, status))[0 if locale.startswith("zh") else 1]


def parcel_text(status: str, locale: str = "zh-CN") -> str:
    """The words for a parcel's status; a carrier's own word is shown as it is."""
    return PARCEL_TEXTS.get(status, (status, status))[0 if locale.startswith("zh") else 1]


def prepared(orders: Iterable[NewOrder]) -> list[NewOrder]:
    """Check what is loaded; of two rows with one number the later counts."""
    found: dict[str, NewOrder] = {}
    for order in orders:
        checked = _checked(order)
        found[checked.number] = checked
    return list(found.values())


def number_of(order: NewOrder) -> str:
    """The number under which an order is stored."""
    return clean(order.number)


def _checked(order: NewOrder) -> NewOrder:
    number = number_of(order)
    if not number or len(number) > LONGEST_NUMBER:
        raise BadOrder(number=number[:LONGEST_NUMBER], reason=Why(
            "订单号为空或过长", "the number is empty or too long"))
    if len(order.items) > MOST_ITEMS:
        raise BadOrder(number=number, reason=Why(
            f"商品超过 {MOST_ITEMS} 行", f"there are more than {MOST_ITEMS} items"))
    amounts = [item.price for item in order.items] + [payment.amount for payment in order.payments]
    amounts += [item.paid for item in order.items if item.paid is not None]
    if any(money.currency != order.total.currency for money in amounts):
        raise BadOrder(number=number, reason=Why(
            "一张订单只能用一种货币", "an order has one currency"))
    if any(money.minor < 0 for money in (*amounts, order.total)):
        raise BadOrder(number=number, reason=Why("金额不能是负数", "amounts cannot be negative"))
    if any(item.quantity < 1 for item in order.items):
        raise BadOrder(number=number, reason=Why("数量至少是 1", "quantities are at least 1"))
    for parcel in order.parcels:
        if any(not 0 <= place < len(order.items) for place in parcel.items):
            raise BadOrder(number=number, reason=Why(
                f"包裹 {parcel.number} 里有订单外的商品",
                f"parcel {parcel.number} has items that are not in the order"))
    return replace(order, number=number, recipient=clean(order.recipient)[:200],
                   phone=digits(order.phone), goods=_goods(order))


def _goods(order: NewOrder) -> Money:
    """The sum of the lines, unless the shop said so itself."""
    if order.goods is not None:
        return order.goods
    return Money(sum(item.price.minor * item.quantity for item in order.items),
                 order.total.currency)


def digits(phone: str) -> str:
    """A phone number without its spaces and signs."""
    text = _DIGITS.sub("", unicodedata.normalize("NFKC", phone))[:20]
    return text[2:] if len(text) == 13 and text.startswith("86") else text


def spellings(number: str) -> list[str]:
    """Under which numbers an order or parcel may be stored that a person types like this."""
    text = clean(unicodedata.normalize("NFKC", number))[:LONGEST_NUMBER]
    bare = text.removeprefix("#").replace(" ", "")
    return list(dict.fromkeys(s for s in (text, bare, bare.upper(), f"#{bare}", f"#{bare.upper()}")
                              if s and s != "#"))


def proves(last4: str, given: str) -> bool:
    """Whether the digits are those of the order; compared alike when there is no order."""
    real = last4 if len(last4) == 4 else "----"
    typed = unicodedata.normalize("NFKC", given).strip()
    return hmac.compare_digest(real.encode(), typed.encode()) and real.isdigit()


def newest_track(tracks: Sequence[Track]) -> Track | None:
    """The parcel that someone asks about: on its way before arrived, then the latest news."""
    def asked(track: Track) -> tuple[bool, float]:
        event = track.parcel.last_event
        news = event.at if event else track.parcel.shipped_at
        on_its_way = track.parcel.status not in (ParcelStatus.DELIVERED, ParcelStatus.RETURNED)
        return on_its_way, news.timestamp() if news else 0.0

    return max(tracks, key=asked, default=None)


def mask_phone(phone: str) -> str:
    """``138****1234``; numbers too short for that show their last two digits."""
    if len(phone) < 8:
        return f"****{phone[-2:]}" if phone else ""
    return f"{phone[:3]}****{phone[-4:]}"


def masked(order: Order) -> Order:
    """The order as shown to someone who may not read private data."""
    return replace(
        order,
        phone=mask_phone(order.phone),
        recipient=f"{order.recipient[:1]}**" if order.recipient else "",
        address={key: "***" for key in order.address},
        extra={},
    )


def card(order: Order, locale: str = "zh-CN") -> dict[str, Any]:
    """The fields of an order card of a message."""
    return {
        "card": "order",
        "number": order.number,
        "status": order.status.value,
        "status_text": status_text(order.status, locale),
        "placed_at": order.placed_at.isoformat(),
        "total": money_json(order.total),
        "items": [
            {"title": item.title, "qty": item.quantity, "image": item.picture or None,
             "variant": item.variant or None}
            for item in order.items
        ],
        "parcels": [_parcel_fields(parcel, locale) for parcel in order.parcels],
    }


def parcel_card(track: Track, locale: str = "zh-CN") -> dict[str, Any]:
    """The fields of a parcel card of a message."""
    return {"card": "parcel", "order_number": track.order_number,
            **_parcel_fields(track.parcel, locale)}


def _parcel_fields(parcel: Parcel, locale: str) -> dict[str, Any]:
    last = parcel.last_event
    return {
        "carrier": parcel.carrier,
        "number": parcel.number,
        "status": str(parcel.status),
        "status_text": parcel_text(parcel.status, locale),
        "last_event": last.text if last else None,
        "last_event_at": last.at.isoformat() if last else None,
        "eta": parcel.eta.isoformat() if parcel.eta else None,
    }


def moved(parcel: Parcel, event: TrackingEvent) -> Parcel:
    """The parcel after a carrier's news; news that is told again or late changes no status."""
    if any(one.at == event.at and one.status == event.status for one in parcel.events):
        return parcel
    last = parcel.last_event
    events = tuple(sorted((*parcel.events, event), key=lambda one: one.at))
    if last is not None and event.at < last.at:
        return replace(parcel, events=events)
    done = event.at if event.status == ParcelStatus.DELIVERED else parcel.delivered_at
    return replace(parcel, events=events, status=event.status, delivered_at=done)


def money_json(money: Money) -> dict[str, Any]:
    """Money as the interface writes it."""
    return {"minor": money.minor, "currency": money.currency}
