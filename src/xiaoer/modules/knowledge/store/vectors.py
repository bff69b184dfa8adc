"""Vectors by model and text, and the revision of what is live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xiaoer.ports.ctx import Ctx

_READ = """
SELECT text, vector FROM knowledge_vector
WHERE tenant_id = %(tenant)s AND model_id = %(model)s AND text = ANY(%(texts)s::text[])
"""
_WRITE = """
INSERT INTO knowledge_vector (tenant_id, model_id, text, vector)
SELECT %(tenant)s, %(model)s, * FROM unnest(%(texts)s::text[], %(vectors)s::bytea[])
ON CONFLICT DO NOTHING
"""
_REVISION = "SELECT revision FROM knowledge_revision WHERE tenant_id = %(tenant)s"
_BUMP = """
INSERT INTO knowledge_revision (tenant_id, revision) VALUES (%(tenant)s, 1)
ON CONFLICT (tenant_id) DO UPDATE SET revision = knowledge_revision.revision + 1
"""


async def read(ctx: Ctx, model_id: str, texts: Sequence[str]) -> dict[str, bytes]:
    """Those of the texts that have a vector of this model, as stored float32."""
    rows = await ctx.uow.rows(
        _READ, {"tenant": ctx.scope.tenant, "model": model_id, "texts": list(texts)}
    )
    return {row.text: bytes(row.vector) for row in rows}


async def write(ctx: Ctx, model_id: str, vectors: Mapping[str, bytes]) -> None:
    """Keep vectors; those that are there stay."""
    await ctx.uow.run(
        _WRITE,
        {
            "tenant": ctx.scope.tenant,
            "model": model_id,
            "texts": list(vectors),
            "vectors": list(vectors.values()),
        },
    )


async def revision(ctx: Ctx) -> int:
    """Counts the changes of what is live; 0 when nothing ever was."""
    row = await ctx.uow.row(_REVISION, {"tenant": ctx.scope.tenant})
    return int(row.revision) if row else 0


async def bump(ctx: Ctx) -> None:
    """What is live has changed: every worker builds its index anew."""
    await ctx.uow.run(_BUMP, {"tenant": ctx.scope.tenant})
