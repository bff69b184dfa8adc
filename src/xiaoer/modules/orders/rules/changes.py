"""What can still be changed about an order, and what the order is afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xiaoer.modules.orders.contracts import Change, ChangeKind, Order, Status
from xiaoer.modules.orders.errors import NotAmendable

AWAITING = frozenset({Status.UNPAID, Status.PAID})
ARRIVED = frozenset({Status.DELIVERED})
TRANSITIONS: Mapping[ChangeKind, tuple[frozenset[Status], Status | None]] = {
    ChangeKind.CANCELLED: (AWAITING, Status.CANCELLED),
    ChangeKind.READDRESSED: (AWAITING, None),
    ChangeKind.REPAID: (AWAITING, None),
    ChangeKind.ITEMS_CHANGED: (AWAITING, None),
    ChangeKind.RETURN_REQUESTED: (ARRIVED, Status.RETURNING),
    ChangeKind.EXCHANGE_REQUESTED: (ARRIVED, Status.EXCHANGING),
}
"""From which statuses each change leads, and to which; without one the status stays."""


def amended(order: Order, change: Change) -> Order:
    """The order after a change; raises :class:`NotAmendable` when its status does not allow it.

    Only items that were changed before shipping are replaced at once; what is exchanged stays
    until the parcel has come back.
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
    return _with_new_items(after, change) if change.kind is ChangeKind.ITEMS_CHANGED else after


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
