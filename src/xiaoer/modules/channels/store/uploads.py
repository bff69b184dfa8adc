"""Queries of files that were sent in, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from xiaoer.modules.channels.contracts import Upload
from xiaoer.ports.ctx import Ctx

_ADD = """
INSERT INTO channels_upload
  (tenant_id, blob, owner_id, owner_kind, account_id, name, size, media_type, at)
VALUES (%(tenant)s, %(blob)s, %(owner)s, %(owner_kind)s, %(account)s, %(name)s, %(size)s,
  %(media_type)s, %(at)s)
ON CONFLICT DO NOTHING
"""
_OWN = """
SELECT * FROM channels_upload
WHERE tenant_id = %(tenant)s AND owner_id = %(owner)s AND blob = ANY(%(blobs)s::text[])
"""
_OWNERS = """
SELECT * FROM channels_upload WHERE tenant_id = %(tenant)s AND blob = %(blob)s ORDER BY at
"""


async def add(
    ctx: Ctx, upload: Upload, owner_id: UUID, owner_kind: str, account_id: UUID | None
) -> None:
    """Remember who sent a file; the same file of the same sender once."""
    await ctx.uow.run(
        _ADD,
        {
            "tenant": ctx.scope.tenant,
            "blob": upload.blob,
            "owner": owner_id,
            "owner_kind": owner_kind,
            "account": account_id,
            "name": upload.name,
            "size": upload.size,
            "media_type": upload.media_type,
            "at": ctx.now(),
        },
    )


async def own(ctx: Ctx, owner_id: UUID, blobs: Sequence[str]) -> dict[str, Upload]:
    """Those of the files that this sender sent in."""
    rows = await ctx.uow.rows(
        _OWN, {"tenant": ctx.scope.tenant, "owner": owner_id, "blobs": list(blobs)}
    )
    return {row.blob: _upload(row) for row in rows}


async def owners(ctx: Ctx, blob: str) -> list[tuple[Upload, Any]]:
    """Everyone who sent a file in, with ``owner_id, owner_kind, account_id``."""
    rows = await ctx.uow.rows(_OWNERS, {"tenant": ctx.scope.tenant, "blob": blob})
    return [(_upload(row), row) for row in rows]


def _upload(row: Any) -> Upload:
    return Upload(row.blob, row.name, row.size, row.media_type)
