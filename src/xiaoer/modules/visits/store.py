"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xiaoer.kit.storable import storable
from xiaoer.modules.visits.contracts import Count, Daily, Happening, Window
from xiaoer.ports.ctx import Ctx

_RECORD = """
INSERT INTO visits_look
  (tenant_id, day, at, account_id, visitor_id, unit_path, kind, subject, url, weight)
SELECT %(tenant)s, day, at, %(account)s, %(visitor)s, %(path)s, kind, subject, url, weight
FROM json_to_recordset(%(rows)s::json)
  AS r(day date, at timestamptz, kind text, subject text, url text, weight smallint)
"""
_ROLL_UP = """
INSERT INTO visits_daily (tenant_id, day, kind, subject, unit_path, looks, visits)
SELECT tenant_id, day, kind, subject, unit_path, sum(weight),
  coalesce(sum(weight) FILTER (WHERE is_first), 0)
FROM (
  SELECT tenant_id, day, kind, subject, unit_path, weight,
    visitor_id IS NOT NULL AND row_number() OVER (
      PARTITION BY day, kind, subject, unit_path, visitor_id ORDER BY id) = 1 AS is_first
  FROM visits_look WHERE tenant_id = %(tenant)s AND day >= %(first)s AND day <= %(last)s
) AS looks
GROUP BY tenant_id, day, kind, subject, unit_path
ON CONFLICT (tenant_id, day, kind, subject, unit_path)
DO UPDATE SET looks = excluded.looks, visits = excluded.visits
"""
_FORGET_OLD = "DELETE FROM visits_look WHERE tenant_id = %(tenant)s AND day < %(before)s"
_FORGET = """
UPDATE visits_look SET visitor_id = NULL, url = ''
WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s
"""
_COUNT = """
SELECT coalesce(sum(looks), 0)::bigint AS looks, coalesce(sum(visits), 0)::bigint AS visits
FROM visits_daily
WHERE tenant_id = %(tenant)s AND day BETWEEN %(first)s AND %(last)s AND kind = %(kind)s
  AND (%(subject)s = '' OR subject = %(subject)s)
  AND starts_with(unit_path, %(path)s) AND starts_with(unit_path, %(reach)s)
"""
_DAILY = """
SELECT day, unit_path, kind, subject, looks, visits FROM visits_daily
WHERE tenant_id = %(tenant)s AND day BETWEEN %(first)s AND %(last)s AND kind = %(kind)s
  AND (%(subject)s = '' OR subject = %(subject)s)
  AND starts_with(unit_path, %(path)s) AND starts_with(unit_path, %(reach)s)
ORDER BY day, looks DESC, subject, unit_path LIMIT 10000
"""


async def record(
    ctx: Ctx, account_id: UUID, visitor_id: UUID | None, unit_path: str,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Keep looks: one statement, whatever their number."""
    await ctx.uow.run(_RECORD, {
        "tenant": ctx.scope.tenant, "account": account_id, "visitor": visitor_id,
        "path": unit_path, "rows": storable(rows),
    })


async def roll_up(ctx: Ctx, first: date, last: date) -> int:
    """Count days anew from their single looks; returns the number of counts written."""
    given = {"tenant": ctx.scope.tenant, "first": first, "last": last}
    return await ctx.uow.run(_ROLL_UP, given)


async def drop_before(ctx: Ctx, before: date) -> int:
    """Drop single looks of older days."""
    return await ctx.uow.run(_FORGET_OLD, {"tenant": ctx.scope.tenant, "before": before})


async def forget(ctx: Ctx, visitor_id: UUID) -> int:
    """Make a visitor's looks anonymous; they still count."""
    return await ctx.uow.run(_FORGET, {"tenant": ctx.scope.tenant, "visitor": visitor_id})


async def count(ctx: Ctx, window: Window) -> Count:
    """The sum over a window, within reach."""
    row = await ctx.uow.row(_COUNT, _asked(ctx, window))
    return Count(row.looks, row.visits) if row else Count(0, 0)


async def daily(ctx: Ctx, window: Window) -> tuple[Daily, ...]:
    """The counts behind that sum."""
    rows = await ctx.uow.rows(_DAILY, _asked(ctx, window))
    return tuple(
        Daily(r.day, r.unit_path, Happening(r.kind), r.subject, r.looks, r.visits) for r in rows
    )


def _asked(ctx: Ctx, window: Window) -> dict[str, Any]:
    return {
        "tenant": ctx.scope.tenant, "first": window.first, "last": window.last,
        "kind": window.kind, "subject": window.subject, "path": window.unit_path,
        "reach": ctx.scope.path,
    }
