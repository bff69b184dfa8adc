"""Facts that could not be delivered, for a person to read, replay or discard."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.ports.ctx import Ctx

_PAGE = """
SELECT subscriber, fact_id, name, key, body, attempts, error, died_at
FROM kernel_dead_letter WHERE tenant_id = %(tenant)s ORDER BY died_at DESC LIMIT 200
"""
_REPLAY = """
WITH back AS (
  DELETE FROM kernel_dead_letter
  WHERE tenant_id = %(tenant)s AND fact_id = %(fact)s AND subscriber = %(group)s
  RETURNING subscriber, fact_id, tenant_id, lane, name, key, seq, body, position
)
INSERT INTO kernel_delivery
  (subscriber, fact_id, tenant_id, lane, name, key, seq, body, position, due_at)
OVERRIDING SYSTEM VALUE
SELECT back.*, %(at)s FROM back RETURNING lane
"""
_DISCARD = """
DELETE FROM kernel_dead_letter
WHERE tenant_id = %(tenant)s AND fact_id = %(fact)s AND subscriber = %(group)s RETURNING lane
"""


async def dead_letters(ctx: Ctx) -> list[dict[str, Any]]:
    """The newest two hundred, with the error of the last attempt."""
    ctx.require("operations.read")
    rows = await ctx.uow.rows(_PAGE, {"tenant": ctx.scope.tenant})
    return [dict(row) for row in rows]


async def replay(ctx: Ctx, subscriber: str, fact_id: UUID) -> None:
    """Owe the fact again, in its old place; what waited behind it follows."""
    await _settle(ctx, _REPLAY, subscriber, fact_id)


async def discard(ctx: Ctx, subscriber: str, fact_id: UUID) -> None:
    """Give the fact up; what waited behind it goes on."""
    await _settle(ctx, _DISCARD, subscriber, fact_id)


async def _settle(ctx: Ctx, sql: str, subscriber: str, fact_id: UUID) -> None:
    ctx.require("operations.manage")
    row = await ctx.uow.row(
        sql, {"tenant": ctx.scope.tenant, "fact": fact_id, "group": subscriber, "at": ctx.now()}
    )
    if row is None:
        raise NotFound()
    ctx.ports.bus.publish(f"lane:{row.lane}")
