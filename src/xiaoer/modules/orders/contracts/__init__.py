"""The nouns of an order that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.modules.orders.contracts.parts import (
    Change,
    ChangeKind,
    Insurance,
    Item,
    Payment,
    Piece,
    Swap,
    pieces,
)

__all__ = [
    "Change", "ChangeKind", "Insurance", "Item", "Loaded", "NewOrder", "Order", "OrderId",
    "OrderSearch", "Parcel", "ParcelStatus", "Payment", "Piece", "ReadOrder", "Return", "Status",
    "Swap", "Track", "TrackingEvent",
]  # fmt: skip

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
    """A return as the shop's system reports it.

    ``parcel`` is the number of the parcel that comes back, once it was mailed. ``shipping_by`` says
    who pays its way: ``buyer``, ``seller``, or nothing when the change that asked for it says so.
    """

    number: str
    status: str
    reason: str = ""
    amount: Money | None = None
    requested_at: datetime | None = None
    settled_at: datetime | None = None
    parcel: str = ""
    mailed_at: datetime | None = None
    shipping_by: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as an import or the shop's system gives it; ``number`` is the shop's own.

    ``customer_id`` is the buyer where the caller knows them. ``unit_path`` is who sold it.
    ``changes`` replaces what we know of changes; nothing leaves that as it is. ``extra`` is the
    shop's own; these keys of it have a meaning, see the properties of :class:`Order`: ``presale``,
    ``ship_by``, ``signed_at``, ``pickup_store``, ``priority``, and ``freight_insurance`` with
    ``cover`` and ``claimed``.
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

    def changed(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Its changes of this kind, oldest first."""
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of it after all changes, in the order of the lines."""
        return pieces(self.items, self.changes)

    @property
    def paid_at(self) -> datetime:
        """When it was paid for; when it was placed, where nobody told."""
        told = [one.at for one in self.payments if one.kind == "payment" and one.at is not None]
        return min(told, default=self.placed_at)

    @property
    def paid(self) -> Money:
        """All that was paid for it, before any refund."""
        told = (one.amount.minor for one in self.payments if one.kind == "payment")
        return Money(sum(told), self.total.currency)

    @property
    def refunded(self) -> Money:
        """All that went back."""
        told = (one.amount.minor for one in self.payments if one.kind == "refund")
        return Money(sum(told), self.total.currency)

    @property
    def is_presale(self) -> bool:
        """Sold before it is there; it leaves by ``ship_by``."""
        return bool(self.extra.get("presale"))

    @property
    def ship_by(self) -> datetime | None:
        """The promised time of dispatch."""
        return _moment(self.extra.get("ship_by"))

    @property
    def signed_at(self) -> datetime | None:
        """When it was handed over: as the shop told, or when its last parcel arrived."""
        told = [one.delivered_at for one in self.parcels if one.delivered_at is not None]
        return _moment(self.extra.get("signed_at")) or max(told, default=None)

    @property
    def priority(self) -> str:
        """``high`` once dispatch was urged, else as the shop told; ``normal`` without."""
        told = [change.details["priority"] for change in self.changed(ChangeKind.URGED)
                if "priority" in change.details]  # fmt: skip
        return str(told[-1] if told else self.extra.get("priority", "normal"))

    @property
    def pickup_store(self) -> str:
        """The code of the store where it is picked up; empty when it is sent."""
        told = [change.details["store"] for change in self.changed(ChangeKind.TO_PICKUP)]
        return str(told[-1] if told else self.extra.get("pickup_store", ""))

    @property
    def freight_insurance(self) -> Insurance | None:
        """The insurance of the way back, when it was bought."""
        told = self.extra.get("freight_insurance")
        if not told:
            return None
        claimed = self.was(ChangeKind.FREIGHT_CLAIMED) or bool(told.get("claimed"))
        return Insurance(Money(int(told["cover"]), self.total.currency), claimed)

    @property
    def return_shipping_by(self) -> str:
        """Who pays the way back of its return: ``buyer``, ``seller``, or nobody knows."""
        asked = [change.details.get("shipping_by", "")
                 for change in self.changed(ChangeKind.RETURN_REQUESTED)]  # fmt: skip
        told = self.returned.shipping_by if self.returned else ""
        return str(asked[-1] if asked else told)


def _moment(told: object) -> datetime | None:
    """A time with its zone; what is none is nothing, because a shop may send anything."""
    try:
        found = datetime.fromisoformat(str(told)) if told else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


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
