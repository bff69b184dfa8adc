"""TF-IDF with cosine over any terms: the plain method that documents are measured against.

Formula: tf * (ln((1 + n) / (1 + df)) + 1), rows of unit length (Salton; as in scikit-learn).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


class TfIdf:
    """Texts given as terms, as an inverted index."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        counted = [Counter(text) for text in texts]
        frequency = Counter(term for counts in counted for term in counts)
        self._count = len(texts)
        self._rarity = {
            term: float(np.log((1 + len(texts)) / (1 + held)) + 1)
            for term, held in frequency.items()
        }
        self._held: dict[str, list[tuple[int, float]]] = {term: [] for term in frequency}
        for place, counts in enumerate(counted):
            for term, weight in self._weighted(counts).items():
                self._held[term].append((place, weight))

    def likeness(self, text: Sequence[str]) -> Doubles:
        """Cosine with every text, in 0..1."""
        found = np.zeros(self._count)
        known = Counter(term for term in text if term in self._rarity)
        for term, weight in self._weighted(known).items():
            for place, held in self._held[term]:
                found[place] += weight * held
        return found

    def _weighted(self, counts: Counter[str]) -> dict[str, float]:
        raw = {term: count * self._rarity[term] for term, count in counts.items()}
        length = float(np.sqrt(sum(weight * weight for weight in raw.values()))) or 1.0
        return {term: weight / length for term, weight in raw.items()}
