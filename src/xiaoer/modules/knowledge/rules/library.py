"""Finds the documents that a whole story needs, however many there are.

The story is asked part by part (``stories.parts``); each part is compared with every passage by
meaning (its nearest window) and by words (BM25, Robertson and Zaragoza 2009, with a saturated
count on both sides). What the parts say is joined by a power mean: a document that answers one
part well is needed, and one that fits several parts a little gains a little. A sum would bury the
first under the second; a maximum would not see a document that the whole story is about.

To answer: ``vectors = await embed(parts)`` for ``parts = library.parts(story)``, then
``library.find(parts, vectors)``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.rules import stories
from xiaoer.modules.knowledge.rules.articles import passages
from xiaoer.modules.knowledge.rules.words import tidy

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SATURATION, LENGTH = 1.2, 0.75  # k1 and b of BM25
ASKED_AGAIN = 1.0  # k3: a word said twice in a part counts little more
WORDS = 0.13  # weight of words beside a cosine
POWER = 4.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document below its title."""

    document: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text}".strip()


@dataclass(frozen=True, slots=True)
class Hit:
    """A document, its score, and the place of its best passage among those shelved."""

    document: str
    score: float
    passage: int


@dataclass(frozen=True, slots=True)
class Library:
    """Passages in one model's space, and the words they hold. Immutable."""

    documents: tuple[str, ...]
    owner: Ints  # of each passage, its document
    windows: Floats  # one row a window, unit length
    begins: Ints  # of each passage, its first window
    centre: Floats
    words: Mapping[str, tuple[Ints, Floats]]  # passages that hold a term, and its BM25 weight

    @staticmethod
    def parts(story: str) -> list[str]:
        """What to embed to find what a story needs."""
        return [tidy(part) for part in stories.parts(story)]

    def find(self, parts: Sequence[str], vectors: Floats, *, limit: int = 20) -> tuple[Hit, ...]:
        """Documents, best first, for the parts of a story and the vector of each."""
        if not parts or not self.documents:
            return ()
        near = _unit(vectors - self.centre) @ self.windows.T
        told = np.maximum.reduceat(near, self.begins, axis=1)
        for row, part in zip(told, parts, strict=True):
            said = self._said(part)
            row += WORDS * said / np.sqrt(max(1.0, float(said.max())))
        score = (np.maximum(told, 0) ** POWER).sum(axis=0) ** (1 / POWER)
        best = np.full(len(self.documents), -1.0)
        np.maximum.at(best, self.owner, score)
        order = np.argsort(-best, kind="stable")[:limit]
        return tuple(
            Hit(
                self.documents[i],
                float(best[i]),
                int(np.argmax(np.where(self.owner == i, score, -1))),
            )
            for i in order
        )

    def _said(self, part: str) -> Floats:
        """BM25 of a part with every passage."""
        said = np.zeros(len(self.owner), np.float32)
        for term, count in Counter(stories.terms(part)).items():
            if term in self.words:
                where, weight = self.words[term]
                said[where] += weight * (count * (ASKED_AGAIN + 1) / (count + ASKED_AGAIN))
        return said


def split(document: str, title: str, text: str) -> list[Passage]:
    """A document in passages, as an import would make articles of it."""
    found = [
        Passage(document, " › ".join(dict.fromkeys(filter(None, (title, *p.headings)))), p.text)
        for p in passages(text)
    ]
    return found or [Passage(document, title, text.strip())]


def to_embed(shelved: Iterable[Passage]) -> tuple[str, ...]:
    """Every distinct text whose vector ``shelve`` needs."""
    return tuple(dict.fromkeys(window for passage in shelved for window in _windows(passage)))


def shelve(shelved: Sequence[Passage], vectors: Mapping[str, Floats]) -> Library:
    """A library of passages, given a vector for every text of ``to_embed``."""
    names = tuple(dict.fromkeys(passage.document for passage in shelved))
    place = {name: i for i, name in enumerate(names)}
    cut = [_windows(passage) for passage in shelved]
    rows = [vectors[window] for windows in cut for window in windows]
    stacked = np.stack(rows).astype(np.float32) if rows else np.zeros((0, 1), np.float32)
    centre = stacked.mean(axis=0) * (len(rows) / (len(rows) + 20)) if rows else np.zeros(1)
    sizes = [len(windows) for windows in cut]
    return Library(
        documents=names,
        owner=np.array([place[passage.document] for passage in shelved], np.int64),
        windows=_unit(stacked - centre),
        begins=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
        centre=np.asarray(centre, np.float32),
        words=_postings([stories.terms(passage.whole) for passage in shelved]),
    )


def _windows(passage: Passage) -> list[str]:
    """At least one a passage, so that each has its place."""
    return [tidy(w) for w in stories.windows(passage.whole)] or [tidy(passage.whole)]


def _postings(texts: Sequence[Sequence[str]]) -> dict[str, tuple[Ints, Floats]]:
    lengths = np.array([len(text) for text in texts], np.float32)
    usual = max(1.0, float(lengths.mean())) if len(texts) else 1.0
    held: dict[str, list[tuple[int, int]]] = {}
    for place, text in enumerate(texts):
        for term, count in Counter(text).items():
            held.setdefault(term, []).append((place, count))
    found = {}
    for term, holders in held.items():
        where = np.array([place for place, _ in holders], np.int64)
        times = np.array([count for _, count in holders], np.float32)
        rarity = np.log(1 + (len(texts) - len(where) + 0.5) / (len(where) + 0.5))
        damped = times + SATURATION * (1 - LENGTH + LENGTH * lengths[where] / usual)
        found[term] = where, (rarity * times * (SATURATION + 1) / damped).astype(np.float32)
    return found


def _unit(rows: npt.NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32, copy=False)
    return unit
