"""Queries of demands, tries and the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.modules.conversations.contracts import AuditLine, Demand, DemandId, Try
from xiaoer.modules.conversations.store import shapes
from xiaoer.ports.ctx import Ctx

_EARLIER = """
SELECT * FROM conversations_demand
WHERE tenant_id = %(tenant)s AND customer_key = %(key)s AND id <> %(id)s AND topic = %(topic)s
  AND (subject = %(subject)s OR subject = '' OR %(subject)s = '')
  AND resolved_at IS NOT NULL AND closed_at IS NULL
ORDER BY opened_at DESC LIMIT 1
"""
_TRIED = """
WITH tried AS (
  INSERT INTO conversations_try
    (tenant_id, demand_id, conversation_id, tier, outcome, reason, confidence, at)
  SELECT %(tenant)s, %(id)s, %(conversation)s, tier, outcome, reason, confidence, at
  FROM json_to_recordset(%(tries)s::json)
    AS t(tier text, outcome text, reason text, confidence float8, at timestamptz)
)
UPDATE conversations_demand SET
  topic = CASE WHEN topic = '' THEN %(topic)s ELSE topic END,
  subject = CASE WHEN subject = '' THEN %(subject)s ELSE subject END,
  tier = %(tier)s, last_contact_at = %(at)s, contained = contained AND NOT %(by_person)s,
  resolved_at = CASE WHEN %(resolved)s THEN %(at)s ELSE resolved_at END
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_RETURNED = """
UPDATE conversations_demand SET reopened = reopened + 1, resolved_at = NULL,
  last_contact_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_UNSOLVED = """
UPDATE conversations_demand SET resolved_at = NULL, last_contact_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_SETTLED = """
UPDATE conversations_demand SET tier = 'bot', resolved_at = %(at)s, last_contact_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_ABSORB = """
WITH gone AS (
  DELETE FROM conversations_demand WHERE tenant_id = %(tenant)s AND id = %(gone)s
), tries AS (
  UPDATE conversations_try SET demand_id = %(kept)s
  WHERE tenant_id = %(tenant)s AND demand_id = %(gone)s
)
UPDATE conversations_conversation SET demand_id = %(kept)s
WHERE tenant_id = %(tenant)s AND demand_id = %(gone)s
"""
_OPEN = """
INSERT INTO conversations_demand
  (tenant_id, id, customer_key, unit_path, topic, subject, opened_at, last_contact_at)
SELECT tenant_id, %(id)s, customer_key, unit_path, %(topic)s, %(subject)s, %(at)s, %(at)s
FROM conversations_demand WHERE tenant_id = %(tenant)s AND id = %(like)s
"""
_POINT = """
UPDATE conversations_conversation SET demand_id = %(demand)s
WHERE tenant_id = %(tenant)s AND id = %(conversation)s
"""
_NOTE = """
INSERT INTO conversations_audit (tenant_id, conversation_id, at, actor, verb, details)
VALUES (%(tenant)s, %(conversation)s, %(at)s, %(actor)s, %(verb)s, %(details)s::jsonb)
"""
_TRAIL = """
SELECT at, actor, verb, details FROM conversations_audit
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s ORDER BY id LIMIT 500
"""
_REKEY = """
UPDATE conversations_demand SET customer_key = %(to)s, closed_at = NULL, confirmed_at = NULL
WHERE tenant_id = %(tenant)s AND customer_key = %(from)s
"""


async def earlier(ctx: Ctx, current: Demand, topic: str, subject: str) -> Demand | None:
    """The customer's latest other demand on the topic whose window is open."""
    row = await ctx.uow.row(
        _EARLIER,
        {
            "tenant": ctx.scope.tenant,
            "key": current.customer_key,
            "id": current.id,
            "topic": topic,
            "subject": subject,
        },
    )
    return shapes.demand(row) if row else None


async def settled(ctx: Ctx, demand_id: UUID, at: datetime) -> None:
    """A member says that what the machine answered resolves it."""
    await ctx.uow.run(_SETTLED, {"tenant": ctx.scope.tenant, "id": demand_id, "at": at})


async def returned(ctx: Ctx, demand_id: UUID, at: datetime) -> None:
    """The customer came back for what was thought resolved."""
    await ctx.uow.run(_RETURNED, {"tenant": ctx.scope.tenant, "id": demand_id, "at": at})


async def unsolved(ctx: Ctx, demand_id: UUID, at: datetime) -> None:
    """The customer says that the answer did not help."""
    await ctx.uow.run(_UNSOLVED, {"tenant": ctx.scope.tenant, "id": demand_id, "at": at})


async def absorb(ctx: Ctx, kept: DemandId, gone: DemandId) -> None:
    """What looked like a new demand is a return of an earlier one."""
    await ctx.uow.run(_ABSORB, {"tenant": ctx.scope.tenant, "kept": kept, "gone": gone})


async def split(
    ctx: Ctx, like: DemandId, new_id: DemandId, conversation_id: UUID, **seen: Any
) -> None:
    """A second demand of the same customer in the same conversation."""
    given = {"tenant": ctx.scope.tenant, "id": new_id, "like": like, **seen}
    await ctx.uow.run(_OPEN, given)
    await point(ctx, new_id, conversation_id)


async def point(ctx: Ctx, demand_id: DemandId, conversation_id: UUID) -> None:
    """From now on the conversation is about this demand."""
    await ctx.uow.run(
        _POINT, {"tenant": ctx.scope.tenant, "demand": demand_id, "conversation": conversation_id}
    )


async def tried(
    ctx: Ctx,
    demand_id: UUID,
    conversation_id: UUID,
    made: Sequence[Try],
    topic: str = "",
    subject: str = "",
) -> None:
    """Append to the demand's tries, and keep what the last of them understood."""
    last = made[-1]
    tries = [
        {
            "tier": each.tier,
            "outcome": each.outcome,
            "reason": each.reason,
            "confidence": each.confidence,
            "at": each.at,
        }
        for each in made
    ]
    await ctx.uow.run(
        _TRIED,
        {
            "tenant": ctx.scope.tenant,
            "id": demand_id,
            "conversation": conversation_id,
            "tries": shapes.dumps(tries),
            "topic": topic,
            "subject": subject,
            "tier": last.tier,
            "at": last.at,
            "resolved": last.outcome == "answered",
            "by_person": last.tier == "human" and last.outcome == "answered",
        },
    )


async def note(
    ctx: Ctx, conversation_id: UUID, actor: str, verb: str, details: dict[str, Any]
) -> None:
    """Append to the audit trail."""
    await ctx.uow.run(
        _NOTE,
        {
            "tenant": ctx.scope.tenant,
            "conversation": conversation_id,
            "at": ctx.now(),
            "actor": actor,
            "verb": verb,
            "details": shapes.dumps(details),
        },
    )


async def trail(ctx: Ctx, conversation_id: UUID) -> list[AuditLine]:
    """Everything that was done, oldest first."""
    rows = await ctx.uow.rows(_TRAIL, {"tenant": ctx.scope.tenant, "conversation": conversation_id})
    return [AuditLine(r.at, r.actor, r.verb, r.details) for r in rows]


async def rekey(ctx: Ctx, from_key: UUID, to_key: UUID) -> None:
    """Hang demands on the merged identity; what was concluded is concluded again."""
    await ctx.uow.run(_REKEY, {"tenant": ctx.scope.tenant, "from": from_key, "to": to_key})
