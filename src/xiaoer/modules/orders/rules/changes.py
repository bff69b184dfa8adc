"""What can still be changed about an order, and what the order is afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xiaoer.modules.orders.contracts import Change, ChangeKind, Order, Status
from xiaoer.modules.orders.errors import NotAmendable
from xiaoer.modules.orders.rules import digits

AWAITING = frozenset({Status.UNPAID, Status.PAID})
TO_SHIP = frozenset({Status.PAID, Status.PACKING})
ARRIVED = frozenset({Status.DELIVERED, Status.COMPLETED})
WAITING = frozenset({Status.READY_FOR_PICKUP})
UNDERWAY = frozenset({Status.SHIPPED})
TRANSITIONS: Mapping[ChangeKind, tuple[frozenset[Status], Status | None]] = {
    ChangeKind.CANCELLED: (AWAITING | WAITING, Status.CANCELLED),
    ChangeKind.READDRESSED: (AWAITING, None),
    ChangeKind.REPAID: (AWAITING, None),
    ChangeKind.ITEMS_CHANGED: (AWAITING, None),
    ChangeKind.RETURN_REQUESTED: (ARRIVED, Status.RETURNING),
    ChangeKind.EXCHANGE_REQUESTED: (ARRIVED, Status.EXCHANGING),
    ChangeKind.URGED: (TO_SHIP, None),
    ChangeKind.TO_PICKUP: (frozenset({Status.PAID}), None),
    ChangeKind.REPORTED: (ARRIVED, None),
    ChangeKind.PRICE_PROTECTED: (TO_SHIP | WAITING | UNDERWAY | ARRIVED, None),
    ChangeKind.FREIGHT_CLAIMED: (frozenset({Status.RETURNING}), None),
    ChangeKind.INVOICED: (ARRIVED, None),
}
"""From which statuses each change leads, and to which; without one the status stays."""


def amended(order: Order, change: Change) -> Order:
    """The order after a change; raises :class:`NotAmendable` when its status does not allow it.

    Only items that were changed before shipping are replaced at once; what is exchanged stays
    until the parcel has come back. What a protected price or a reported loss does to a piece is
    told by ``pieces``, so that a later report of the shop cannot undo it.
    """
    allowed, status = TRANSITIONS[change.kind]
    if order.status not in allowed:
        raise NotAmendable(number=order.number, state=str(order.status))
    after = replace(
        order,
        status=status or order.status,
        address=change.address or order.address,
        payments=(*order.payments, *change.payments),
        changes=(*order.changes, change),
    )
    match change.kind:
        case ChangeKind.ITEMS_CHANGED:
            return _with_new_items(after, change)
        case ChangeKind.READDRESSED:
            return _to_whom(after, change.address)
        case ChangeKind.TO_PICKUP:
            free = replace(order.shipping, minor=0)
            return replace(after, fulfilment="pickup", shipping=free)
        case _:
            return after


def _to_whom(order: Order, address: Mapping[str, str]) -> Order:
    """An address may name who receives the parcel there; without it that stays."""
    phone = digits(address.get("phone", "")) or order.phone
    return replace(order, recipient=address.get("receiver") or order.recipient, phone=phone,
                   phone_last4=phone[-4:])  # fmt: skip


def _with_new_items(order: Order, change: Change) -> Order:
    items = list(order.items)
    for swap in change.swaps:
        if swap.new is None:
            continue
        line = items[swap.place]
        if line.quantity == 1:
            items[swap.place] = swap.new
        else:
            items[swap.place] = replace(line, quantity=line.quantity - 1)
            items.append(swap.new)
    more = sum((swap.new.price - swap.old.price).minor for swap in change.swaps if swap.new)
    return replace(
        order,
        items=tuple(items),
        goods=replace(order.goods, minor=order.goods.minor + more),
        total=replace(order.total, minor=order.total.minor + more),
    )
