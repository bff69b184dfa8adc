"""Queries of how far the house's words have come to the other side."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.modules.conversations.contracts import DeliveryState, Failure, Message
from xiaoer.modules.conversations.store import shapes
from xiaoer.ports.ctx import Ctx

_ADVANCE = """
UPDATE conversations_message SET state = %(state)s, failure = NULL
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::uuid[]) AND state < %(state)s
RETURNING conversation_id
"""
_FAIL = """
UPDATE conversations_message SET failure = %(failure)s::jsonb
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::uuid[]) AND state = 0
RETURNING conversation_id
"""
_QUEUE_AGAIN = """
UPDATE conversations_message SET failure = NULL
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND id = %(id)s
  AND state = 0 AND failure IS NOT NULL
RETURNING seq
"""
_ONE = """
SELECT * FROM conversations_message
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND id = %(id)s
"""
_RECENT = """
SELECT m.* FROM unnest(%(ids)s::uuid[]) AS w (id)
CROSS JOIN LATERAL (
  SELECT * FROM conversations_message
  WHERE tenant_id = %(tenant)s AND conversation_id = w.id AND author_kind <> 'customer'
    AND NOT internal
  ORDER BY seq DESC LIMIT %(limit)s
) m
ORDER BY m.conversation_id, m.seq
"""


async def advance(ctx: Ctx, ids: Sequence[UUID], state: DeliveryState) -> list[UUID]:
    """Move states forward; returns the conversations of those that moved, one each."""
    given = {"tenant": ctx.scope.tenant, "ids": list(ids), "state": state}
    return [r.conversation_id for r in await ctx.uow.rows(_ADVANCE, given)]


async def fail(ctx: Ctx, ids: Sequence[UUID], failure: Failure) -> list[UUID]:
    """Keep why these did not get out; returns the conversations of those that had not."""
    given = {
        "tenant": ctx.scope.tenant,
        "ids": list(ids),
        "failure": shapes.failure_json(failure),
    }
    return [r.conversation_id for r in await ctx.uow.rows(_FAIL, given)]


async def queue_again(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> int | None:
    """Take a failure back; the place of the message, or nothing when it had none."""
    given = {"tenant": ctx.scope.tenant, "conversation": conversation_id, "id": message_id}
    row = await ctx.uow.row(_QUEUE_AGAIN, given)
    return int(row.seq) if row else None


async def one(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> Message | None:
    """One message of a conversation."""
    given = {"tenant": ctx.scope.tenant, "conversation": conversation_id, "id": message_id}
    row = await ctx.uow.row(_ONE, given)
    return shapes.message(row) if row else None


async def recent(ctx: Ctx, ids: Sequence[UUID], limit: int) -> list[Message]:
    """What the house last said to the customer, of each conversation so many, oldest first."""
    given = {"tenant": ctx.scope.tenant, "ids": list(ids), "limit": limit}
    return [shapes.message(row) for row in await ctx.uow.rows(_RECENT, given)]
