"""Queries of messages: what the house says, what is read back, what is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.kit.text import search_query, search_terms
from xiaoer.modules.conversations.contracts import (
    Author,
    Conversation,
    ConversationId,
    DeliveryState,
    Message,
    MessageId,
    Part,
    Source,
)
from xiaoer.modules.conversations.store import shapes
from xiaoer.ports.ctx import Ctx

_SPEAK = """
WITH held AS (
  SELECT id, last_seq FROM conversations_conversation
  WHERE tenant_id = %(tenant)s AND id = %(conversation)s AND status = 'open'
    AND ({condition})
  FOR UPDATE
), spoken AS (
  INSERT INTO conversations_message (
    tenant_id, conversation_id, seq, id, dedupe_key, client_id, author_kind, author_id,
    author_name, parts, internal, covers, sources, state, tier, at, words)
  SELECT %(tenant)s, held.id, held.last_seq + 1, %(id)s, %(dedupe)s, %(client_id)s,
    %(author_kind)s, %(author_id)s, %(author_name)s, %(parts)s::jsonb, %(internal)s,
    %(covers)s::bigint[], %(sources)s::jsonb, %(state)s::smallint, %(tier)s, %(at)s,
    array_to_tsvector(%(terms)s::text[])
  FROM held
  ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
  RETURNING *
)
UPDATE conversations_conversation c SET
  version = c.version + 1, last_seq = spoken.seq, updated_at = %(at)s, dropped = 0,
  last_text = CASE WHEN %(internal)s THEN c.last_text ELSE %(preview)s END,
  last_author = CASE WHEN %(internal)s THEN c.last_author ELSE %(author_kind)s END,
  last_at = CASE WHEN %(internal)s THEN c.last_at ELSE %(at)s END,
  waiting_since = CASE WHEN %(answers)s THEN NULL ELSE c.waiting_since END
FROM spoken WHERE c.tenant_id = %(tenant)s AND c.id = %(conversation)s
RETURNING c.version, spoken.seq, spoken.id, spoken.state
"""
_CONDITIONS = {
    "assistant": "owner_kind = 'assistant' AND last_seq = %(seen)s",
    "assistant_anyway": "owner_kind = 'assistant'",
    "agent": "owner_kind = 'agent' AND owner_id = %(author_id)s",
    "anyone": "true",
}
_BY_DEDUPE = """
SELECT * FROM conversations_message WHERE tenant_id = %(tenant)s AND dedupe_key = %(dedupe)s
"""
_DROPPED = """
UPDATE conversations_conversation SET dropped = dropped + 1
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING dropped
"""
_AFTER = """
SELECT * FROM conversations_message
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND seq > %(seq)s
  AND (%(internal)s OR NOT internal)
ORDER BY seq LIMIT %(limit)s
"""
_BEFORE = """
SELECT * FROM conversations_message
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND seq < %(seq)s
  AND (%(internal)s OR NOT internal)
ORDER BY seq DESC LIMIT %(limit)s
"""
_NEWS = """
SELECT m.* FROM unnest(%(ids)s::uuid[], %(seqs)s::bigint[]) AS w (id, seq)
JOIN conversations_message m
  ON m.tenant_id = %(tenant)s AND m.conversation_id = w.id AND m.seq > w.seq
ORDER BY m.conversation_id, m.seq LIMIT 2000
"""
_COVERED = """
SELECT COALESCE(max(seq), 0) AS seq FROM conversations_message
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s
  AND author_kind IN ('assistant', 'agent') AND NOT internal
"""
_READ_UNTIL = """
UPDATE conversations_message SET state = 3
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND seq <= %(seq)s
  AND author_kind IN ('assistant', 'agent') AND state < 3
"""
_SEARCH = """
SELECT m.*, c.customer_name FROM conversations_message m
JOIN conversations_conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
WHERE m.tenant_id = %(tenant)s AND m.words @@ %(query)s::tsquery AND c.unit_path LIKE %(path)s
  AND (%(before)s::timestamptz IS NULL OR (m.at, m.id) < (%(before)s, %(before_id)s::uuid))
ORDER BY m.at DESC, m.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the house is about to say."""

    id: MessageId
    author: Author
    parts: tuple[Part, ...]
    at: datetime
    preview: str
    client_id: str | None = None
    internal: bool = False
    covers: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()
    tier: str | None = None

    def spoken(self, conversation_id: ConversationId, stored: Any) -> Message:
        """The message that this has become, in the place where ``speak`` stored it."""
        return Message(
            id=self.id,
            conversation_id=conversation_id,
            seq=stored.seq,
            client_id=self.client_id,
            author=self.author,
            parts=self.parts,
            at=self.at,
            internal=self.internal,
            covers=self.covers,
            sources=self.sources,
            state=DeliveryState(stored.state),
            tier=self.tier,
        )


async def speak(ctx: Ctx, conversation: Conversation, draft: Draft, condition: str) -> Any | None:
    """Store a message if ``condition`` still holds; returns ``version, seq, id, state``.

    Nothing when it does not. What a channel carries waits for the other side to have it.
    """
    sources = [{"id": s.id, "title": s.title, "kind": s.kind} for s in draft.sources]
    text = " ".join(part.words for part in draft.parts if part.words)
    statement = _SPEAK.format(condition=_CONDITIONS[condition])
    return await ctx.uow.row(
        statement,
        {
            "tenant": ctx.scope.tenant,
            "conversation": conversation.id,
            "seen": conversation.last_seq,
            "id": draft.id,
            "dedupe": _dedupe(draft),
            "client_id": draft.client_id,
            "author_kind": str(draft.author.kind),
            "author_id": draft.author.id,
            "author_name": draft.author.name,
            "parts": shapes.parts_json(draft.parts),
            "internal": draft.internal,
            "covers": list(draft.covers),
            "sources": shapes.dumps(sources),
            "state": _first_state(ctx, conversation, draft),
            "tier": draft.tier,
            "at": draft.at,
            "preview": draft.preview,
            "terms": search_terms(text),
            "answers": not draft.internal and draft.author.kind != "system",
        },
    )


async def known(ctx: Ctx, draft: Draft) -> Message | None:
    """The message that was stored for the same author and client id."""
    row = await ctx.uow.row(_BY_DEDUPE, {"tenant": ctx.scope.tenant, "dedupe": _dedupe(draft)})
    return shapes.message(row) if row else None


async def count_drop(ctx: Ctx, conversation: Conversation) -> int:
    """How many drafts in a row were overtaken by the customer."""
    row = await ctx.uow.row(_DROPPED, {"tenant": ctx.scope.tenant, "id": conversation.id})
    return int(row.dropped) if row else 0


async def after(
    ctx: Ctx, conversation_id: UUID, seq: int, limit: int, *, internal: bool
) -> list[Message]:
    """Messages behind ``seq``, oldest first."""
    return await _read(ctx, _AFTER, conversation_id, seq, limit, internal=internal)


async def before(
    ctx: Ctx, conversation_id: UUID, seq: int, limit: int, *, internal: bool
) -> list[Message]:
    """Messages ahead of ``seq``, oldest first."""
    found = await _read(ctx, _BEFORE, conversation_id, seq, limit, internal=internal)
    return found[::-1]


async def news(ctx: Ctx, marks: Sequence[tuple[UUID, int]]) -> list[Message]:
    """For many conversations at once, what lies behind each mark."""
    rows = await ctx.uow.rows(
        _NEWS,
        {"tenant": ctx.scope.tenant, "ids": [i for i, _ in marks], "seqs": [s for _, s in marks]},
    )
    return [shapes.message(row) for row in rows]


async def covered_until(ctx: Ctx, conversation_id: UUID) -> int:
    """The last place at which the house spoke to the customer."""
    row = await ctx.uow.row(_COVERED, {"tenant": ctx.scope.tenant, "conversation": conversation_id})
    return int(row.seq) if row else 0


async def read_until(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """The customer has read everything up to ``seq``."""
    await ctx.uow.run(
        _READ_UNTIL, {"tenant": ctx.scope.tenant, "conversation": conversation_id, "seq": seq}
    )


async def search(ctx: Ctx, text: str, cursor: str | None, limit: int) -> Page[tuple[Message, str]]:
    """Messages that hold every term, newest first, with the customer's name."""
    query = search_query(text)
    if not query:
        return Page(())
    before, before_id = decode_cursor(cursor, datetime, UUID) if cursor else (None, None)
    rows = await ctx.uow.rows(
        _SEARCH,
        {
            "tenant": ctx.scope.tenant,
            "path": f"{ctx.scope.path}%",
            "query": query,
            "before": before,
            "before_id": before_id,
            "limit": limit + 1,
        },
    )
    items = tuple((shapes.message(row), str(row.customer_name)) for row in rows[:limit])
    if len(rows) <= limit:
        return Page(items)
    return Page(items, encode_cursor(rows[limit - 1].at, rows[limit - 1].id))


async def _read(
    ctx: Ctx, sql: str, conversation_id: UUID, seq: int, limit: int, *, internal: bool
) -> list[Message]:
    rows = await ctx.uow.rows(
        sql,
        {
            "tenant": ctx.scope.tenant,
            "conversation": conversation_id,
            "seq": seq,
            "limit": limit,
            "internal": internal,
        },
    )
    return [shapes.message(row) for row in rows]


def _first_state(ctx: Ctx, conversation: Conversation, draft: Draft) -> int:
    channel = ctx.ports.channels.get(conversation.channel_kind)
    is_carried = channel is not None and channel.carries and not draft.internal
    return DeliveryState.QUEUED if is_carried else DeliveryState.SENT


def _dedupe(draft: Draft) -> str | None:
    return f"{draft.author.id}:{draft.client_id}" if draft.client_id else None
