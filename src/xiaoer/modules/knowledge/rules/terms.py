"""Tells entries apart by their words and pairs of words, beside the head that reads vectors.

A sentence vector blurs "top up failed" and "top up reverted"; counted words do not. Multinomial
naive Bayes over TF-IDF of words 1-2 (Rennie and others 2003): nothing to fit but sums, so it costs
no time to learn, and a look-up touches only the words of the question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SMOOTHING = 0.2  # of the mass of a term that an entry lacks
SHARPNESS = 3.0  # a question's TF-IDF has unit length, so its evidence is raised
HEARD = 0.15  # weight beside the head (docs/decisions/0023)


@dataclass(frozen=True, slots=True)
class Terms:
    """Postings of every term: ``entries[first[t]:first[t+1]]`` with the evidence for each."""

    ids: dict[str, int]
    rarity: Floats
    first: Ints
    entries: Ints
    evidence: Floats
    size: Floats

    def beside(self, head: Floats, words: Sequence[str]) -> Floats:
        """The head's log-probabilities of all entries, shape ``(entries,)``, with the words heard."""
        joint = head + np.float32(HEARD) * self._judge(words)
        raised = joint - joint.max()
        result: Floats = raised - np.log(np.exp(raised).sum())
        return result

    def _judge(self, words: Sequence[str]) -> Floats:
        """Log-probabilities of the entries for the words; flat for words never seen."""
        asked = Counter(_terms(words))
        seen = [(self.ids[t], n) for t, n in asked.items() if t in self.ids]
        if not seen:
            return np.zeros(len(self.size), np.float32)
        ids = np.array([t for t, _ in seen])
        weights = _damped(np.array([n for _, n in seen], np.float32)) * self.rarity[ids]
        # Words never seen count in the length: one known word among ten strange ones says little.
        strange = (len(asked) - len(seen)) * float(self.rarity.max()) ** 2
        weights /= np.sqrt(float(weights @ weights) + strange)
        slices = [slice(self.first[t], self.first[t + 1]) for t in ids]
        heard = np.concatenate([self.entries[s] for s in slices])
        shares = np.concatenate([self.evidence[s] for s in slices])
        shares = shares * np.repeat(weights, self.first[ids + 1] - self.first[ids])
        found = np.bincount(heard, shares, len(self.size)) - weights.sum() * self.size
        found = SHARPNESS * (found - found.max())
        return np.asarray(found - np.log(np.exp(found).sum()), np.float32)


def count(texts: Sequence[Sequence[str]], owner: Ints, entries: int) -> Terms:
    """What the texts, given as words, say about their entries, which ascend."""
    ids: dict[str, int] = {}
    rows, columns, counts = [], [], []
    for place, text in enumerate(texts):
        found = Counter(_terms(text))
        rows.append(np.full(len(found), place, np.int64))
        columns.append(np.fromiter((ids.setdefault(t, len(ids)) for t in found), np.int64))
        counts.append(np.fromiter(found.values(), np.float32))
    row, column = np.concatenate(rows), np.concatenate(columns)
    rarity = np.log((1 + len(texts)) / (1 + np.bincount(column, minlength=len(ids)))) + 1
    weight = _damped(np.concatenate(counts)) * rarity[column]
    norms = np.sqrt(np.bincount(row, weight * weight, len(texts)))
    weight = weight / np.maximum(norms[row], 1e-9)
    pairs, at = np.unique(column * entries + owner[row], return_inverse=True)
    mass = np.bincount(at, weight, len(pairs))
    size = np.bincount(pairs % entries, mass, entries) + SMOOTHING * len(ids)
    first = np.searchsorted(pairs // max(entries, 1), np.arange(len(ids) + 1))
    return Terms(
        ids=ids,
        rarity=rarity.astype(np.float32),
        first=first.astype(np.int64),
        entries=(pairs % entries).astype(np.int64),
        evidence=np.log1p(mass / SMOOTHING).astype(np.float32),
        size=np.log(size).astype(np.float32),
    )


def _terms(words: Sequence[str]) -> Iterator[str]:
    yield from words
    for one, next_ in pairwise(words):
        yield f"{one}\t{next_}"


def _damped(counts: Floats) -> Floats:
    result: Floats = 1 + np.log(counts)
    return result
