"""Giving an index its second opinion.

The second model reads ten times slower than the first, so its rows are made after the index
serves already, in another process, and are kept: an edited entry costs only its own new texts.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xiaoer.modules.knowledge.contracts import Content
from xiaoer.modules.knowledge.rules import ranking
from xiaoer.modules.knowledge.service.searching import (
    Material,
    Snapshot,
    build,
    current,
    current_revision,
    phrasings,
    phrasings_of,
    read_material,
)
from xiaoer.modules.knowledge.service.searching import adopt as put_in_place
from xiaoer.modules.knowledge.store import vectors
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.embedder import Embedder, Vectors

MOST = 5_000  # texts; more would keep a core busy for minutes, and gain less with more examples


@dataclass(frozen=True, slots=True)
class Depth:
    """What a deeper index is built from, and who reads what was not read before."""

    material: Material
    known: Mapping[str, bytes]
    reader: Embedder

    @property
    def name(self) -> str:
        """Says what an index of this was made from."""
        return name_of(self.material, self.reader)


@dataclass(frozen=True, slots=True)
class Deepened:
    """A deeper index, and the rows that were made for it."""

    snapshot: Snapshot
    made: Mapping[str, bytes]


def texts_of(contents: Sequence[Content]) -> tuple[str, ...]:
    """Every text of these contents that the second model reads."""
    return ranking.to_read_again(phrasings(contents))


def name_of(material: Material, reader: Embedder) -> str:
    """The name of the deeper index of some material, by that reader."""
    digest = hashlib.sha256(f"{material.name} {reader.model_id}".encode()).hexdigest()[:32]
    return f"{material.tenant}-{digest}"


async def wanted(ctx: Ctx) -> Depth | None:
    """What to deepen: the current index, where it has no second opinion yet and is not large."""
    reader, snapshot = ctx.ports.second, current(ctx)
    if reader is None or snapshot is None or snapshot.index.second is not None:
        return None
    if not 1 < len(snapshot.index.texts) <= MOST:
        return None
    revision = await current_revision(ctx)
    if snapshot.revision != revision:
        return None
    material = await read_material(ctx, revision)
    texts = ranking.to_read_again(phrasings_of(material))
    return Depth(material, await vectors.read(ctx, reader.model_id, texts), reader)


def read_anew(depth: Depth) -> tuple[str, ...]:
    """The texts that were not read before."""
    texts = ranking.to_read_again(phrasings_of(depth.material))
    return tuple(text for text in texts if text not in depth.known)


def read(depth: Depth) -> Deepened:
    """Read what is new, and learn anew with it: minutes at first, in another process."""
    missing = read_anew(depth)
    rows = {text: np.frombuffer(kept, np.float32) for text, kept in depth.known.items()}
    fresh: dict[str, Vectors] = {}
    if missing:
        fresh = dict(zip(missing, asyncio.run(depth.reader.embed(missing)), strict=True))
    snapshot = build(depth.material, learnt=True, second=rows | fresh)
    return Deepened(snapshot, {text: row.tobytes() for text, row in fresh.items()})


async def adopt(ctx: Ctx, depth: Depth, deepened: Deepened) -> bool:
    """Keep the new rows, and serve with the index unless what is live has changed meanwhile."""
    if deepened.made:
        await vectors.write(ctx, depth.reader.model_id, deepened.made)
    if await current_revision(ctx) != depth.material.revision:
        return False
    put_in_place(ctx.ports.memo, ctx.scope.tenant, deepened.snapshot)
    return True
