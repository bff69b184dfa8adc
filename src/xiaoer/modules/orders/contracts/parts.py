"""What an order is made of, and what was done about it: items, payments, changes, pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from xiaoer.kit.money import Money


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order; ``price`` is of one piece, at the time of the order.

    ``paid`` is what one piece cost after coupons; nothing when that was its price.
    """

    sku: str
    title: str
    quantity: int
    price: Money
    product: str = ""
    variant: str = ""
    picture: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    paid: Money | None = None

    @property
    def worth(self) -> Money:
        """What was paid for one piece."""
        return self.price if self.paid is None else self.paid


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moved. ``kind`` is ``payment`` or ``refund``; ``amount`` is never negative."""

    method: str
    amount: Money
    kind: str = "payment"
    at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Insurance:
    """What a freight insurance pays when a parcel goes back, and whether it has paid."""

    cover: Money
    claimed: bool = False


class ChangeKind(StrEnum):
    """What can be changed about an order after it was placed."""

    CANCELLED = "cancelled"
    READDRESSED = "readdressed"
    REPAID = "repaid"
    ITEMS_CHANGED = "items_changed"
    RETURN_REQUESTED = "return_requested"
    EXCHANGE_REQUESTED = "exchange_requested"
    URGED = "urged"
    TO_PICKUP = "to_pickup"
    REPORTED = "reported"
    PRICE_PROTECTED = "price_protected"
    FREIGHT_CLAIMED = "freight_claimed"
    INVOICED = "invoiced"


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
    or gets back when it is negative; ``method`` is how. ``details`` is what a kind needs beyond,
    as JSON with amounts in minor units:

    - ``urged``: ``priority``
    - ``to_pickup``: ``store``
    - ``return_requested``: ``refund_to``, ``refund``, ``shipping_by``
    - ``reported``: ``kind``, ``solution``, ``amount``
    - ``invoiced``: ``type``, ``title``, ``tax_number``, ``email``, ``amount``
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
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an order as it stands after all changes: the line where it is (from 0), what
    is paid for it now, whether its price was protected, and how a loss of it was settled
    (``resend``, ``refund`` or nothing)."""

    place: int
    item: Item
    paid: Money
    protected: bool = False
    reported: str = ""


def pieces(items: Sequence[Item], changes: Sequence[Change]) -> tuple[Piece, ...]:
    """Every piece of an order, in the order of its lines; a line of three makes three.

    What was protected or reported is read from the changes, which no report of the shop
    replaces: a piece counts once, however often the shop sends the order anew.
    """
    found = [Piece(place, replace(item, quantity=1), item.worth)
             for place, item in enumerate(items) for _ in range(item.quantity)]  # fmt: skip
    for change in changes:
        for swap in change.swaps:
            _apply(found, change, swap)
    return tuple(found)


def _apply(found: list[Piece], change: Change, swap: Swap) -> None:
    """What a change did to the piece that it was about, as pieces stood when it was done."""
    if change.kind is ChangeKind.PRICE_PROTECTED:
        at = _meant(found, swap, [3 if one.protected else int(one.reported == "refund")
                                  for one in found])  # fmt: skip
        if at is not None:
            paid = swap.new.worth if swap.new else found[at].paid
            found[at] = replace(found[at], paid=paid, protected=True)
    if change.kind is ChangeKind.REPORTED:
        at = _meant(found, swap, [3 * bool(one.reported) for one in found])
        if at is not None:
            told = str(change.details.get("solution", "")) or "resend"
            found[at] = replace(found[at], reported=told)


def _meant(found: list[Piece], swap: Swap, spent: list[int]) -> int | None:
    """The piece that a change was about: at its line, or of its kind when lines have moved; the
    least ``spent`` of those alike, and none at 3."""
    alike = [n for n, one in enumerate(found) if spent[n] < 3 and one.item.sku == swap.old.sku]
    at_line = [n for n in alike if found[n].place == swap.place]
    return min(at_line or alike, key=lambda n: spent[n], default=None)
