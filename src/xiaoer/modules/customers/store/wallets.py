"""How customers pay, and what their gift cards hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.kit.storable import storable
from xiaoer.modules.customers.contracts import CustomerId, PaymentMethod
from xiaoer.ports.ctx import Ctx

_CLEAR = """
DELETE FROM customers_payment_method
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s::uuid[])
"""
_PUT = """
INSERT INTO customers_payment_method
  (tenant_id, customer_id, id, kind, balance_minor, currency, extra)
SELECT %(tenant)s, customer_id, id, kind, balance_minor, currency, extra
FROM json_to_recordset(%(rows)s::json) AS r(
  customer_id uuid, id text, kind text, balance_minor bigint, currency text, extra jsonb)
ON CONFLICT (tenant_id, customer_id, id) DO UPDATE SET kind = excluded.kind,
  balance_minor = excluded.balance_minor, currency = excluded.currency, extra = excluded.extra
"""
_OF = """
SELECT * FROM customers_payment_method
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s::uuid[])
ORDER BY customer_id, id
"""
_MOVE = """
UPDATE customers_payment_method SET balance_minor = balance_minor + %(minor)s
WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s::uuid[]) AND id = %(id)s
  AND currency = %(currency)s AND balance_minor + %(minor)s >= 0
"""


async def put(ctx: Ctx, wallets: Mapping[CustomerId, Sequence[PaymentMethod]]) -> None:
    """Replace all payment methods of these customers."""
    tenant = ctx.scope.tenant
    await ctx.uow.run(_CLEAR, {"tenant": tenant, "customers": list(wallets)})
    rows = [_row(one, owner) for owner, wallet in wallets.items()
            for one in {method.id: method for method in wallet}.values()]
    if rows:
        await ctx.uow.run(_PUT, {"tenant": tenant, "rows": storable(rows)})


async def of(
    ctx: Ctx, customers: Sequence[CustomerId]
) -> dict[CustomerId, tuple[PaymentMethod, ...]]:
    """The payment methods of customers; who has none lacks."""
    found: dict[CustomerId, tuple[PaymentMethod, ...]] = {}
    given = {"tenant": ctx.scope.tenant, "customers": list(customers)}
    for row in await ctx.uow.rows(_OF, given):
        owner = CustomerId(row.customer_id)
        found[owner] = (*found.get(owner, ()), _method(row))
    return found


async def move(ctx: Ctx, customers: Sequence[CustomerId], method: str, more: Money) -> bool:
    """Add to what a gift card holds, or take from it; false when it would hold less than
    nothing."""
    given = {"tenant": ctx.scope.tenant, "customers": list(customers), "id": method,
             "minor": more.minor, "currency": more.currency}
    return await ctx.uow.run(_MOVE, given) == 1


def _row(method: PaymentMethod, owner: UUID) -> dict[str, Any]:
    balance = method.balance
    return {"customer_id": owner, "id": method.id, "kind": method.kind,
            "balance_minor": balance.minor if balance else None,
            "currency": balance.currency if balance else "CNY", "extra": dict(method.extra)}


def _method(row: Any) -> PaymentMethod:
    balance = None if row.balance_minor is None else Money(row.balance_minor, row.currency)
    return PaymentMethod(row.id, row.kind, balance, row.extra)
