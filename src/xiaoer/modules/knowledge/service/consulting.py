"""Finding everything that a whole story needs: for a person who reads, not for an answer in one go.

The library of a tenant is built when it is first consulted after what is live has changed.
"""

from __future__ import annotations

import asyncio

import numpy as np

from xiaoer.modules.knowledge.contracts import Content, EntryId, Needed
from xiaoer.modules.knowledge.rules import library
from xiaoer.modules.knowledge.rules.editing import holds_on
from xiaoer.modules.knowledge.service.searching import ZONE, current_revision, embed_texts
from xiaoer.modules.knowledge.store import entries, vectors
from xiaoer.ports.ctx import Ctx

MOST_STORY = 20_000
SPARE = 50  # hits beyond those asked for, as some may be out of their dates

Live = dict[str, tuple[EntryId, str, Content]]
Shelved = tuple[library.Library, Live]


async def consult(ctx: Ctx, story: str, *, limit: int = 20) -> tuple[Needed, ...]:
    """Live entries of any kind and place that a story needs, best first."""
    ctx.require("knowledge.read")
    revision = await current_revision(ctx)

    async def build() -> Shelved:
        return await _shelve(ctx, revision[1])

    shelved, live = await ctx.ports.memo.get(
        ("knowledge.library", ctx.scope.tenant), revision, build
    )
    parts = shelved.parts(story[:MOST_STORY])
    rows = await ctx.ports.embedder.embed(parts)
    found = shelved.find(parts, rows, limit=limit + SPARE)
    today = ctx.now().astimezone(ZONE).date()
    return tuple(
        Needed(entry_id, kb_id, content.question, content.answer, content.kind, hit.score)
        for hit in found
        for entry_id, kb_id, content in [live[hit.document]]
        if holds_on(content, today)
    )[:limit]


async def _shelve(ctx: Ctx, model: str) -> Shelved:
    live = {str(entry_id): (entry_id, kb_id, c) for entry_id, kb_id, c in await entries.live(ctx)}
    shelved = [library.Passage(key, c.question, c.answer) for key, (_, _, c) in live.items()]
    wanted = library.to_embed(shelved)
    await embed_texts(ctx, wanted)
    stored = await vectors.read(ctx, model, wanted)
    rows = {text: np.frombuffer(kept, np.float32) for text, kept in stored.items()}
    return await asyncio.to_thread(library.shelve, shelved, rows), live
