"""Queries of conversations: reading, owning, listing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.modules.conversations.contracts import (
    Conversation,
    ConversationId,
    Demand,
    HandOff,
    Message,
    Person,
    Try,
    View,
)
from xiaoer.modules.conversations.store import shapes
from xiaoer.ports.ctx import Ctx, Shopper

_GET = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND id = %(id)s AND unit_path LIKE %(path)s
  AND (%(visitor)s::uuid IS NULL OR visitor_id = %(visitor)s)
"""
_TURN = """
SELECT c.*, d.customer_key, d.topic, d.subject, d.opened_at AS demanded_at,
  d.resolved_at AS settled_at, d.contained, d.confirmed_at, d.reopened, d.last_contact_at,
  (SELECT json_agg(json_build_array(t.tier, t.outcome, t.reason, t.confidence, t.at)
                   ORDER BY t.id)
   FROM (SELECT * FROM conversations_try
         WHERE tenant_id = %(tenant)s AND demand_id = d.id ORDER BY id DESC LIMIT 20) t) AS tries,
  (SELECT json_agg(json_build_array(m.id, m.seq, m.client_id, m.author_kind, m.author_id,
                     m.author_name, m.parts, m.at, m.covers, m.sources, m.state, m.tier)
                   ORDER BY m.seq)
   FROM (SELECT * FROM conversations_message
         WHERE tenant_id = %(tenant)s AND conversation_id = c.id AND NOT internal
         ORDER BY seq DESC LIMIT %(most)s) m) AS history
FROM conversations_conversation c
JOIN conversations_demand d ON d.tenant_id = %(tenant)s AND d.id = c.demand_id
WHERE c.tenant_id = %(tenant)s AND c.id = %(id)s AND c.unit_path LIKE %(path)s
  AND (%(visitor)s::uuid IS NULL OR c.visitor_id = %(visitor)s)
"""
_MANY = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::uuid[]) AND unit_path LIKE %(path)s
"""
_LATEST_OF_VISITOR = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND account_id = %(account)s AND visitor_id = %(visitor)s
ORDER BY opened_at DESC LIMIT 1
"""
_NEXT = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND status = 'open' AND owner_kind = 'queue'
  AND unit_path LIKE %(path)s
  AND (skill_group IS NULL OR skill_group = ANY(%(groups)s::uuid[]))
ORDER BY priority DESC, waiting_since LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CHANGE = """
WITH changed AS (
  UPDATE conversations_conversation SET version = version + 1,
    changed_version = version + 1, updated_at = %(at)s,
    status = %(status)s, owner_kind = %(owner_kind)s, owner_id = %(owner_id)s,
    owner_name = %(owner_name)s, skill_group = %(skill_group)s, waiting_since = %(waiting_since)s,
    resolved_at = %(resolved_at)s, priority = %(priority)s, unsolved = %(unsolved)s
  WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
  RETURNING *
), met_a_person AS (
  UPDATE conversations_demand d SET tier = 'human', contained = false, last_contact_at = %(at)s
  FROM changed WHERE d.tenant_id = %(tenant)s AND d.id = changed.demand_id
    AND changed.status = 'open' AND changed.owner_kind = 'agent'
), noted AS (
  INSERT INTO conversations_audit (tenant_id, conversation_id, at, actor, verb, details)
  SELECT %(tenant)s, changed.id, %(at)s, %(actor)s, %(verb)s, %(details)s::jsonb
  FROM changed WHERE %(verb)s <> ''
)
SELECT * FROM changed
"""
_TO_QUEUE = """
WITH queued AS (
  UPDATE conversations_conversation SET version = version + 1, changed_version = version + 1,
    updated_at = %(at)s, status = 'open', owner_kind = 'queue', owner_id = NULL, owner_name = '',
    skill_group = %(group)s, waiting_since = COALESCE(waiting_since, %(at)s),
    resolved_at = NULL, priority = %(priority)s
  WHERE tenant_id = %(tenant)s AND id = %(id)s AND owner_kind = 'assistant'
  RETURNING *
), passed_on AS (
  UPDATE conversations_demand d SET tier = 'human', contained = false, last_contact_at = %(at)s
  FROM queued WHERE d.tenant_id = %(tenant)s AND d.id = queued.demand_id
), noted AS (
  INSERT INTO conversations_audit (tenant_id, conversation_id, at, actor, verb, details)
  SELECT %(tenant)s, queued.id, %(at)s, 'assistant', 'hand_off',
    jsonb_build_object('reason', %(reason)s::text) FROM queued
)
SELECT * FROM queued
"""
_RATE = """
UPDATE conversations_conversation SET rating = %(score)s, version = version + 1,
  updated_at = %(at)s
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING *
"""
_WAITING = """
SELECT count(*) AS waiting, min(waiting_since) AS oldest_at FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND status = 'open' AND owner_kind = 'queue'
  AND unit_path LIKE %(path)s
  AND (%(groups)s::uuid[] IS NULL OR skill_group IS NULL OR skill_group = ANY(%(groups)s))
"""
_PLACES = """
WITH pace AS (
  SELECT count(*) / 900.0 AS per_s FROM conversations_audit
  WHERE tenant_id = %(tenant)s AND verb = 'claim' AND at > %(at)s::timestamptz - interval '15 minutes'
)
SELECT id, row_number() OVER (
  PARTITION BY skill_group ORDER BY priority DESC, waiting_since) AS place, per_s
FROM conversations_conversation, pace
WHERE tenant_id = %(tenant)s AND status = 'open' AND owner_kind = 'queue'
"""
_QUIET = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND status = 'open' AND owner_kind = 'assistant'
  AND last_author <> 'customer' AND last_at < %(before)s
ORDER BY last_at LIMIT 200 FOR UPDATE SKIP LOCKED
"""
_SEEN = """
UPDATE conversations_conversation SET {column} = GREATEST({column}, LEAST(%(seq)s, last_seq))
WHERE tenant_id = %(tenant)s AND id = %(id)s AND {column} < %(seq)s RETURNING id
"""
_REKEY = """
UPDATE conversations_conversation SET customer_id = %(to)s
WHERE tenant_id = %(tenant)s AND customer_id = %(from)s
"""
_KNOW = """
UPDATE conversations_conversation SET customer_id = %(customer)s, customer_name = %(name)s,
  customer_level = %(level)s, customer_kind = %(kind)s, proven = %(proven)s,
  version = version + 1, updated_at = %(at)s
WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s
"""


def _reach(ctx: Ctx) -> dict[str, Any]:
    """The tenant, the place in the tree, and for a shopper nothing but their own."""
    visitor = ctx.actor.visitor_id if isinstance(ctx.actor, Shopper) else None
    return {"tenant": ctx.scope.tenant, "path": f"{ctx.scope.path}%", "visitor": visitor}


async def get(ctx: Ctx, conversation_id: UUID, *, lock: bool = False) -> Conversation | None:
    """One conversation within reach, locked until the commit on demand."""
    statement = _GET + " FOR UPDATE" if lock else _GET
    row = await ctx.uow.row(statement, {**_reach(ctx), "id": conversation_id})
    return shapes.conversation(row) if row else None


async def with_history(
    ctx: Ctx, conversation_id: UUID, most: int
) -> tuple[Conversation, Demand, tuple[Try, ...], tuple[Message, ...]] | None:
    """One conversation within reach, its current demand, that one's last twenty tries, and the
    last messages that the customer sees, oldest first."""
    row = await ctx.uow.row(_TURN, {**_reach(ctx), "id": conversation_id, "most": most})
    if row is None:
        return None
    return (
        shapes.conversation(row),
        shapes.joined_demand(row),
        shapes.listed_tries(row.tries),
        shapes.listed_messages(row.id, row.history),
    )


async def to_queue(ctx: Ctx, conversation_id: UUID, wanted: HandOff) -> Conversation | None:
    """From the assistant into the queue, on record; nothing when someone else owns it.

    The demand of the conversation is not contained from then on.
    """
    row = await ctx.uow.row(
        _TO_QUEUE,
        {
            "tenant": ctx.scope.tenant,
            "id": conversation_id,
            "at": ctx.now(),
            "group": wanted.skill_group,
            "priority": wanted.priority,
            "reason": wanted.reason,
        },
    )
    return shapes.conversation(row) if row else None


async def many(ctx: Ctx, ids: Sequence[UUID]) -> list[Conversation]:
    """Those of the ids that are within reach."""
    rows = await ctx.uow.rows(_MANY, {**_reach(ctx), "ids": list(ids)})
    return [shapes.conversation(row) for row in rows]


async def latest_of_visitor(ctx: Ctx, account_id: UUID, visitor_id: UUID) -> Conversation | None:
    """The newest conversation of a visitor on a channel account."""
    row = await ctx.uow.row(
        _LATEST_OF_VISITOR,
        {"tenant": ctx.scope.tenant, "account": account_id, "visitor": visitor_id},
    )
    return shapes.conversation(row) if row else None


async def next_waiting(ctx: Ctx, skill_groups: Sequence[UUID]) -> Conversation | None:
    """The most urgent, then oldest, that nobody else is claiming at this instant."""
    row = await ctx.uow.row(_NEXT, {**_reach(ctx), "groups": list(skill_groups)})
    return shapes.conversation(row) if row else None


async def change(
    ctx: Ctx,
    before: Conversation,
    after: dict[str, Any],
    *,
    actor: str = "",
    verb: str = "",
    details: dict[str, Any] | None = None,
) -> Conversation | None:
    """Compare-and-set on the version; ``after`` names the columns that differ.

    With a ``verb`` it goes on the audit trail. The demand of a conversation that an agent owns is
    not contained from then on, whoever resolves it.
    """
    columns = _columns(before) | after
    row = await ctx.uow.row(
        _CHANGE,
        {
            "tenant": ctx.scope.tenant,
            "id": before.id,
            "version": before.version,
            "at": ctx.now(),
            "actor": actor,
            "verb": verb,
            "details": shapes.dumps(details or {}),
            **columns,
        },
    )
    return shapes.conversation(row) if row else None


async def rate(ctx: Ctx, conversation_id: UUID, score: int) -> Conversation | None:
    """Keep a rating; the last one counts."""
    row = await ctx.uow.row(
        _RATE, {"tenant": ctx.scope.tenant, "id": conversation_id, "score": score, "at": ctx.now()}
    )
    return shapes.conversation(row) if row else None


async def waiting(ctx: Ctx, skill_groups: Sequence[UUID] | None) -> tuple[int, datetime | None]:
    """How many wait for a person of the groups within reach, and since when."""
    groups = list(skill_groups) if skill_groups is not None else None
    row = await ctx.uow.row(_WAITING, _reach(ctx) | {"groups": groups})
    return (row.waiting, row.oldest_at) if row else (0, None)


async def places(ctx: Ctx) -> dict[UUID, tuple[int, int | None]]:
    """Everyone who waits: the place from 1 in their skill group, and the seconds it may take.

    The estimate divides the place by the pace of claims in the last quarter of an hour; without
    claims there is none.
    """
    rows = await ctx.uow.rows(_PLACES, {"tenant": ctx.scope.tenant, "at": ctx.now()})
    return {
        row.id: (row.place, round(row.place / float(row.per_s)) if row.per_s else None)
        for row in rows
    }


async def holding(ctx: Ctx, members: Sequence[UUID]) -> dict[UUID, int]:
    """How many open conversations each of the members owns."""
    rows = await ctx.uow.rows(
        "SELECT owner_id, count(*) AS n FROM conversations_conversation "
        "WHERE tenant_id = %(tenant)s AND owner_id = ANY(%(members)s::uuid[]) "
        "AND status = 'open' AND owner_kind = 'agent' GROUP BY owner_id",
        {"tenant": ctx.scope.tenant, "members": list(members)},
    )
    return {row.owner_id: row.n for row in rows}


async def quiet(ctx: Ctx, before: datetime) -> list[Conversation]:
    """Open at the assistant, answered, and silent since ``before``."""
    rows = await ctx.uow.rows(_QUIET, {"tenant": ctx.scope.tenant, "before": before})
    return [shapes.conversation(row) for row in rows]


async def seen(ctx: Ctx, conversation_id: ConversationId, side: str, seq: int) -> bool:
    """Move a reading mark forward, never back; says whether it moved."""
    column = "agent_seen_seq" if side == "agent" else "customer_seen_seq"
    given = {"tenant": ctx.scope.tenant, "id": conversation_id, "seq": seq}
    return await ctx.uow.run(_SEEN.format(column=column), given) == 1


async def rekey_customer(ctx: Ctx, from_id: UUID, to_id: UUID) -> None:
    """After two identities became one."""
    await ctx.uow.run(_REKEY, {"tenant": ctx.scope.tenant, "from": from_id, "to": to_id})


async def know(ctx: Ctx, person: Person) -> None:
    """Who the visitor of these conversations is."""
    await ctx.uow.run(
        _KNOW,
        {
            "tenant": ctx.scope.tenant,
            "visitor": person.visitor_id,
            "customer": person.customer_id,
            "name": person.name,
            "level": person.level,
            "kind": person.kind,
            "proven": person.proven,
            "at": ctx.now(),
        },
    )


_VIEWS = {
    "queue": "status = 'open' AND owner_kind = 'queue'"
    " AND (%(groups)s::uuid[] IS NULL OR skill_group IS NULL OR skill_group = ANY(%(groups)s))",
    "mine": "status = 'open' AND owner_kind = 'agent' AND owner_id = %(member)s",
    "all": "status = 'open'",
    "resolved": "status = 'resolved'",
    "customer": "customer_id = %(customer)s",
}


async def page(ctx: Ctx, view: View) -> Page[Conversation]:
    """A list; the queue oldest first and by priority, everything else newest first."""
    queue = view.name == "queue"
    clauses = ["tenant_id = %(tenant)s", "unit_path LIKE %(path)s", _VIEWS[view.name]]
    given = _reach(ctx) | {
        "member": view.member_id,
        "customer": view.customer_id,
        "limit": view.limit + 1,
        "groups": list(view.skill_groups) if view.skill_groups is not None else None,
    }
    if view.text:
        clauses.append("(customer_name ILIKE %(like)s OR last_text ILIKE %(like)s)")
        given["like"] = "%" + view.text.replace("%", r"\%").replace("_", r"\_") + "%"
    if view.cursor:
        first, at, last_id = decode_cursor(view.cursor, int, datetime, UUID)
        given |= {"c0": first, "c1": at, "c2": last_id}
        clauses.append(
            "(-priority, waiting_since, id) > (%(c0)s::int, %(c1)s::timestamptz, %(c2)s::uuid)"
            if queue
            else "(last_at, id) < (%(c1)s::timestamptz, %(c2)s::uuid)"
        )
    order = "-priority, waiting_since, id" if queue else "last_at DESC, id DESC"
    where = " AND ".join(clauses)
    rows = await ctx.uow.rows(
        f"SELECT * FROM conversations_conversation WHERE {where} ORDER BY {order} LIMIT %(limit)s",
        given,
    )
    items = tuple(shapes.conversation(row) for row in rows[: view.limit])
    if len(rows) <= view.limit:
        return Page(items)
    last = items[-1]
    at = last.waiting_since if queue else last.last_at
    return Page(items, encode_cursor(-last.priority, at, last.id))


def _columns(conversation: Conversation) -> dict[str, Any]:
    owner = conversation.owner
    return {
        "status": str(conversation.status),
        "owner_kind": type(owner).__name__.lower(),
        "owner_id": getattr(owner, "id", None),
        "owner_name": getattr(owner, "name", ""),
        "skill_group": conversation.skill_group,
        "waiting_since": conversation.waiting_since,
        "resolved_at": conversation.resolved_at,
        "priority": conversation.priority,
        "unsolved": conversation.unsolved,
    }
