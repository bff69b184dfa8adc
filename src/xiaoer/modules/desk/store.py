"""Every query of the room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.modules.desk.contracts import Macro, MacroId, PresenceState
from xiaoer.ports.ctx import Ctx

_ARRIVE = """
INSERT INTO desk_presence (tenant_id, member_id, state, capacity, seen_at, unit_path)
VALUES (%(tenant)s, %(member)s, 'online', %(capacity)s, %(at)s, %(path)s)
ON CONFLICT (tenant_id, member_id) DO UPDATE SET seen_at = excluded.seen_at,
  unit_path = excluded.unit_path,
  state = CASE WHEN desk_presence.state = 'offline' THEN 'online' ELSE desk_presence.state END
"""
_STATE = """
INSERT INTO desk_presence (tenant_id, member_id, state, capacity, seen_at, unit_path)
VALUES (%(tenant)s, %(member)s, %(state)s, %(capacity)s, %(at)s, %(path)s)
ON CONFLICT (tenant_id, member_id) DO UPDATE SET seen_at = excluded.seen_at,
  state = excluded.state
"""
_CAPACITY = """
UPDATE desk_presence SET capacity = %(capacity)s
WHERE tenant_id = %(tenant)s AND member_id = %(member)s
"""
_PRESENCES = """
SELECT member_id, state, capacity, seen_at FROM desk_presence
WHERE tenant_id = %(tenant)s AND member_id = ANY(%(members)s::uuid[])
"""
_ONLINE = """
SELECT count(*) AS n FROM desk_presence
WHERE tenant_id = %(tenant)s AND state = 'online' AND seen_at > %(since)s
  AND %(path)s LIKE unit_path || '%%'
"""
_MACROS = """
SELECT id, shortcut, title, text, owner_id, version FROM desk_macro
WHERE tenant_id = %(tenant)s AND (owner_id IS NULL OR owner_id = %(member)s)
  AND %(path)s LIKE unit_path || '%%'
ORDER BY shortcut
"""
_ADD_MACRO = """
INSERT INTO desk_macro (tenant_id, id, shortcut, title, text, owner_id, unit_path)
VALUES (%(tenant)s, %(id)s, %(shortcut)s, %(title)s, %(text)s, %(owner)s, %(path)s)
ON CONFLICT DO NOTHING
"""
_CHANGE_MACRO = """
UPDATE desk_macro SET shortcut = %(shortcut)s, title = %(title)s, text = %(text)s,
  version = version + 1
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
  AND (owner_id = %(member)s OR (owner_id IS NULL AND %(shared)s))
"""
_DROP_MACRO = """
DELETE FROM desk_macro WHERE tenant_id = %(tenant)s AND id = %(id)s
  AND (owner_id = %(member)s OR (owner_id IS NULL AND %(shared)s))
"""


async def arrive(ctx: Ctx, member_id: UUID, capacity: int) -> None:
    """The agent's desk is heard of."""
    await ctx.uow.run(
        _ARRIVE,
        {
            "tenant": ctx.scope.tenant,
            "member": member_id,
            "capacity": capacity,
            "at": ctx.now(),
            "path": ctx.scope.path,
        },
    )


async def set_state(ctx: Ctx, member_id: UUID, state: PresenceState, capacity: int) -> None:
    """What the agent says of themselves."""
    await ctx.uow.run(
        _STATE,
        {
            "tenant": ctx.scope.tenant,
            "member": member_id,
            "state": str(state),
            "capacity": capacity,
            "at": ctx.now(),
            "path": ctx.scope.path,
        },
    )


async def set_capacity(ctx: Ctx, member_id: UUID, capacity: int) -> None:
    """How many conversations the agent may hold."""
    await ctx.uow.run(
        _CAPACITY, {"tenant": ctx.scope.tenant, "member": member_id, "capacity": capacity}
    )


async def presences(ctx: Ctx, members: Sequence[UUID]) -> dict[UUID, Any]:
    """Rows of those who have ever been at a desk."""
    rows = await ctx.uow.rows(_PRESENCES, {"tenant": ctx.scope.tenant, "members": list(members)})
    return {row.member_id: row for row in rows}


async def online(ctx: Ctx, unit_path: str, since: datetime) -> int:
    """Desks of this place or above that are online and were heard of since."""
    row = await ctx.uow.row(
        _ONLINE, {"tenant": ctx.scope.tenant, "path": unit_path, "since": since}
    )
    return int(row.n) if row else 0


async def macros(ctx: Ctx, member_id: UUID) -> list[Macro]:
    """One's own, and those shared at one's place or above."""
    rows = await ctx.uow.rows(
        _MACROS, {"tenant": ctx.scope.tenant, "member": member_id, "path": ctx.scope.path}
    )
    return [Macro(MacroId(r.id), r.shortcut, r.title, r.text, r.owner_id, r.version) for r in rows]


async def add_macro(ctx: Ctx, macro: Macro) -> bool:
    """Insert; false when the shortcut is taken."""
    return (
        await ctx.uow.run(
            _ADD_MACRO,
            {
                "tenant": ctx.scope.tenant,
                "id": macro.id,
                "shortcut": macro.shortcut,
                "title": macro.title,
                "text": macro.text,
                "owner": macro.owner_id,
                "path": ctx.scope.path,
            },
        )
        == 1
    )


async def change_macro(ctx: Ctx, macro: Macro, member_id: UUID, *, shared: bool) -> bool:
    """Compare-and-set; ``shared``: the actor may change shared ones."""
    return (
        await ctx.uow.run(
            _CHANGE_MACRO,
            {
                "tenant": ctx.scope.tenant,
                "id": macro.id,
                "shortcut": macro.shortcut,
                "title": macro.title,
                "text": macro.text,
                "version": macro.version,
                "member": member_id,
                "shared": shared,
            },
        )
        == 1
    )


async def drop_macro(ctx: Ctx, macro_id: UUID, member_id: UUID, *, shared: bool) -> bool:
    """Delete; false when there is none that the actor may delete."""
    return (
        await ctx.uow.run(
            _DROP_MACRO,
            {"tenant": ctx.scope.tenant, "id": macro_id, "member": member_id, "shared": shared},
        )
        == 1
    )
