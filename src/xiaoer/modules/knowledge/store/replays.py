"""Queries of replays; a replay is never changed but by an administrator's override."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xiaoer.modules.knowledge.contracts import EntryId
from xiaoer.modules.knowledge.contracts.replays import Replay
from xiaoer.ports.ctx import Ctx

_ADD = """
INSERT INTO knowledge_replay (tenant_id, id, entry_id, digest, revision, asked, changed, better,
  worse, passed, at, by)
VALUES (%(tenant)s, %(id)s, %(entry)s, %(digest)s, %(revision)s, %(asked)s, %(changed)s,
  %(better)s, %(worse)s, %(passed)s, %(at)s, %(by)s)
"""
_NEWEST = """
SELECT * FROM knowledge_replay
WHERE tenant_id = %(tenant)s AND entry_id = %(entry)s AND digest = %(digest)s
ORDER BY at DESC, id DESC LIMIT 1
"""
_OF = """
SELECT * FROM knowledge_replay WHERE tenant_id = %(tenant)s AND entry_id = %(entry)s
ORDER BY at DESC, id DESC LIMIT %(most)s
"""
_GET = "SELECT * FROM knowledge_replay WHERE tenant_id = %(tenant)s AND id = %(id)s"
_OVERRIDE = """
UPDATE knowledge_replay SET overridden_at = %(at)s, overridden_by = %(by)s, reason = %(reason)s
WHERE tenant_id = %(tenant)s AND id = %(id)s AND overridden_at IS NULL AND NOT passed
"""


async def add(ctx: Ctx, made: Replay, digest: str, revision: int) -> None:
    """Keep what a replay showed, with the words and the knowledge that it held against each other."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": made.id,
        "entry": made.entry_id,
        "digest": digest,
        "revision": revision,
        "asked": made.asked,
        "changed": made.changed,
        "better": made.better,
        "worse": made.worse,
        "passed": made.passed,
        "at": made.at,
        "by": made.by,
    }
    await ctx.uow.run(_ADD, given)


async def newest(ctx: Ctx, entry_id: UUID, digest: str) -> tuple[Replay, int] | None:
    """The last replay of these words, and the revision of knowledge that it was held against."""
    given = {"tenant": ctx.scope.tenant, "entry": entry_id, "digest": digest}
    row = await ctx.uow.row(_NEWEST, given)
    return (_replay(row), int(row.revision)) if row else None


async def of_entry(ctx: Ctx, entry_id: UUID, most: int) -> Sequence[Replay]:
    """Replays of an entry, newest first."""
    given = {"tenant": ctx.scope.tenant, "entry": entry_id, "most": most}
    return [_replay(row) for row in await ctx.uow.rows(_OF, given)]


async def get(ctx: Ctx, replay_id: UUID) -> Replay | None:
    """One replay."""
    row = await ctx.uow.row(_GET, {"tenant": ctx.scope.tenant, "id": replay_id})
    return _replay(row) if row else None


async def override(ctx: Ctx, replay_id: UUID, by: str, reason: str) -> bool:
    """Let it pass all the same, once; false when there is nothing to override."""
    given = {
        "tenant": ctx.scope.tenant, "id": replay_id, "at": ctx.now(), "by": by, "reason": reason,
    }  # fmt: skip
    return await ctx.uow.run(_OVERRIDE, given) == 1


def _replay(row: Any) -> Replay:
    return Replay(
        row.id, EntryId(row.entry_id), row.asked, row.changed, row.better, row.worse, row.passed,
        row.at, row.by, row.overridden_at, row.overridden_by, row.reason,
    )  # fmt: skip
