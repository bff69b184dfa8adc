"""Finds phrasings that share characters with a question.

Names, model numbers, abbreviations and typing errors are told by their characters, where a
sentence vector is blind. TF-IDF over character n-grams with cosine, kept as an inverted index so
that a look-up among 60,000 phrasings takes a few milliseconds.
Formula: tf * (ln((1 + n) / (1 + df)) + 1), rows of unit length (Salton; as in scikit-learn).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiaoer.modules.knowledge.rules.words import grams

Floats = npt.NDArray[np.float32]
SHORTEST, LONGEST = 1, 3


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Postings of every n-gram: ``texts[first[g]:first[g+1]]`` weighted by ``weights``."""

    count: int
    ids: dict[str, int]
    idf: Floats
    first: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int32]
    weights: Floats

    def likeness(self, text: str) -> Floats:
        """Cosine of a tidy text with every phrasing, shape ``(count,)``, in 0..1."""
        counts = grams(text, SHORTEST, LONGEST)
        seen = [(self.ids[g], n) for g, n in counts.items() if g in self.ids]
        if not seen:
            return np.zeros(self.count, np.float32)
        ids = np.array([g for g, _ in seen])
        weights = np.array([n for _, n in seen], np.float32) * self.idf[ids]
        weights /= np.linalg.norm(weights)
        slices = [slice(self.first[g], self.first[g + 1]) for g in ids]
        sizes = self.first[ids + 1] - self.first[ids]
        rows = np.concatenate([self.texts[s] for s in slices])
        shares = np.concatenate([self.weights[s] for s in slices]) * np.repeat(weights, sizes)
        return np.bincount(rows, shares, self.count).astype(np.float32)


def gather(texts: Sequence[str], *, commonest: float = 1.0) -> Lexicon:
    """The lexicon of tidy texts, in their order.

    N-grams in more than the share ``commonest`` of the texts are left out: in much knowledge they
    tell little, and cost most of the time.
    """
    ids: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for place, text in enumerate(texts):
        found = grams(text, SHORTEST, LONGEST)
        rows.append(np.full(len(found), place, np.int32))
        columns.append(np.fromiter((ids.setdefault(g, len(ids)) for g in found), np.int64))
        counts.append(np.fromiter(found.values(), np.float32))
    row = np.concatenate(rows) if rows else np.zeros(0, np.int32)
    column = np.concatenate(columns) if columns else np.zeros(0, np.int64)
    count = np.concatenate(counts) if counts else np.zeros(0, np.float32)
    frequency = np.bincount(column, minlength=len(ids))
    if commonest < 1 and ids:
        kept = frequency[column] <= commonest * len(texts)
        row, column, count = row[kept], column[kept], count[kept]
        frequency = np.bincount(column, minlength=len(ids))
    idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)
    weight = count * idf[column]
    norms = np.sqrt(np.bincount(row, weight * weight, max(1, len(texts))))
    weight = (weight / np.maximum(norms[row], 1e-9)).astype(np.float32)
    order = np.argsort(column, kind="stable")
    first = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    return Lexicon(len(texts), ids, idf, first, row[order], weight[order])
