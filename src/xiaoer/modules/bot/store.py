"""Every query of the room, within the tenant of the scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from xiaoer.kit.storable import storable
from xiaoer.modules.bot.contracts import Dialogue, Proposed, Waiting
from xiaoer.ports.ctx import Ctx

_GET = """
SELECT state FROM bot_dialogue
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s
"""
_KEEP = """
INSERT INTO bot_dialogue (tenant_id, conversation_id, state, changed_at)
VALUES (%(tenant)s, %(conversation)s, %(state)s::jsonb, %(at)s)
ON CONFLICT (tenant_id, conversation_id)
DO UPDATE SET state = EXCLUDED.state, changed_at = EXCLUDED.changed_at
"""


async def dialogue(ctx: Ctx, conversation_id: UUID) -> Dialogue:
    """Where a conversation stands; at the beginning when nothing is kept."""
    given = {"tenant": ctx.scope.tenant, "conversation": conversation_id}
    row = await ctx.uow.row(_GET, given)
    return _dialogue(row.state) if row else Dialogue()


async def keep(ctx: Ctx, conversation_id: UUID, after: Dialogue) -> None:
    """Keep it, in the place of what was."""
    await ctx.uow.run(_KEEP, {
        "tenant": ctx.scope.tenant, "conversation": conversation_id,
        "state": storable(asdict(after)), "at": ctx.now(),
    })  # fmt: skip


def _dialogue(state: Mapping[str, Any]) -> Dialogue:
    proposed = state.get("proposed")
    return Dialogue(
        flow=state["flow"], slots=state["slots"], asked=state["asked"],
        offered=tuple((label, value) for label, value in state["offered"]),
        misses=state["misses"], insisted=state["insisted"], refused=state["refused"],
        refusal=state["refusal"], proposed=Proposed(**proposed) if proposed else None,
        waiting=tuple(Waiting(**one) for one in state["waiting"]), focus=state["focus"],
    )  # fmt: skip
