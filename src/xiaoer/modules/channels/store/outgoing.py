"""Queries of messages that a channel carries out of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import AccountId, Trouble
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
SELECT message_id, seq, tries, due_at FROM channels_outgoing
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND sent_at IS NULL
  AND failed_at IS NULL
ORDER BY seq
"""
_SENT = """
UPDATE channels_outgoing SET sent_at = COALESCE(sent_at, %(at)s), failed_at = NULL,
  external_id = COALESCE(external_id, NULLIF(%(external)s, ''))
WHERE tenant_id = %(tenant)s AND message_id = %(message)s
"""
_HEARD_OF = """
UPDATE channels_outgoing SET sent_at = %(at)s, failed_at = NULL
WHERE tenant_id = %(tenant)s AND message_id = ANY(%(messages)s::uuid[]) AND sent_at IS NULL
"""
_TRIED = """
UPDATE channels_outgoing SET tries = %(tries)s, tried_at = %(at)s, due_at = %(due)s,
  failed_at = CASE WHEN %(due)s::timestamptz IS NULL THEN %(at)s::timestamptz END,
  reason = %(reason)s
WHERE tenant_id = %(tenant)s AND message_id = %(message)s AND sent_at IS NULL
"""
_AGAIN = """
UPDATE channels_outgoing SET tries = 0, due_at = NULL, failed_at = NULL
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND message_id = %(message)s
  AND failed_at IS NOT NULL AND sent_at IS NULL
"""
_TROUBLES = """
SELECT o.account_id, max(a.name) AS name, count(o.failed_at) AS failed,
  count(*) - count(o.failed_at) AS waiting, min(o.tried_at) AS since,
  (array_agg(o.reason ORDER BY o.tried_at DESC))[1] AS reason
FROM channels_outgoing o
JOIN channels_account a ON a.tenant_id = o.tenant_id AND a.id = o.account_id
WHERE o.tenant_id = %(tenant)s AND a.unit_path LIKE %(path)s AND a.active
  AND o.sent_at IS NULL AND o.tried_at > %(since)s
  AND o.tried_at > COALESCE((
    SELECT max(s.sent_at) FROM channels_outgoing s
    WHERE s.tenant_id = o.tenant_id AND s.account_id = o.account_id), '-infinity')
GROUP BY o.account_id HAVING sum(GREATEST(o.tries, 1)) >= %(least)s
ORDER BY since, o.account_id
"""
_KNOWN = """
SELECT message_id FROM channels_outgoing
WHERE tenant_id = %(tenant)s AND account_id = %(account)s
  AND (message_id = %(message)s::uuid OR external_id = %(external)s::text)
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to go out, after so many tries in vain, not before ``due_at``."""

    message_id: UUID
    seq: int
    tries: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What has become of a try in vain."""

    message_id: UUID
    tries: int
    reason: str
    due_at: datetime | None


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


async def unsent(ctx: Ctx, conversation_id: UUID) -> list[Due]:
    """Planned, not yet out and not given up, in order."""
    rows = await ctx.uow.rows(
        _UNSENT, {"tenant": ctx.scope.tenant, "conversation": conversation_id}
    )
    return [Due(row.message_id, row.seq, row.tries, row.due_at) for row in rows]


async def sent(ctx: Ctx, message_id: UUID, external_id: str) -> None:
    """The other side has it, under this name of its own (or none)."""
    await ctx.uow.run(
        _SENT,
        {
            "tenant": ctx.scope.tenant,
            "message": message_id,
            "external": external_id,
            "at": ctx.now(),
        },
    )


async def heard_of(ctx: Ctx, message_ids: Sequence[UUID]) -> None:
    """The other side speaks of these, so it has them, whatever our own call heard."""
    given = {"tenant": ctx.scope.tenant, "messages": list(message_ids), "at": ctx.now()}
    await ctx.uow.run(_HEARD_OF, given)


async def tried(ctx: Ctx, tried: Tried) -> None:
    """A try was in vain; without a next time the message is given up."""
    await ctx.uow.run(
        _TRIED,
        {
            "tenant": ctx.scope.tenant,
            "message": tried.message_id,
            "tries": tried.tries,
            "due": tried.due_at,
            "reason": tried.reason,
            "at": ctx.now(),
        },
    )


async def again(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> bool:
    """Take a message up again that was given up; false for any other."""
    given = {
        "tenant": ctx.scope.tenant,
        "conversation": conversation_id,
        "message": message_id,
    }
    return await ctx.uow.run(_AGAIN, given) == 1


async def troubles(ctx: Ctx, since: datetime, least: int) -> list[Trouble]:
    """Accounts within reach with so many tries in vain since then, and none good after them."""
    given = {
        "tenant": ctx.scope.tenant,
        "path": f"{ctx.scope.path}%",
        "since": since,
        "least": least,
    }
    return [
        Trouble(AccountId(r.account_id), r.name, r.failed, r.waiting, r.since, r.reason)
        for r in await ctx.uow.rows(_TROUBLES, given)
    ]


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
