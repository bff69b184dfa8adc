"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.kit.storable import storable
from xiaoer.modules.orders.contracts import Order, OrderId, OrderSearch, Parcel, Track
from xiaoer.modules.orders.store import shapes
from xiaoer.ports.ctx import Ctx

# A report that says nothing of changes is a JSON null, which leaves those that we know.
_LOAD = """
INSERT INTO orders_order AS o
  (tenant_id, id, number, customer_id, unit_path, fulfilment, status, placed_at, updated_at,
   items, goods_minor, discount_minor, shipping_minor, total_minor, currency, recipient, phone,
   phone_last4, address, payments, returned, extra, changes)
SELECT %(tenant)s, id, number, customer_id, unit_path, fulfilment, status, placed_at, updated_at,
  items, goods_minor, discount_minor, shipping_minor, total_minor, currency, recipient, phone,
  right(phone, 4), address, payments, returned, extra, coalesce(changes, 'null'::jsonb)
FROM json_to_recordset(%(rows)s::json) AS r(
  id uuid, number text, customer_id uuid, unit_path text, fulfilment text, status text,
  placed_at timestamptz, updated_at timestamptz, items jsonb, goods_minor bigint,
  discount_minor bigint, shipping_minor bigint, total_minor bigint, currency text, recipient text,
  phone text, address jsonb, payments jsonb, returned jsonb, extra jsonb, changes jsonb)
ORDER BY number
ON CONFLICT (tenant_id, number) DO UPDATE SET
  version = o.version + 1, customer_id = coalesce(excluded.customer_id, o.customer_id),
  unit_path = excluded.unit_path, fulfilment = excluded.fulfilment, status = excluded.status,
  placed_at = excluded.placed_at, updated_at = excluded.updated_at, items = excluded.items,
  goods_minor = excluded.goods_minor, discount_minor = excluded.discount_minor,
  shipping_minor = excluded.shipping_minor, total_minor = excluded.total_minor,
  currency = excluded.currency, recipient = excluded.recipient, phone = excluded.phone,
  phone_last4 = excluded.phone_last4, address = excluded.address, payments = excluded.payments,
  returned = excluded.returned, extra = excluded.extra,
  changes = CASE WHEN excluded.changes = 'null'::jsonb THEN o.changes ELSE excluded.changes END
WHERE o.updated_at <= excluded.updated_at
RETURNING id, number, version
"""
_IDS = """
SELECT id, number FROM orders_order
WHERE tenant_id = %(tenant)s AND number = ANY(%(numbers)s::text[])
"""
_DROP_PARCELS = """
DELETE FROM orders_parcel WHERE tenant_id = %(tenant)s AND order_id = ANY(%(ids)s::uuid[])
"""
_PARCELS = """
INSERT INTO orders_parcel
  (tenant_id, order_id, place, number, carrier, status, items, shipped_at, eta, delivered_at,
   events, extra)
SELECT %(tenant)s, order_id, place, number, carrier, status, items, shipped_at, eta, delivered_at,
  events, extra
FROM json_to_recordset(%(rows)s::json) AS r(
  order_id uuid, place smallint, number text, carrier text, status text, items jsonb,
  shipped_at timestamptz, eta timestamptz, delivered_at timestamptz, events jsonb, extra jsonb)
"""
_BY_NUMBER = """
SELECT * FROM orders_order WHERE tenant_id = %(tenant)s AND number = ANY(%(numbers)s::text[])
  AND unit_path LIKE %(path)s
ORDER BY array_position(%(numbers)s::text[], number) LIMIT 1
"""
_OF_CUSTOMER = """
SELECT * FROM orders_order
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s::uuid[])
ORDER BY placed_at DESC, id DESC LIMIT %(limit)s
"""
_PARCELS_OF = """
SELECT * FROM orders_parcel
WHERE tenant_id = %(tenant)s AND order_id = ANY(%(ids)s::uuid[]) ORDER BY order_id, place
"""
_PROOF = """
SELECT customer_id, phone_last4 FROM orders_order
WHERE tenant_id = %(tenant)s AND number = ANY(%(numbers)s::text[])
ORDER BY array_position(%(numbers)s::text[], number) LIMIT 1
"""
_PARCEL = """
SELECT p.*, o.number AS order_number, o.status AS order_status, o.customer_id
FROM orders_parcel p
JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.id = p.order_id
WHERE p.tenant_id = %(tenant)s AND p.number = ANY(%(numbers)s::text[]) ORDER BY p.order_id DESC LIMIT 1
"""
_MOVE = """
UPDATE orders_parcel SET status = %(status)s, delivered_at = %(delivered)s,
  events = %(events)s::jsonb
WHERE tenant_id = %(tenant)s AND order_id = %(order)s AND place = %(place)s
"""
_AMEND = """
UPDATE orders_order SET version = version + 1, updated_at = GREATEST(updated_at, %(at)s),
  status = %(status)s, items = %(items)s::jsonb, goods_minor = %(goods)s, total_minor = %(total)s,
  fulfilment = %(fulfilment)s, shipping_minor = %(shipping)s, recipient = %(recipient)s,
  phone = %(phone)s, phone_last4 = %(last4)s,
  address = %(address)s::jsonb, payments = %(payments)s::jsonb, changes = %(changes)s::jsonb
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
"""
_TOUCH = """
UPDATE orders_order SET version = version + 1, updated_at = GREATEST(updated_at, %(at)s)
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""


async def load(
    ctx: Ctx, rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, OrderId], dict[str, OrderId]]:
    """Write orders; returns those created and those that replaced an older report, by number."""
    given = {"tenant": ctx.scope.tenant, "rows": storable(rows)}
    created: dict[str, OrderId] = {}
    updated: dict[str, OrderId] = {}
    for row in await ctx.uow.rows(_LOAD, given):
        (created if row.version == 1 else updated)[row.number] = OrderId(row.id)
    return created, updated


async def ids(ctx: Ctx, numbers: Sequence[str]) -> dict[str, OrderId]:
    """The ids of orders by their numbers."""
    given = {"tenant": ctx.scope.tenant, "numbers": list(numbers)}
    return {row.number: OrderId(row.id) for row in await ctx.uow.rows(_IDS, given)}


async def put_parcels(
    ctx: Ctx, rows: Sequence[Mapping[str, Any]], replaced: Sequence[UUID]
) -> None:
    """Write the parcels of orders, after dropping those of orders that were reported anew."""
    if replaced:
        given = {"tenant": ctx.scope.tenant, "ids": list(replaced)}
        await ctx.uow.run(_DROP_PARCELS, given)
    if rows:
        await ctx.uow.run(_PARCELS, {"tenant": ctx.scope.tenant, "rows": storable(rows)})


async def by_number(
    ctx: Ctx, numbers: Sequence[str], *, everywhere: bool
) -> Order | None:
    """The order under one of these spellings, within reach or wherever it was sold."""
    row = await ctx.uow.row(_BY_NUMBER, {
        "tenant": ctx.scope.tenant, "numbers": list(numbers),
        "path": "%" if everywhere else f"{ctx.scope.path}%",
    })
    return (await _with_parcels(ctx, [row]))[0] if row else None


async def proof(ctx: Ctx, numbers: Sequence[str]) -> tuple[UUID | None, str]:
    """Whose order it is and the digits that prove it: one query, whether it exists or not."""
    row = await ctx.uow.row(_PROOF, {"tenant": ctx.scope.tenant, "numbers": list(numbers)})
    return (row.customer_id, row.phone_last4) if row else (None, "")


async def of_customer(ctx: Ctx, customers: Sequence[UUID], limit: int) -> tuple[Order, ...]:
    """Orders of a customer under any of their ids, newest first."""
    rows = await ctx.uow.rows(_OF_CUSTOMER, {
        "tenant": ctx.scope.tenant, "customers": list(customers), "limit": limit,
    })
    return tuple(await _with_parcels(ctx, rows))


async def parcel(
    ctx: Ctx, numbers: Sequence[str], *, lock: bool = False
) -> tuple[Track, UUID | None, UUID, int] | None:
    """A parcel by its number, with the customer, the order and its place in it."""
    statement = _PARCEL + " FOR UPDATE OF p" if lock else _PARCEL
    row = await ctx.uow.row(statement, {"tenant": ctx.scope.tenant, "numbers": list(numbers)})
    return (shapes.track(row), row.customer_id, row.order_id, row.place) if row else None


async def move(ctx: Ctx, order_id: UUID, place: int, parcel: Parcel) -> None:
    """Keep a carrier's news."""
    given = {"tenant": ctx.scope.tenant, "order": order_id, "place": place,
             "status": parcel.status, "delivered": parcel.delivered_at,
             "events": storable([shapes.event_row(one) for one in parcel.events])}
    await ctx.uow.run(_MOVE, given)
    await ctx.uow.run(_TOUCH, {"tenant": ctx.scope.tenant, "id": order_id, "at": ctx.now()})


async def amend(ctx: Ctx, order: Order) -> bool:
    """Write an order that was changed; false when its version has moved on."""
    given = shapes.amended_row(order) | {"tenant": ctx.scope.tenant, "at": ctx.now()}
    return await ctx.uow.run(_AMEND, given) == 1


async def page(ctx: Ctx, search: OrderSearch) -> Page[Order]:
    """Orders sold within reach, newest first."""
    clauses = ["tenant_id = %(tenant)s", "unit_path LIKE %(path)s"]
    given: dict[str, Any] = {
        "tenant": ctx.scope.tenant, "path": f"{ctx.scope.path}%", "limit": search.limit + 1,
        "status": search.status, "customers": list(search.customer_ids),
        "from": search.placed_from, "to": search.placed_to, "numbers": [search.number],
    }
    asked = {
        "status = %(status)s": search.status,
        "customer_id = ANY(%(customers)s::uuid[])": search.customer_ids,
        "placed_at >= %(from)s": search.placed_from,
        "placed_at < %(to)s": search.placed_to,
        "number = ANY(%(numbers)s::text[])": search.number,
    }
    clauses += [clause for clause, value in asked.items() if value]
    if search.cursor:
        given["at"], given["last"] = decode_cursor(search.cursor, datetime, UUID)
        clauses.append("(placed_at, id) < (%(at)s::timestamptz, %(last)s::uuid)")
    rows = await ctx.uow.rows(
        f"SELECT * FROM orders_order WHERE {' AND '.join(clauses)} "
        "ORDER BY placed_at DESC, id DESC LIMIT %(limit)s",
        given,
    )
    items = tuple(await _with_parcels(ctx, rows[: search.limit]))
    if len(rows) <= search.limit:
        return Page(items)
    return Page(items, encode_cursor(items[-1].placed_at, items[-1].id))


async def _with_parcels(ctx: Ctx, rows: Sequence[Any]) -> list[Order]:
    found: dict[UUID, list[Parcel]] = {row.id: [] for row in rows}
    given = {"tenant": ctx.scope.tenant, "ids": list(found)}
    for row in await ctx.uow.rows(_PARCELS_OF, given) if found else ():
        found[row.order_id].append(shapes.parcel(row))
    return [shapes.order(row, tuple(found[row.id])) for row in rows]
