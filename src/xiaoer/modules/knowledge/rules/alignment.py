"""Compares two questions word by word, by meaning.

One vector for a whole sentence blurs the word that matters ("early repayment" against
"repayment"). Here every word of the question looks for its nearest word in the phrasing and the
other way round, rare words counting more (Rus and Lintean 2012; "soft alignment" of BERTScore,
with the vectors of single words in place of token vectors). It also forgives synonyms, which
shared characters cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
AXES = 128  # principal axes kept of a word's vector


@dataclass(frozen=True, slots=True)
class Alignment:
    """Words of all phrasings: ``words[first[t]:first[t+1]]`` are the word ids of phrasing t."""

    ids: dict[str, int]
    vectors: Floats  # one row a word, unit length
    rarity: Floats
    rarest: float  # rarity of a word that no phrasing has
    centre: Floats
    axes: Floats
    words: Ints
    first: Ints

    def unknown(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words, each once, that no phrasing has, so that a vector is needed for each."""
        return tuple(word for word in dict.fromkeys(words) if word not in self.ids)

    def likeness(self, words: Sequence[str], vectors: Floats, among: Ints) -> Floats:
        """How well a question's words align with the phrasings ``among``, in about -1..1.

        ``vectors`` are the rows of ``unknown(words)``.
        """
        out = np.zeros(len(among), np.float32)
        sizes = self.first[among + 1] - self.first[among]
        full = np.flatnonzero(sizes)
        if not words or not len(full):
            return out
        sizes = sizes[full]
        begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        offset = np.repeat(self.first[among[full]] - begins, sizes)
        flat = self.words[np.arange(int(sizes.sum())) + offset]
        used, place = np.unique(flat, return_inverse=True)
        near = self._places(words, vectors) @ self.vectors[used].T
        asked = self._weights(words)
        there = asked @ np.maximum.reduceat(near[:, place], begins, axis=1)
        back = np.add.reduceat((near.max(axis=0) * self.rarity[used])[place], begins)
        mass = np.add.reduceat(self.rarity[flat], begins)
        out[full] = 0.5 * (there + back / np.maximum(mass, 1e-6))
        return out

    def _weights(self, words: Sequence[str]) -> Floats:
        raw = [self.rarity[self.ids[w]] if w in self.ids else self.rarest for w in words]
        weights = np.array(raw, np.float32)
        return weights / max(float(weights.sum()), 1e-6)

    def _places(self, words: Sequence[str], vectors: Floats) -> Floats:
        """Each word's vector on the principal axes; those of the phrasings are kept so."""
        fresh = self.unknown(words)
        moved = _unit((vectors[: len(fresh)] - self.centre) @ self.axes) if fresh else vectors
        new = {word: i for i, word in enumerate(fresh)}
        return np.stack(
            [self.vectors[self.ids[w]] if w in self.ids else moved[new[w]] for w in words]
        )


def align(texts: Sequence[Sequence[str]], vectors: Mapping[str, Floats]) -> Alignment:
    """The alignment of phrasings given as words; every word needs its vector."""
    ids: dict[str, int] = {}
    flat = [ids.setdefault(w, len(ids)) for text in texts for w in text]
    first = np.concatenate([[0], np.cumsum([len(t) for t in texts])]).astype(np.int64)
    frequency = Counter(w for text in texts for w in set(text))
    total = len(texts)
    rarity = np.array([np.log((total + 1) / (frequency[w] + 0.5)) for w in ids], np.float32)
    rows = np.stack([vectors[w] for w in ids]) if ids else np.zeros((1, 1), np.float32)
    share = len(rows) / (len(rows) + 20)
    centre: Floats = rows.mean(axis=0) * np.float32(share)
    axes = _principal(rows - centre)
    return Alignment(
        ids=ids,
        vectors=_unit((rows - centre) @ axes),
        rarity=np.maximum(rarity, 0.05),
        rarest=float(np.log((total + 1) / 0.5)),
        centre=centre,
        axes=axes,
        words=np.array(flat, np.int64),
        first=first,
    )


def _principal(rows: Floats) -> Floats:
    """Principal axes, flattened by the root of their spread, so that no single theme dominates."""
    sample = rows[:: max(1, len(rows) // 20_000)]
    spread, axes = np.linalg.eigh(sample.T @ sample / len(sample))
    kept = np.argsort(spread)[::-1][:AXES]
    strength = np.maximum(spread[kept], 1e-6) ** 0.25
    return np.ascontiguousarray(axes[:, kept] / strength, np.float32)


def _unit(rows: npt.NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32, copy=False)
    return unit
