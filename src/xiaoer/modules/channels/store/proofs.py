"""Queries of tries and one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.ports.ctx import Ctx

_COUNT = """
INSERT INTO channels_proof_try AS t (tenant_id, subject, count, since)
VALUES (%(tenant)s, %(subject)s, 1, %(at)s)
ON CONFLICT (tenant_id, subject) DO UPDATE SET
  count = CASE WHEN t.since <= %(expired)s THEN 1 ELSE t.count + 1 END,
  since = CASE WHEN t.since <= %(expired)s THEN %(at)s ELSE t.since END
RETURNING count, since
"""
_FORGIVE = """
DELETE FROM channels_proof_try
WHERE tenant_id = %(tenant)s AND subject = ANY(%(subjects)s::text[])
"""
_SWEEP_TRIES = """
DELETE FROM channels_proof_try WHERE tenant_id = %(tenant)s AND since <= %(before)s
"""
_SWEEP_CODES = """
DELETE FROM channels_code WHERE tenant_id = %(tenant)s AND expires_at <= %(at)s
"""
_KEEP_CODE = """
INSERT INTO channels_code (tenant_id, visitor_id, address, code_hash, expires_at)
VALUES (%(tenant)s, %(visitor)s, %(address)s, %(hash)s, %(expires)s)
ON CONFLICT (tenant_id, visitor_id) DO UPDATE SET address = excluded.address,
  code_hash = excluded.code_hash, expires_at = excluded.expires_at
"""
_CODE = """
SELECT address, code_hash FROM channels_code
WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s AND expires_at > %(at)s
"""
_DROP_CODE = """
DELETE FROM channels_code WHERE tenant_id = %(tenant)s AND visitor_id = %(visitor)s
"""


async def count_try(ctx: Ctx, subjects: Sequence[str], expired: datetime) -> list[Any]:
    """Count a try at each subject before it is made; their rows stay locked until the commit.

    ``expired``: counts that began by then begin anew. Returns ``(count, since)`` in order.
    """
    given = {"tenant": ctx.scope.tenant, "at": ctx.now(), "expired": expired}
    counts: dict[str, Any] = {}
    for subject in sorted(subjects):  # one order for all, so that nobody waits in a ring
        row = await ctx.uow.row(_COUNT, {**given, "subject": subject})
        assert row is not None, "an upsert returns its row"
        counts[subject] = (row.count, row.since)
    return [counts[subject] for subject in subjects]


async def forgive(ctx: Ctx, subjects: Sequence[str]) -> None:
    """Forget the tries after one that succeeded."""
    await ctx.uow.run(_FORGIVE, {"tenant": ctx.scope.tenant, "subjects": list(subjects)})


async def sweep(ctx: Ctx, before: datetime) -> int:
    """Forget expired codes, and counts that began by ``before``."""
    tries = await ctx.uow.run(_SWEEP_TRIES, {"tenant": ctx.scope.tenant, "before": before})
    return tries + await ctx.uow.run(_SWEEP_CODES, {"tenant": ctx.scope.tenant, "at": ctx.now()})


async def keep_code(
    ctx: Ctx, visitor_id: UUID, address: str, hashed: bytes, expires_at: datetime
) -> None:
    """One code at a time for a visitor: the newest."""
    await ctx.uow.run(
        _KEEP_CODE,
        {
            "tenant": ctx.scope.tenant,
            "visitor": visitor_id,
            "address": address,
            "hash": hashed,
            "expires": expires_at,
        },
    )


async def code(ctx: Ctx, visitor_id: UUID) -> tuple[str, bytes] | None:
    """Where the visitor's unexpired code went, and its hash."""
    row = await ctx.uow.row(
        _CODE, {"tenant": ctx.scope.tenant, "visitor": visitor_id, "at": ctx.now()}
    )
    return (row.address, bytes(row.code_hash)) if row else None


async def drop_code(ctx: Ctx, visitor_id: UUID) -> None:
    """A code is good once."""
    await ctx.uow.run(_DROP_CODE, {"tenant": ctx.scope.tenant, "visitor": visitor_id})
