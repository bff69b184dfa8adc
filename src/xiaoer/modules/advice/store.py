"""Every query of the room."""

from __future__ import annotations

from datetime import date

from xiaoer.modules.advice.contracts import Allowance, Spent
from xiaoer.ports.ctx import Ctx

_KEEP = """
INSERT INTO advice_usage (tenant_id, day, calls, tokens)
SELECT %(tenant)s::uuid, %(day)s::date, 1, %(cost)s::bigint
WHERE 1 <= %(calls)s::integer AND %(cost)s::bigint <= %(tokens)s::bigint
ON CONFLICT (tenant_id, day) DO UPDATE
SET calls = advice_usage.calls + 1, tokens = advice_usage.tokens + excluded.tokens
WHERE advice_usage.calls < %(calls)s::integer
  AND advice_usage.tokens + excluded.tokens <= %(tokens)s::bigint
"""
_SPENT = """
SELECT calls, tokens FROM advice_usage WHERE tenant_id = %(tenant)s AND day = %(day)s
"""


async def keep(ctx: Ctx, day: date, cost: int, allowance: Allowance) -> bool:
    """Count one more call, unless the day's allowance would be passed."""
    given = {
        "tenant": ctx.scope.tenant,
        "day": day,
        "cost": cost,
        "calls": allowance.calls,
        "tokens": allowance.tokens,
    }
    return await ctx.uow.run(_KEEP, given) == 1


async def spent(ctx: Ctx, day: date) -> Spent:
    """What that day has cost so far."""
    row = await ctx.uow.row(_SPENT, {"tenant": ctx.scope.tenant, "day": day})
    return Spent(day, row.calls, row.tokens) if row else Spent(day)
