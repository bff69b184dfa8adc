"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from xiaoer.kit.storable import storable
from xiaoer.modules.recommender.contracts import KeptPersona
from xiaoer.ports.ctx import Ctx

_PERSONAS_AT = """
SELECT DISTINCT ON (unit_path) unit_path, version, body, changed_at, changed_by FROM recommender_persona
WHERE tenant_id = %(tenant)s AND starts_with(%(path)s, unit_path)
ORDER BY unit_path, version DESC
"""
_PERSONAS_BELOW = """
SELECT DISTINCT ON (unit_path) unit_path, version, body, changed_at, changed_by FROM recommender_persona
WHERE tenant_id = %(tenant)s AND starts_with(unit_path, %(path)s)
ORDER BY unit_path, version DESC LIMIT 500
"""
_HISTORY = """
SELECT unit_path, version, body, changed_at, changed_by FROM recommender_persona
WHERE tenant_id = %(tenant)s AND unit_path = %(path)s ORDER BY version DESC LIMIT 100
"""
_PUT_PERSONA = """
INSERT INTO recommender_persona (tenant_id, unit_path, version, body, changed_at, changed_by)
SELECT %(tenant)s, %(path)s, %(version)s::int + 1, %(body)s::jsonb, %(at)s, %(by)s
WHERE %(version)s::int = coalesce((
  SELECT max(version) FROM recommender_persona WHERE tenant_id = %(tenant)s AND unit_path = %(path)s), 0)
ON CONFLICT DO NOTHING
"""
_WISH = """
SELECT body FROM recommender_wish
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND touched_at > %(since)s
"""
_KEEP_WISH = """
INSERT INTO recommender_wish (tenant_id, conversation_id, body, touched_at)
VALUES (%(tenant)s, %(conversation)s, %(body)s::jsonb, %(at)s)
ON CONFLICT (tenant_id, conversation_id)
DO UPDATE SET body = excluded.body, touched_at = excluded.touched_at
"""
# A few at a time, and none that another transaction is at: nobody waits for this.
_DROP_WISHES = """
DELETE FROM recommender_wish WHERE tenant_id = %(tenant)s AND conversation_id IN (
  SELECT conversation_id FROM recommender_wish
  WHERE tenant_id = %(tenant)s AND touched_at < %(before)s
  ORDER BY touched_at LIMIT 20 FOR UPDATE SKIP LOCKED)
"""


async def personas_at(ctx: Ctx, path: str) -> tuple[KeptPersona, ...]:
    """What a place and those above it have said, the newest of each."""
    rows = await ctx.uow.rows(_PERSONAS_AT, {"tenant": ctx.scope.tenant, "path": path})
    return tuple(_kept(row) for row in rows)


async def personas_below(ctx: Ctx) -> tuple[KeptPersona, ...]:
    """What the places within reach have said, the newest of each."""
    given = {"tenant": ctx.scope.tenant, "path": ctx.scope.path}
    return tuple(_kept(row) for row in await ctx.uow.rows(_PERSONAS_BELOW, given))


async def history(ctx: Ctx, path: str) -> tuple[KeptPersona, ...]:
    """Every change of a place's words, newest first."""
    rows = await ctx.uow.rows(_HISTORY, {"tenant": ctx.scope.tenant, "path": path})
    return tuple(_kept(row) for row in rows)


async def put_persona(
    ctx: Ctx, path: str, version: int, body: Mapping[str, Any] | None, by: str
) -> bool:
    """Add a version after this one; false when somebody else was first."""
    return await ctx.uow.run(_PUT_PERSONA, {
        "tenant": ctx.scope.tenant, "path": path, "version": version,
        "body": storable(body) if body is not None else None, "at": ctx.now(), "by": by,
    }) == 1


def _kept(row: Any) -> KeptPersona:
    return KeptPersona(row.unit_path, row.version, row.body, row.changed_at, row.changed_by)


async def wish(ctx: Ctx, conversation_id: UUID, since: datetime) -> Mapping[str, Any] | None:
    """What a conversation's recommendation is about, if it was touched since."""
    row = await ctx.uow.row(_WISH, {
        "tenant": ctx.scope.tenant, "conversation": conversation_id, "since": since})
    return row.body if row else None


async def keep_wish(
    ctx: Ctx, conversation_id: UUID, body: Mapping[str, Any], keep: timedelta
) -> None:
    """Keep it, and drop what nobody has touched for longer than ``keep``."""
    tenant, now = ctx.scope.tenant, ctx.now()
    await ctx.uow.run(_KEEP_WISH, {
        "tenant": tenant, "conversation": conversation_id, "body": storable(body), "at": now})
    await ctx.uow.run(_DROP_WISHES, {"tenant": tenant, "before": now - keep})
