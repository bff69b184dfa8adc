"""Ways to look up an entry: the product's own, and the two it is measured against.

All three search the same indexed texts. ``Product`` is the path of the knowledge room: the same
embedder, memory, index and ranking, second opinion included, without its database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.engines.embedder.second import SecondEmbedder, is_installed
from xiaoer.labs.evals.scores import DEPTH
from xiaoer.modules.knowledge import deepening, ranking
from xiaoer.ports.embedder import Embedder, Vectors

AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Seen:
    """Entries best first with their scores, and how sure the first is."""

    ids: tuple[str, ...]
    scores: tuple[float, ...]
    confidence: float


class Lookup(Protocol):
    """Something that ranks entries for a text."""

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Take what is to be found."""
        ...

    async def look_up(self, text: str) -> Seen:
        """Rank the entries."""
        ...


class Product:
    """The ranking of the knowledge room."""

    def __init__(self, embedder: Embedder, second: Embedder | None = None) -> None:
        self._embedder = embedder
        self._second = second
        self._index: ranking.Index | None = None

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Embed what is needed and build the learnt index, with its second opinion if it is small."""
        wanted = ranking.to_embed(phrasings)
        rows = dict(zip(wanted, await embed_all(self._embedder, wanted), strict=True))
        texts = ranking.to_read_again(phrasings)
        again = None
        if self._second is not None and len(texts) <= deepening.MOST:
            again = dict(zip(texts, await embed_all(self._second, texts), strict=True))
        self._index = ranking.build(phrasings, rows, second=again)

    async def look_up(self, text: str) -> Seen:
        """Embed the question and rank."""
        if self._index is None:
            raise RuntimeError("index first")
        rows = await self._embedder.embed(self._index.question_texts(text))
        ranked = self._index.rank(text, rows, limit=DEPTH)
        if self._second is not None and self._index.doubts(text, ranked):
            [row] = await self._second.embed([ranking.tidy(text)])
            ranked = self._index.rank(text, rows, second=row, limit=DEPTH)
        return Seen(
            tuple(c.entry for c in ranked.candidates),
            tuple(c.score for c in ranked.candidates),
            ranked.confidence,
        )


class Dense:
    """Look-up with the embedder alone: nearest text by cosine."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Embed the texts."""
        self._pool = Pool([p.entry for p in phrasings])
        texts = [ranking.tidy(p.text) for p in phrasings]
        self._rows = await embed_all(self._embedder, texts)

    async def look_up(self, text: str) -> Seen:
        """Embed the question and take the largest cosine of each entry."""
        rows = await self._embedder.embed([ranking.tidy(text)])
        return self._pool.best(self._rows @ rows[0])


class Plain:
    """The plain method: TF-IDF of characters 1-3, nearest text by cosine."""

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Count the n-grams."""
        self._pool = Pool([p.entry for p in phrasings])
        self._lexicon: ranking.Lexicon = ranking.gather([ranking.tidy(p.text) for p in phrasings])

    async def look_up(self, text: str) -> Seen:
        """The largest cosine of each entry."""
        return self._pool.best(self._lexicon.likeness(ranking.tidy(text)))


class Pool:
    """Takes the largest likeness among the texts of each entry."""

    def __init__(self, owners: Sequence[str]) -> None:
        self._names = tuple(dict.fromkeys(owners))
        place = {name: i for i, name in enumerate(self._names)}
        self._owner = np.array([place[owner] for owner in owners], np.int64)

    def best(self, likeness: npt.NDArray[np.float32]) -> Seen:
        """Entries by likeness; the likeness of the first is the confidence."""
        tops = np.full(len(self._names), -np.inf)
        np.maximum.at(tops, self._owner, likeness)
        order = np.argsort(-tops, kind="stable")[:DEPTH]
        scores = tuple(float(tops[i]) for i in order)
        return Seen(tuple(self._names[i] for i in order), scores, scores[0] if scores else 0.0)


async def embed_all(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """Rows of many texts, in portions that leave a remembering embedder's memory alone."""
    rows = np.zeros((len(texts), embedder.dimension), np.float32)
    for begin in range(0, len(texts), AT_ONCE):
        part = texts[begin : begin + AT_ONCE]
        rows[begin : begin + len(part)] = await embedder.embed(part)
    return rows


def second() -> RememberingEmbedder | None:
    """The second model as ``serve`` would have it here."""
    return RememberingEmbedder(SecondEmbedder()) if is_installed() else None
