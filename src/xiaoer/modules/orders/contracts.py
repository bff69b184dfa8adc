"""The nouns of an order that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.money import Money

OrderId = NewType("OrderId", UUID)


class Status(StrEnum):
    """How far an order has come."""

    UNPAID = "unpaid"
    PAID = "paid"
    PACKING = "packing"
    SHIPPED = "shipped"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    EXCHANGING = "exchanging"
    REFUNDED = "refunded"


class ParcelStatus(StrEnum):
    """Where a parcel is."""

    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order; ``price`` is of one piece, at the time of the order."""

    sku: str
    title: str
    quantity: int
    price: Money
    product: str = ""
    variant: str = ""
    picture: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moved. ``kind`` is ``payment`` or ``refund``; ``amount`` is never negative."""

    method: str
    amount: Money
    kind: str = "payment"
    at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What the carrier said, when."""

    at: datetime
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel on its way; ``items`` are positions in the order's items."""

    number: str
    carrier: str = ""
    status: str = ParcelStatus.IN_TRANSIT
    items: tuple[int, ...] = ()
    shipped_at: datetime | None = None
    eta: datetime | None = None
    delivered_at: datetime | None = None
    events: tuple[TrackingEvent, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def last_event(self) -> TrackingEvent | None:
        """The newest news, or nothing yet."""
        return max(self.events, key=lambda e: e.at, default=None)


@dataclass(frozen=True, slots=True)
class Return:
    """A return as the shop's system reports it."""

    number: str
    status: str
    reason: str = ""
    amount: Money | None = None
    requested_at: datetime | None = None
    settled_at: datetime | None = None


class ChangeKind(StrEnum):
    """What can be changed about an order after it was placed."""

    CANCELLED = "cancelled"
    READDRESSED = "readdressed"
    REPAID = "repaid"
    ITEMS_CHANGED = "items_changed"
    RETURN_REQUESTED = "return_requested"
    EXCHANGE_REQUESTED = "exchange_requested"


@dataclass(frozen=True, slots=True)
class Swap:
    """One piece that a change is about: the line where it stands (from 0), what it was, and what
    comes instead; nothing when it only goes back."""

    place: int
    old: Item
    new: Item | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed about an order, with all that follows from it.

    ``payments`` are added to those of the order. ``difference`` is what the customer pays more,
    or gets back when it is negative; ``method`` is how.
    """

    kind: ChangeKind
    at: datetime
    by: str = ""
    reason: str = ""
    swaps: tuple[Swap, ...] = ()
    method: str = ""
    difference: Money | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as an import or the shop's system gives it; ``number`` is the shop's own.

    ``customer_id`` is the buyer where the caller knows them. ``unit_path`` is who sold it.
    ``changes`` replaces what we know of changes; nothing leaves that as it is.
    """

    number: str
    status: Status
    placed_at: datetime
    items: tuple[Item, ...]
    total: Money
    customer_id: UUID | None = None
    unit_path: str = "/"
    fulfilment: str = "delivery"
    updated_at: datetime | None = None
    goods: Money | None = None
    discount: Money | None = None
    shipping: Money | None = None
    recipient: str = ""
    phone: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    payments: tuple[Payment, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    returned: Return | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order out of a file, with what it says of its buyer: a number of theirs, a phone."""

    order: NewOrder
    buyer: str
    phone: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order on our shelves; ``phone`` is whole, whoever shows it masks it."""

    id: OrderId
    version: int
    number: str
    status: Status
    placed_at: datetime
    updated_at: datetime
    items: tuple[Item, ...]
    total: Money
    customer_id: UUID | None
    unit_path: str
    fulfilment: str
    goods: Money
    discount: Money
    shipping: Money
    recipient: str
    phone: str
    phone_last4: str
    address: Mapping[str, str]
    payments: tuple[Payment, ...]
    parcels: tuple[Parcel, ...]
    returned: Return | None
    extra: Mapping[str, Any]
    changes: tuple[Change, ...] = ()

    def was(self, kind: ChangeKind) -> bool:
        """Whether it was changed in this way."""
        return any(change.kind is kind for change in self.changes)


@dataclass(frozen=True, slots=True)
class Track:
    """A parcel with the number of the order that it belongs to."""

    order_number: str
    order_status: Status
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. ``ids`` are in the order of the rows.

    ``updated`` leaves out what was known already, and reports older than the one we have.
    """

    ids: tuple[OrderId, ...]
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class OrderSearch:
    """Which orders a list shows."""

    number: str = ""
    status: str = ""
    customer_ids: tuple[UUID, ...] = ()
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    cursor: str | None = None
    limit: int = 50
