"""Queries of misses and of the gaps that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.modules.knowledge.contracts import (
    EntryId,
    Gap,
    GapLook,
    GapState,
    Miss,
    MissKind,
)
from xiaoer.ports.ctx import Ctx

EXAMPLES = 3
_KNOWN = """
SELECT m.conversation_id, m.seq FROM unnest(%(ids)s::uuid[], %(seqs)s::bigint[]) AS w (id, seq)
JOIN knowledge_miss m
  ON m.tenant_id = %(tenant)s AND m.conversation_id = w.id AND m.seq = w.seq
"""
_CENTRES = """
SELECT id, question FROM knowledge_gap WHERE tenant_id = %(tenant)s
ORDER BY newest_at DESC, id LIMIT %(most)s
"""
_ADD_GAP = """
INSERT INTO knowledge_gap (tenant_id, id, question, lang, state, version, newest_at, changed_at,
  changed_by)
VALUES (%(tenant)s, %(id)s, %(question)s, %(lang)s, 'open', 1, %(at)s, %(at)s, '')
ON CONFLICT DO NOTHING
"""
_ADD_MISS = """
INSERT INTO knowledge_miss (tenant_id, conversation_id, seq, gap_id, question, kind, customer_key,
  unit_path, locale, confidence, at)
VALUES (%(tenant)s, %(conversation)s, %(seq)s, %(gap)s, %(question)s, %(kind)s, %(customer)s,
  %(unit)s, %(locale)s, %(confidence)s, %(at)s)
ON CONFLICT DO NOTHING
"""
_MEMBERS = """
SELECT * FROM knowledge_miss WHERE tenant_id = %(tenant)s AND gap_id = %(gap)s
  AND unit_path LIKE %(path)s ORDER BY at DESC, conversation_id, seq LIMIT %(most)s
"""
_RENAME = """
UPDATE knowledge_gap SET question = %(question)s, lang = %(lang)s,
  newest_at = GREATEST(newest_at, %(at)s)
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_MOVE = """
UPDATE knowledge_gap SET state = %(state)s, entry_id = %(entry)s, version = version + 1,
  changed_at = %(at)s, changed_by = %(by)s
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
"""
_DROP_MISS = """
DELETE FROM knowledge_miss
WHERE tenant_id = %(tenant)s AND conversation_id = %(conversation)s AND seq = %(seq)s
"""
_PRUNE = "DELETE FROM knowledge_miss WHERE tenant_id = %(tenant)s AND at < %(before)s"
_EMPTY = """
DELETE FROM knowledge_gap g WHERE g.tenant_id = %(tenant)s AND g.state = 'open'
  AND NOT EXISTS (SELECT FROM knowledge_miss m WHERE m.tenant_id = g.tenant_id AND m.gap_id = g.id)
"""
_HEARD = "SELECT heard_until FROM knowledge_study WHERE tenant_id = %(tenant)s FOR UPDATE"
_BEGIN = """
INSERT INTO knowledge_study (tenant_id, heard_until) VALUES (%(tenant)s, 0) ON CONFLICT DO NOTHING
"""
_HEAR = "UPDATE knowledge_study SET heard_until = %(until)s WHERE tenant_id = %(tenant)s"
_OF_ENTRY = """
SELECT id FROM knowledge_gap WHERE tenant_id = %(tenant)s AND entry_id = %(entry)s
ORDER BY changed_at DESC, id LIMIT 1
"""
_PAGE = """
SELECT * FROM (
  SELECT g.id, g.question, g.lang, g.state, g.entry_id, g.version,
    count(DISTINCT m.customer_key) AS customers, count(*) AS times, max(m.at) AS newest_at,
    array_agg(DISTINCT m.kind ORDER BY m.kind) AS kinds,
    (array_agg(m.question ORDER BY m.at DESC))[1:40] AS examples
  FROM knowledge_gap g
  JOIN knowledge_miss m ON m.tenant_id = g.tenant_id AND m.gap_id = g.id
  WHERE g.tenant_id = %(tenant)s AND m.unit_path LIKE %(path)s
    AND (%(id)s::uuid IS NULL OR g.id = %(id)s::uuid)
    AND (%(state)s::text = '' OR g.state = %(state)s::text)
    AND (%(text)s::text = '' OR EXISTS (SELECT FROM knowledge_miss s
      WHERE s.tenant_id = g.tenant_id AND s.gap_id = g.id AND s.unit_path LIKE %(path)s
        AND position(lower(%(text)s::text) IN lower(s.question)) > 0))
  GROUP BY g.tenant_id, g.id
) one
WHERE (%(kind)s::text = '' OR %(kind)s::text = ANY(kinds))
  AND (%(c1)s::timestamptz IS NULL
    OR (customers, newest_at, id) < (%(c0)s::bigint, %(c1)s::timestamptz, %(c2)s::uuid))
ORDER BY customers DESC, newest_at DESC, id DESC LIMIT %(limit)s
"""


async def heard_until(ctx: Ctx) -> int:
    """Up to which try of the conversations all is heard; the row stays locked until the commit."""
    await ctx.uow.run(_BEGIN, {"tenant": ctx.scope.tenant})
    row = await ctx.uow.row(_HEARD, {"tenant": ctx.scope.tenant})
    return int(row.heard_until) if row else 0


async def hear(ctx: Ctx, until: int) -> None:
    """Everything up to here is heard."""
    await ctx.uow.run(_HEAR, {"tenant": ctx.scope.tenant, "until": until})


async def known(ctx: Ctx, misses: Sequence[Miss]) -> set[tuple[UUID, int]]:
    """The places of those that are kept."""
    given = {
        "tenant": ctx.scope.tenant,
        "ids": [one.conversation_id for one in misses],
        "seqs": [one.seq for one in misses],
    }
    return {(row.conversation_id, row.seq) for row in await ctx.uow.rows(_KNOWN, given)}


async def centres(ctx: Ctx, most: int) -> list[tuple[UUID, str]]:
    """The newest gaps with their central questions."""
    rows = await ctx.uow.rows(_CENTRES, {"tenant": ctx.scope.tenant, "most": most})
    return [(row.id, row.question) for row in rows]


async def open_gap(ctx: Ctx, gap_id: UUID, question: str, lang: str, at: datetime) -> None:
    """A gap that begins with a question."""
    given = {"tenant": ctx.scope.tenant, "id": gap_id, "question": question, "lang": lang, "at": at}
    await ctx.uow.run(_ADD_GAP, given)


async def add(ctx: Ctx, gap_id: UUID, miss: Miss) -> None:
    """Keep a miss in its gap; the same place again changes nothing."""
    given = {
        "tenant": ctx.scope.tenant,
        "conversation": miss.conversation_id,
        "seq": miss.seq,
        "gap": gap_id,
        "question": miss.question,
        "kind": str(miss.kind),
        "customer": miss.customer_key,
        "unit": miss.unit_path,
        "locale": miss.locale,
        "confidence": miss.confidence,
        "at": miss.at,
    }
    await ctx.uow.run(_ADD_MISS, given)


async def drop(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """Forget a miss."""
    given = {"tenant": ctx.scope.tenant, "conversation": conversation_id, "seq": seq}
    await ctx.uow.run(_DROP_MISS, given)


async def prune(ctx: Ctx, before: datetime) -> None:
    """Forget misses from before, and open gaps that hold none."""
    await ctx.uow.run(_PRUNE, {"tenant": ctx.scope.tenant, "before": before})
    await ctx.uow.run(_EMPTY, {"tenant": ctx.scope.tenant})


async def members(ctx: Ctx, gap_id: UUID, most: int) -> list[Miss]:
    """The newest misses of a gap within reach."""
    given = {
        "tenant": ctx.scope.tenant, "gap": gap_id, "path": f"{ctx.scope.path}%", "most": most,
    }  # fmt: skip
    return [_miss(row) for row in await ctx.uow.rows(_MEMBERS, given)]


async def name(ctx: Ctx, gap_id: UUID, question: str, lang: str, at: datetime) -> None:
    """Its most central question now, and when it was asked last."""
    given = {"tenant": ctx.scope.tenant, "id": gap_id, "question": question, "lang": lang, "at": at}
    await ctx.uow.run(_RENAME, given)


async def move(ctx: Ctx, gap: Gap, state: GapState, entry_id: UUID | None, by: str) -> bool:
    """Compare-and-set on the version."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": gap.id,
        "version": gap.version,
        "state": str(state),
        "entry": entry_id,
        "at": ctx.now(),
        "by": by,
    }
    return await ctx.uow.run(_MOVE, given) == 1


async def of_entry(ctx: Ctx, entry_id: UUID) -> UUID | None:
    """The gap that an entry was drafted for."""
    row = await ctx.uow.row(_OF_ENTRY, {"tenant": ctx.scope.tenant, "entry": entry_id})
    return row.id if row else None


async def get(ctx: Ctx, gap_id: UUID) -> Gap | None:
    """One gap, as one's part of the tree sees it."""
    found = await _rows(ctx, GapLook(state="", limit=1), gap_id)
    return found[0] if found else None


async def page(ctx: Ctx, look: GapLook) -> Page[Gap]:
    """Gaps, the most customers first, then the newest."""
    found = await _rows(ctx, look, None)
    items = tuple(found[: look.limit])
    if len(found) <= look.limit:
        return Page(items)
    last = items[-1]
    return Page(items, encode_cursor(last.customers, last.newest_at, last.id))


async def _rows(ctx: Ctx, look: GapLook, gap_id: UUID | None) -> list[Gap]:
    given: dict[str, Any] = {
        "tenant": ctx.scope.tenant,
        "path": f"{ctx.scope.path}%",
        "id": gap_id,
        "state": look.state,
        "text": look.text.strip(),
        "kind": look.kind,
        "limit": look.limit + 1,
        "c0": None,
        "c1": None,
        "c2": None,
    }
    if look.cursor:
        given["c0"], given["c1"], given["c2"] = decode_cursor(look.cursor, int, datetime, UUID)
    return [_gap(ctx, row) for row in await ctx.uow.rows(_PAGE, given)]


def _gap(ctx: Ctx, row: Any) -> Gap:
    # The centre may have been asked in another branch: who sees only one is shown that one's words.
    seen = ctx.scope.path == "/" or row.question in row.examples
    question = row.question if seen else row.examples[0]
    others = [text for text in dict.fromkeys(row.examples) if text != question]
    return Gap(
        row.id,
        question,
        row.lang,
        GapState(row.state),
        EntryId(row.entry_id) if row.entry_id else None,
        row.version,
        row.customers,
        row.times,
        row.newest_at,
        tuple(row.kinds),
        tuple(others[:EXAMPLES]),
    )


def _miss(row: Any) -> Miss:
    return Miss(
        row.conversation_id,
        row.seq,
        row.question,
        MissKind(row.kind),
        row.customer_key,
        row.unit_path,
        row.locale,
        row.confidence,
        row.at,
    )
