"""Queries of entries and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.kit.text import search_query, search_terms
from xiaoer.modules.knowledge.contracts import (
    Content,
    Entry,
    EntryId,
    Look,
    State,
    Version,
)
from xiaoer.ports.ctx import Ctx

_COLUMNS = "question, answer, similar_texts, category, scope_path, lang, valid_from, valid_to, kind"
_VALUES = """%(question)s, %(answer)s, %(similar)s::text[], %(category)s, %(scope_path)s, %(lang)s,
  %(valid_from)s, %(valid_to)s, %(kind)s"""
_ADD = f"""
INSERT INTO knowledge_entry (tenant_id, id, kb_id, {_COLUMNS}, state, version, updated_at,
  updated_by, words)
VALUES (%(tenant)s, %(id)s, %(kb_id)s, {_VALUES}, 'draft', 1, %(at)s, %(by)s,
  array_to_tsvector(%(terms)s::text[]))
ON CONFLICT DO NOTHING
"""
_ADD_VERSION = f"""
INSERT INTO knowledge_version (tenant_id, entry_id, version, {_COLUMNS}, author, at, note)
VALUES (%(tenant)s, %(id)s, %(version)s, {_VALUES}, %(by)s, %(at)s, %(note)s)
"""
_CHANGE = f"""
UPDATE knowledge_entry SET ({_COLUMNS}) = ROW({_VALUES}), state = 'draft',
  version = version + 1, updated_at = %(at)s, updated_by = %(by)s,
  words = array_to_tsvector(%(terms)s::text[])
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(expected)s
"""
_STATE = """
UPDATE knowledge_entry SET state = %(state)s, updated_at = %(at)s, updated_by = %(by)s,
  live_version = CASE %(state)s WHEN 'live' THEN version WHEN 'retired' THEN NULL
                 ELSE live_version END
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
"""
_GET = """
SELECT * FROM knowledge_entry
WHERE tenant_id = %(tenant)s AND (id = %(id)s::uuid OR kb_id = %(kb_id)s)
  AND (scope_path LIKE %(below)s OR %(path)s LIKE scope_path || '%%')
"""
_VERSIONS = """
SELECT v.*, v.version = e.live_version AS live FROM knowledge_version v
JOIN knowledge_entry e ON e.tenant_id = v.tenant_id AND e.id = v.entry_id
WHERE v.tenant_id = %(tenant)s AND v.entry_id = %(id)s ORDER BY v.version DESC
"""
_LIVE = f"""
SELECT e.id, e.kb_id, {", ".join(f"v.{c.strip()}" for c in _COLUMNS.split(","))}
FROM knowledge_entry e
JOIN knowledge_version v
  ON v.tenant_id = e.tenant_id AND v.entry_id = e.id AND v.version = e.live_version
WHERE e.tenant_id = %(tenant)s
"""
_KNOWN = """
SELECT * FROM knowledge_entry WHERE tenant_id = %(tenant)s AND kb_id = ANY(%(ids)s::text[])
"""


async def add(ctx: Ctx, entry_id: EntryId, kb_id: str, content: Content, by: str) -> bool:
    """A first version, as a draft; false when the key is taken."""
    given = _given(ctx, entry_id, content, by) | {"kb_id": kb_id, "version": 1, "note": ""}
    if await ctx.uow.run(_ADD, given) != 1:
        return False
    await ctx.uow.run(_ADD_VERSION, given)
    return True


async def change(ctx: Ctx, entry: Entry, content: Content, by: str, note: str) -> bool:
    """The next version, as a draft; false when somebody was faster."""
    given = _given(ctx, entry.id, content, by) | {
        "expected": entry.version,
        "version": entry.version + 1,
        "note": note,
    }
    if await ctx.uow.run(_CHANGE, given) != 1:
        return False
    await ctx.uow.run(_ADD_VERSION, given)
    return True


async def set_state(ctx: Ctx, entry: Entry, state: State, by: str) -> bool:
    """Compare-and-set on the version; going live makes that version the live one."""
    return (
        await ctx.uow.run(
            _STATE,
            {
                "tenant": ctx.scope.tenant,
                "id": entry.id,
                "version": entry.version,
                "state": str(state),
                "at": ctx.now(),
                "by": by,
            },
        )
        == 1
    )


async def get(ctx: Ctx, entry_id: UUID | None, kb_id: str = "") -> Entry | None:
    """One entry of one's part of the tree, or of what lies above it."""
    row = await ctx.uow.row(
        _GET,
        {
            "tenant": ctx.scope.tenant,
            "id": entry_id,
            "kb_id": kb_id,
            "path": ctx.scope.path,
            "below": f"{ctx.scope.path}%",
        },
    )
    return _entry(row) if row else None


async def known(ctx: Ctx, kb_ids: Sequence[str]) -> dict[str, Entry]:
    """Those of the keys that exist."""
    rows = await ctx.uow.rows(_KNOWN, {"tenant": ctx.scope.tenant, "ids": list(kb_ids)})
    return {row.kb_id: _entry(row) for row in rows}


async def versions(ctx: Ctx, entry_id: UUID) -> list[Version]:
    """All versions, newest first."""
    rows = await ctx.uow.rows(_VERSIONS, {"tenant": ctx.scope.tenant, "id": entry_id})
    return [Version(r.version, _content(r), r.author, r.at, r.note, bool(r.live)) for r in rows]


async def live(ctx: Ctx) -> list[tuple[EntryId, str, Content]]:
    """What customers are told, of the whole tenant."""
    rows = await ctx.uow.rows(_LIVE, {"tenant": ctx.scope.tenant})
    return [(EntryId(r.id), r.kb_id, _content(r)) for r in rows]


async def page(ctx: Ctx, look: Look) -> Page[Entry]:
    """Entries, newest change first."""
    clauses = [
        "tenant_id = %(tenant)s",
        "(scope_path LIKE %(below)s OR %(path)s LIKE scope_path || '%%')",
    ]
    given: dict[str, Any] = {
        "tenant": ctx.scope.tenant,
        "path": ctx.scope.path,
        "below": f"{ctx.scope.path}%",
        "limit": look.limit + 1,
        "query": search_query(look.text),
    }
    for column in ("state", "category", "lang"):
        if value := getattr(look, column):
            clauses.append(f"{column} = %({column})s")
            given[column] = value
    if look.scope:
        clauses.append("scope_path = %(scope)s")
        given["scope"] = look.scope
    if given["query"]:
        clauses.append("words @@ %(query)s::tsquery")
    if look.cursor:
        given["c0"], given["c1"] = decode_cursor(look.cursor, datetime, UUID)
        clauses.append("(updated_at, id) < (%(c0)s::timestamptz, %(c1)s::uuid)")
    where = " AND ".join(clauses)
    rows = await ctx.uow.rows(
        f"SELECT * FROM knowledge_entry WHERE {where} "
        "ORDER BY updated_at DESC, id DESC LIMIT %(limit)s",
        given,
    )
    items = tuple(_entry(row) for row in rows[: look.limit])
    if len(rows) <= look.limit:
        return Page(items)
    return Page(items, encode_cursor(items[-1].updated_at, items[-1].id))


async def counts(ctx: Ctx) -> dict[str, int]:
    """How many entries stand in each state."""
    rows = await ctx.uow.rows(
        "SELECT state, count(*) AS n FROM knowledge_entry WHERE tenant_id = %(tenant)s "
        "GROUP BY state",
        {"tenant": ctx.scope.tenant},
    )
    return {row.state: row.n for row in rows}


def _given(ctx: Ctx, entry_id: EntryId, content: Content, by: str) -> dict[str, Any]:
    words = " ".join((content.question, *content.similar, content.answer, content.category))
    return {
        "tenant": ctx.scope.tenant,
        "id": entry_id,
        "question": content.question,
        "answer": content.answer,
        "similar": list(content.similar),
        "category": content.category,
        "scope_path": content.scope_path,
        "lang": content.lang,
        "valid_from": content.valid_from,
        "valid_to": content.valid_to,
        "kind": content.kind,
        "terms": search_terms(words),
        "at": ctx.now(),
        "by": by,
    }


def _content(row: Any) -> Content:
    return Content(
        row.question,
        row.answer,
        tuple(row.similar_texts),
        row.category,
        row.scope_path,
        row.lang,
        row.valid_from,
        row.valid_to,
        row.kind,
    )


def _entry(row: Any) -> Entry:
    return Entry(
        EntryId(row.id),
        row.kb_id,
        _content(row),
        State(row.state),
        row.version,
        row.live_version,
        row.updated_at,
        row.updated_by,
    )
