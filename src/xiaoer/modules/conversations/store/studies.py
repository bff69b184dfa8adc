"""Queries for who studies past conversations: what was not answered, asked, and said by agents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xiaoer.modules.conversations.contracts import ConversationId
from xiaoer.modules.conversations.contracts.studies import AgentWords, PastQuestion, Trouble
from xiaoer.ports.ctx import Ctx

# A try that failed belongs to the reply that came of it. Who says "not solved", or asks for a
# person, speaks of the knowledge that was told before: that reply's question is the one.
_TROUBLES = """
WITH tried AS (
  SELECT id, conversation_id, tier, reason, confidence, at,
    tier = 'bot' AND outcome = 'climbed' AS direct
  FROM conversations_try
  WHERE tenant_id = %(tenant)s AND id > %(after)s AND (
    tier = 'bot' AND outcome = 'climbed' AND reason IN ('nothing_known', 'low_confidence')
    OR tier = 'bot' AND outcome = 'asked' AND reason = 'unsolved'
    OR tier = 'human' AND outcome = 'handed_off' AND reason IN ('unsolved', 'asked'))
  ORDER BY id LIMIT %(limit)s
)
SELECT t.*, c.unit_path, c.locale, COALESCE(c.customer_id, c.visitor_id) AS customer_key,
  q.seq, q.parts
FROM tried t
JOIN conversations_conversation c ON c.tenant_id = %(tenant)s AND c.id = t.conversation_id
LEFT JOIN LATERAL (
  SELECT m.covers FROM conversations_message m
  WHERE m.tenant_id = %(tenant)s AND m.conversation_id = t.conversation_id
    AND cardinality(m.covers) > 0 AND CASE WHEN t.direct THEN m.at >= t.at
      ELSE m.at <= t.at AND m.tier = 'bot' AND m.sources @> '[{"kind": "knowledge"}]' END
  ORDER BY CASE WHEN t.direct THEN m.seq ELSE -m.seq END LIMIT 1
) reply ON true
LEFT JOIN LATERAL (
  SELECT max(m.seq) AS seq, jsonb_agg(m.parts ORDER BY m.seq) AS parts
  FROM conversations_message m
  WHERE m.tenant_id = %(tenant)s AND m.conversation_id = t.conversation_id
    AND m.seq = ANY(reply.covers) AND m.author_kind = 'customer'
) q ON true
ORDER BY t.id
"""
_NEWEST_TRY = """
SELECT COALESCE(max(id), 0) AS id FROM conversations_try WHERE tenant_id = %(tenant)s
"""
_ASKED = """
WITH recent AS (
  (SELECT id, unit_path, locale, last_at FROM conversations_conversation
   WHERE tenant_id = %(tenant)s AND status = 'open' AND unit_path LIKE %(path)s
   ORDER BY last_at DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT id, unit_path, locale, last_at FROM conversations_conversation
   WHERE tenant_id = %(tenant)s AND status = 'resolved' AND unit_path LIKE %(path)s
   ORDER BY last_at DESC LIMIT %(limit)s)
)
SELECT c.id AS conversation_id, c.unit_path, c.locale, m.parts, m.at
FROM (SELECT * FROM recent ORDER BY last_at DESC LIMIT %(limit)s) c
JOIN conversations_message m ON m.tenant_id = %(tenant)s AND m.conversation_id = c.id
  AND m.author_kind = 'customer' AND NOT m.internal
ORDER BY m.at DESC, m.conversation_id, m.seq LIMIT %(most)s
"""
_AGENTS_WORDS = """
SELECT m.conversation_id, m.seq, m.parts, m.at, m.author_name
FROM unnest(%(ids)s::uuid[], %(seqs)s::bigint[]) AS w (id, seq)
JOIN conversations_conversation c ON c.tenant_id = %(tenant)s AND c.id = w.id
  AND c.unit_path LIKE %(path)s
CROSS JOIN LATERAL (
  SELECT * FROM conversations_message a
  WHERE a.tenant_id = %(tenant)s AND a.conversation_id = w.id AND a.seq > w.seq
    AND a.author_kind = 'agent' AND NOT a.internal
  ORDER BY a.seq LIMIT %(each)s
) m
ORDER BY m.conversation_id, m.seq
"""


async def troubles(ctx: Ctx, after: int, limit: int) -> tuple[list[Trouble], int]:
    """Demands that the machine did not meet, from the tries behind ``after``; and how far it read."""
    given = {"tenant": ctx.scope.tenant, "after": after, "limit": limit}
    newest = await ctx.uow.row(_NEWEST_TRY, given)
    rows = await ctx.uow.rows(_TROUBLES, given)
    found = [
        Trouble(
            number=row.id,
            conversation_id=ConversationId(row.conversation_id),
            seq=row.seq,
            question=_words(row.parts),
            kind=row.reason if row.direct or row.reason == "unsolved" else "handed_off",
            customer_key=row.customer_key,
            unit_path=row.unit_path,
            locale=row.locale,
            confidence=row.confidence,
            at=row.at,
        )
        for row in rows
        if row.seq is not None
    ]
    return found, rows[-1].id if len(rows) == limit else int(newest.id if newest else 0)


async def asked(ctx: Ctx, limit: int) -> list[PastQuestion]:
    """What customers of one's part of the tree wrote last, newest first, each wording once."""
    given = {
        "tenant": ctx.scope.tenant, "path": f"{ctx.scope.path}%", "limit": limit, "most": 4 * limit,
    }  # fmt: skip
    found: dict[tuple[str, str], PastQuestion] = {}
    for row in await ctx.uow.rows(_ASKED, given):
        said = PastQuestion(
            _words([row.parts]), row.unit_path, row.locale, ConversationId(row.conversation_id),
            row.at,
        )  # fmt: skip
        if said.text:
            found.setdefault((said.text, said.unit_path), said)
    return list(found.values())[:limit]


async def agents_words(
    ctx: Ctx, places: Sequence[tuple[UUID, int]], each: int
) -> list[AgentWords]:
    """The first words of agents behind each place of a conversation within reach."""
    given = {
        "tenant": ctx.scope.tenant,
        "path": f"{ctx.scope.path}%",
        "ids": [place[0] for place in places],
        "seqs": [place[1] for place in places],
        "each": each,
    }
    return [
        AgentWords(
            ConversationId(row.conversation_id), row.seq, _words([row.parts]), row.author_name, row.at
        )
        for row in await ctx.uow.rows(_AGENTS_WORDS, given)
    ]


def _words(messages: Sequence[Sequence[dict[str, Any]]]) -> str:
    """The texts of several messages, a line each."""
    parts = [part for message in messages for part in message if part.get("kind") == "text"]
    return "\n".join(str(part["text"]) for part in parts if part.get("text"))
