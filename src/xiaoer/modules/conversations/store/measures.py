"""Queries of the four numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from xiaoer.modules.conversations.contracts import Numbers
from xiaoer.ports.ctx import Ctx

_CLOSE = """
UPDATE conversations_demand SET closed_at = %(now)s,
  confirmed_at = CASE WHEN resolved_at IS NOT NULL THEN %(now)s::timestamptz END
WHERE tenant_id = %(tenant)s AND closed_at IS NULL
  AND GREATEST(last_contact_at, COALESCE(resolved_at, last_contact_at)) < %(before)s
"""
_GROUPS = {
    "tier": "COALESCE(NULLIF(tier, ''), 'none')",
    "store": "unit_path",
    "day": "to_char(opened_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
    "all": "'all'",
}
_COUNTS = """
SELECT {label} AS label, count(*) AS received,
  count(*) FILTER (WHERE {contained}) AS contained,
  count(*) FILTER (WHERE {confirmed_resolved}) AS confirmed_resolved,
  count(*) FILTER (WHERE {reopened}) AS reopened,
  count(*) FILTER (WHERE {not_yet_known}) AS not_yet_known
FROM conversations_demand
WHERE tenant_id = %(tenant)s AND opened_at >= %(start)s AND opened_at < %(end)s
  AND unit_path LIKE %(path)s
GROUP BY 1 ORDER BY 1
"""
CONDITIONS = {
    "received": "true",
    "contained": "closed_at IS NOT NULL AND contained",
    "confirmed_resolved": "confirmed_at IS NOT NULL",
    "reopened": "reopened > 0",
    "not_yet_known": "closed_at IS NULL",
}
_ROWS = """
SELECT DISTINCT ON (c.last_at, c.id) c.id FROM conversations_demand d
JOIN conversations_conversation c ON c.tenant_id = d.tenant_id AND (c.demand_id = d.id OR EXISTS (
  SELECT FROM conversations_try t
  WHERE t.tenant_id = d.tenant_id AND t.demand_id = d.id AND t.conversation_id = c.id))
WHERE d.tenant_id = %(tenant)s AND d.opened_at >= %(start)s AND d.opened_at < %(end)s
  AND d.unit_path LIKE %(path)s AND c.unit_path LIKE %(path)s
  AND (%(label)s::text IS NULL OR {label} = %(label)s) AND {condition}
ORDER BY c.last_at DESC, c.id LIMIT %(limit)s
"""


async def close(ctx: Ctx, window: timedelta) -> int:
    """Conclude on the demands whose window has passed; returns how many."""
    now = ctx.now()
    given = {"tenant": ctx.scope.tenant, "now": now, "before": now - window}
    return await ctx.uow.run(_CLOSE, given)


async def counts(ctx: Ctx, start: datetime, end: datetime, by: str, zone: str) -> list[Numbers]:
    """The numbers of each tier, store or day."""
    statement = _COUNTS.format(label=_GROUPS[by], **CONDITIONS)
    given = _period(ctx, start, end, zone)
    return [Numbers(**dict(row)) for row in await ctx.uow.rows(statement, given)]


async def rows(
    ctx: Ctx, start: datetime, end: datetime, zone: str, choice: tuple[str, str, str | None]
) -> list[UUID]:
    """The conversations behind a number; ``choice`` is ``(number, by, label)``."""
    number, by, label = choice
    columns = {name: f"d.{name}" for name in ("tier", "unit_path", "opened_at")}
    expression = _GROUPS[by]
    for name, qualified in columns.items():
        expression = expression.replace(name, qualified)
    condition = CONDITIONS[number]
    for name in ("closed_at", "confirmed_at", "reopened", "contained"):
        condition = condition.replace(name, f"d.{name}")
    statement = _ROWS.format(label=expression, condition=condition)
    given = _period(ctx, start, end, zone) | {"label": label, "limit": 200}
    return [row.id for row in await ctx.uow.rows(statement, given)]


def _period(ctx: Ctx, start: datetime, end: datetime, zone: str) -> dict[str, Any]:
    return {
        "tenant": ctx.scope.tenant,
        "path": f"{ctx.scope.path}%",
        "start": start,
        "end": end,
        "zone": zone,
    }
