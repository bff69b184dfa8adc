"""Queries of messages that a channel carries out of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from xiaoer.modules import conversations
from xiaoer.ports.ctx import Ctx

_LAST = """
SELECT COALESCE(max(seq), 0) AS seq FROM channels_outgoing
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s
"""
_PLAN = """
INSERT INTO channels_outgoing (tenant_id, message_id, account_id, conversation_id, seq)
SELECT %(tenant)s, m, %(account)s, %(conversation)s, s
FROM unnest(%(messages)s::uuid[], %(seqs)s::bigint[]) AS w (m, s)
ON CONFLICT DO NOTHING
"""
_UNSENT = """
SELECT message_id, seq FROM channels_outgoing
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND sent_at IS NULL
ORDER BY seq
"""
_SENT = """
UPDATE channels_outgoing SET sent_at = %(at)s, external_id = NULLIF(w.external_id, '')
FROM unnest(%(messages)s::uuid[], %(external)s::text[]) AS w (id, external_id)
WHERE tenant_id = %(tenant)s AND message_id = w.id AND sent_at IS NULL
"""
_KNOWN = """
SELECT message_id FROM channels_outgoing
WHERE tenant_id = %(tenant)s AND account_id = %(account)s
  AND (message_id = %(message)s::uuid OR external_id = %(external)s::text)
"""


async def last_planned(ctx: Ctx, conversation_id: UUID) -> int:
    """Up to where the conversation's messages are planned to go out."""
    row = await ctx.uow.row(
        _LAST, {"tenant": ctx.scope.tenant, "conversation": conversation_id}
    )
    return int(row.seq) if row else 0


async def plan(
    ctx: Ctx, account_id: UUID, conversation_id: UUID, messages: Sequence[conversations.contracts.Message]
) -> None:
    """These go out, in this order."""
    await ctx.uow.run(
        _PLAN,
        {
            "tenant": ctx.scope.tenant,
            "account": account_id,
            "conversation": conversation_id,
            "messages": [m.id for m in messages],
            "seqs": [m.seq for m in messages],
        },
    )


async def unsent(ctx: Ctx, conversation_id: UUID) -> list[tuple[UUID, int]]:
    """Planned and not yet out: ids and places, in order."""
    rows = await ctx.uow.rows(
        _UNSENT, {"tenant": ctx.scope.tenant, "conversation": conversation_id}
    )
    return [(row.message_id, row.seq) for row in rows]


async def sent(ctx: Ctx, names: Mapping[UUID, str]) -> None:
    """The other side has them, under these names of its own."""
    await ctx.uow.run(
        _SENT,
        {
            "tenant": ctx.scope.tenant,
            "messages": list(names),
            "external": list(names.values()),
            "at": ctx.now(),
        },
    )


async def known(
    ctx: Ctx, account_id: UUID, message_id: UUID | None, external_id: str
) -> list[UUID]:
    """Messages of this account by our id, or by the other side's."""
    rows = await ctx.uow.rows(
        _KNOWN,
        {
            "tenant": ctx.scope.tenant,
            "account": account_id,
            "message": message_id,
            "external": external_id or None,
        },
    )
    return [row.message_id for row in rows]
