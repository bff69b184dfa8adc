"""The verbs: load, decide, save, tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound, Stale
from xiaoer.modules.orders import rules
from xiaoer.modules.orders.contracts import (
    Change,
    Loaded,
    NewOrder,
    Order,
    OrderId,
    OrderSearch,
    Parcel,
    Track,
    TrackingEvent,
)
from xiaoer.modules.orders.events import Amended, ParcelMoved
from xiaoer.modules.orders.rules.changes import amended
from xiaoer.modules.orders.store import orders as store
from xiaoer.modules.orders.store import shapes
from xiaoer.ports.ctx import Ctx, Member, Shopper

READ, MANAGE = "orders.read", "orders.manage"
_PARCELS_ASKED = 20


async def load(ctx: Ctx, orders: Sequence[NewOrder]) -> Loaded:
    """Write many orders in a few statements; about 2,000 a call is best.

    A number that we have is replaced, unless our report is newer. Raises :class:`BadOrder`.
    """
    rows = rules.prepared(orders)
    now = ctx.now()
    fresh = [shapes.order_row(order, ctx.new_id(), now) for order in rows]
    created, updated = await store.load(ctx, fresh) if fresh else ({}, {})
    written = created | updated
    await store.put_parcels(ctx, [
        shapes.parcel_row(parcel, written[order.number], place)
        for order in rows if order.number in written
        for place, parcel in enumerate(order.parcels)
    ], list(updated.values()))  # fmt: skip
    older = [order.number for order in rows if order.number not in written]
    known: dict[str, OrderId] = written | (await store.ids(ctx, older) if older else {})
    ids = tuple(known[rules.number_of(order)] for order in orders)
    return Loaded(ids, len(created), len(updated))


async def of_customer(ctx: Ctx, *customer_ids: UUID, limit: int = 20) -> tuple[Order, ...]:
    """A customer's orders under any of their ids, wherever they were sold, newest first."""
    _may_read(ctx, customer_ids)
    return await store.of_customer(ctx, customer_ids, limit)


async def get(ctx: Ctx, number: str) -> Order:
    """One order by its number, as a person types it; ``NotFound`` also when it is not yours.

    A member sees what was sold within reach, a shopper their own, the house itself everything.
    """
    spellings = rules.spellings(number)
    found = None
    if spellings:
        found = await store.by_number(ctx, spellings, everywhere=not isinstance(ctx.actor, Member))
    if found is None:
        raise NotFound()
    _may_read(ctx, (found.customer_id,))
    return found


async def page(ctx: Ctx, search: OrderSearch) -> Page[Order]:
    """Orders sold within reach, newest first."""
    ctx.require(READ)
    return await store.page(ctx, search)


async def prove(ctx: Ctx, number: str, phone_last4: str) -> UUID | None:
    """Whose order it is, if the last four digits of its phone number are right.

    The same answer, after the same work, for a wrong number and for wrong digits; the caller
    counts the tries and words the refusal.
    """
    customer_id, last4 = await store.proof(ctx, rules.spellings(number))
    return customer_id if rules.proves(last4, phone_last4) else None


async def latest_parcel(ctx: Ctx, *customer_ids: UUID) -> Track | None:
    """The parcel that a customer most likely asks about: the one on its way."""
    orders = await of_customer(ctx, *customer_ids, limit=_PARCELS_ASKED)
    return rules.newest_track(
        [Track(order.number, order.status, parcel) for order in orders for parcel in order.parcels]
    )


async def parcel(ctx: Ctx, number: str) -> Track:
    """A parcel by the carrier's number; ``NotFound`` also when it is not yours."""
    found = await store.parcel(ctx, rules.spellings(number))
    if found is None:
        raise NotFound()
    _may_read(ctx, (found[1],))
    return found[0]


async def track(ctx: Ctx, number: str, event: TrackingEvent) -> Parcel:
    """Keep a carrier's news of a parcel, once; late news changes no status. Tells
    ``ParcelMoved``."""
    found = await store.parcel(ctx, rules.spellings(number), lock=True)
    if found is None:
        raise NotFound()
    known, _, order_id, place = found
    after = rules.moved(known.parcel, event)
    if after is not known.parcel:
        await store.move(ctx, order_id, place, after)
        ctx.uow.tell(
            ParcelMoved(key=order_id, parcel_number=after.number, status=str(after.status))
        )
    return after


async def amend(ctx: Ctx, order: Order, change: Change) -> Order:
    """Change an order as it was read, by compare-and-set. Tells ``Amended``.

    Raises :class:`NotAmendable` when its status does not allow it, ``Stale`` when it has moved on
    since it was read. Whether the customer may have it so is the caller's policy.
    """
    ctx.require(MANAGE)
    after = amended(order, change)
    if not await store.amend(ctx, after):
        raise Stale()
    ctx.uow.tell(Amended(key=order.id, number=order.number, kind=change.kind))
    return replace(after, version=order.version + 1)


def shown(ctx: Ctx, order: Order) -> Order:
    """The order as the actor may see it: masked without ``customers.read_private``."""
    return order if ctx.can("customers.read_private") else rules.masked(order)


def _may_read(ctx: Ctx, customer_ids: Sequence[UUID | None]) -> None:
    match ctx.actor:
        case Member():
            ctx.require(READ)
        case Shopper(customer_id=own, proven=proven):
            if not proven or own is None or own not in customer_ids[:1]:
                raise NotFound()
        case _:
            return
