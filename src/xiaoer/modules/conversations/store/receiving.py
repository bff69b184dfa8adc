"""Queries of the receipt: the hot path, two statements for a message that goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.text import search_terms
from xiaoer.modules.conversations.contracts import Arrival, Conversation, ConversationId, DemandId
from xiaoer.modules.conversations.store import shapes
from xiaoer.ports.ctx import Ctx

_LATEST = """
SELECT * FROM conversations_conversation
WHERE tenant_id = %(tenant)s AND account_id = %(account)s AND visitor_id = %(visitor)s
ORDER BY (status = 'open') DESC, opened_at DESC LIMIT 1 FOR UPDATE
"""
_OPEN = """
INSERT INTO conversations_conversation (
  tenant_id, id, version, status, owner_kind, account_id, channel_kind, channel_name, visitor_id,
  customer_id, customer_name, customer_level, customer_kind, proven, unit_path, locale, page,
  demand_id, last_seq, last_at, opened_at, updated_at)
VALUES (
  %(tenant)s, %(id)s, 0, 'open', 'assistant', %(account)s, %(channel_kind)s, %(channel_name)s,
  %(visitor)s, %(customer)s, %(name)s, %(level)s, %(kind)s, %(proven)s, %(unit_path)s,
  %(locale)s, %(page)s::jsonb, %(demand)s, 0, %(at)s, %(at)s, %(at)s)
ON CONFLICT (tenant_id, account_id, visitor_id) WHERE status = 'open' DO NOTHING
RETURNING *
"""
_APPEND = """
WITH arrived AS (
  INSERT INTO conversations_message (
    tenant_id, conversation_id, seq, id, dedupe_key, client_id, author_kind, author_id,
    author_name, parts, state, at, words)
  VALUES (
    %(tenant)s, %(conversation)s, %(seq)s, %(id)s, %(dedupe)s, %(client_id)s, 'customer',
    %(customer)s, %(name)s, %(parts)s::jsonb, 2, %(at)s, array_to_tsvector(%(terms)s::text[]))
  ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
  RETURNING seq
)
UPDATE conversations_conversation c SET
  version = version + 1,
  changed_version = CASE WHEN status = 'open' THEN changed_version ELSE version + 1 END,
  status = 'open', resolved_at = NULL,
  owner_kind = %(owner_kind)s, owner_id = CASE WHEN %(owner_kind)s = 'agent' THEN owner_id END,
  last_seq = arrived.seq, last_customer_seq = arrived.seq, last_text = %(preview)s,
  last_author = 'customer', last_at = %(at)s, updated_at = %(at)s, demand_id = %(demand)s,
  unit_path = CASE WHEN owner_kind = 'assistant' THEN %(unit_path)s ELSE unit_path END,
  customer_id = COALESCE(%(customer)s, customer_id), proven = proven OR %(proven)s,
  customer_name = CASE WHEN %(name)s <> '' THEN %(name)s ELSE customer_name END,
  customer_level = CASE WHEN %(level)s <> '' THEN %(level)s ELSE customer_level END,
  waiting_since = CASE WHEN %(owner_kind)s = 'assistant' THEN NULL
                       ELSE COALESCE(waiting_since, %(at)s) END
FROM arrived WHERE c.tenant_id = %(tenant)s AND c.id = %(conversation)s
RETURNING c.version, c.owner_kind
"""
_KNOWN = """
SELECT conversation_id, id, seq, at FROM conversations_message
WHERE tenant_id = %(tenant)s AND dedupe_key = %(dedupe)s
"""
_OPEN_DEMAND = """
INSERT INTO conversations_demand
  (tenant_id, id, customer_key, unit_path, opened_at, last_contact_at)
VALUES (%(tenant)s, %(id)s, %(key)s, %(unit_path)s, %(at)s, %(at)s)
"""


def dedupe_key(arrival: Arrival) -> str:
    """Two senders may choose the same client id; one sender may not."""
    return f"{arrival.person.visitor_id}:{arrival.client_id}"


async def latest(ctx: Ctx, arrival: Arrival) -> Conversation | None:
    """The visitor's open conversation, else the newest one; locked until the commit."""
    row = await ctx.uow.row(
        _LATEST,
        {
            "tenant": ctx.scope.tenant,
            "account": arrival.account_id,
            "visitor": arrival.person.visitor_id,
        },
    )
    return shapes.conversation(row) if row else None


async def known(ctx: Ctx, arrival: Arrival) -> Any | None:
    """Where the message lies, when it was received before."""
    return await ctx.uow.row(_KNOWN, {"tenant": ctx.scope.tenant, "dedupe": dedupe_key(arrival)})


async def open_conversation(
    ctx: Ctx,
    arrival: Arrival,
    conversation_id: ConversationId,
    demand_id: DemandId,
    at: datetime,
) -> Conversation | None:
    """A new conversation, or nothing when another receipt has just opened one."""
    person = arrival.person
    row = await ctx.uow.row(
        _OPEN,
        {
            "tenant": ctx.scope.tenant,
            "id": conversation_id,
            "account": arrival.account_id,
            "channel_kind": arrival.channel_kind,
            "channel_name": arrival.channel_name,
            "visitor": person.visitor_id,
            "customer": person.customer_id,
            "name": person.name,
            "level": person.level,
            "kind": person.kind,
            "proven": person.proven,
            "unit_path": arrival.unit_path,
            "locale": arrival.locale,
            "page": shapes.dumps(dict(arrival.page)),
            "demand": demand_id,
            "at": at,
        },
    )
    return shapes.conversation(row) if row else None


async def open_demand(
    ctx: Ctx, demand_id: DemandId, customer_key: UUID, unit_path: str, at: datetime
) -> None:
    """A demand that nobody has understood yet."""
    await ctx.uow.run(
        _OPEN_DEMAND,
        {
            "tenant": ctx.scope.tenant,
            "id": demand_id,
            "key": customer_key,
            "unit_path": unit_path,
            "at": at,
        },
    )


async def append(
    ctx: Ctx, arrival: Arrival, conversation: Conversation, message: dict[str, Any]
) -> Any | None:
    """Store the message in its place; nothing when it is there already.

    ``message`` gives ``id, seq, at, preview, owner_kind, demand``.
    """
    person = arrival.person
    texts = [str(p.fields["text"]) for p in arrival.parts if p.kind == "text"]
    return await ctx.uow.row(
        _APPEND,
        {
            "tenant": ctx.scope.tenant,
            "conversation": conversation.id,
            "dedupe": dedupe_key(arrival),
            "client_id": arrival.client_id,
            "customer": person.customer_id,
            "name": person.name,
            "level": person.level,
            "proven": person.proven,
            "unit_path": arrival.unit_path,
            "parts": shapes.parts_json(arrival.parts),
            "terms": search_terms(" ".join(texts)),
            **message,
        },
    )
