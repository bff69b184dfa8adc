"""How much a query shares with the texts that are indexed: the proof that a test set is fair.

A paraphrase that repeats the words of an indexed question tests nothing but string matching.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from xiaoer.modules.knowledge import ranking


class Overlaps:
    """Character bigrams of the indexed texts as an inverted index."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._sizes = np.zeros(len(texts), np.int64)
        holders: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(texts):
            pairs = ranking.bigrams(text)
            self._sizes[i] = len(pairs)
            for pair in pairs:
                holders[pair].append(i)
        self._holders = {pair: np.array(at) for pair, at in holders.items()}

    def widest(self, text: str) -> float:
        """The largest bigram Jaccard similarity with any indexed text, in 0..1."""
        pairs = ranking.bigrams(text)
        held = [self._holders[pair] for pair in pairs if pair in self._holders]
        if not held:
            return 0.0
        shared = np.bincount(np.concatenate(held), minlength=len(self._sizes))
        return float((shared / np.maximum(self._sizes + len(pairs) - shared, 1)).max())


def quartiles(overlaps: Sequence[float], found: Sequence[bool]) -> list[dict[str, float | int]]:
    """``hit@1`` by quarter of the queries, least overlap first."""
    order = np.argsort(np.array(overlaps), kind="stable")
    groups = [group for group in np.array_split(order, 4) if len(group)]
    return [
        {
            "from": float(overlaps[group[0]]),
            "to": float(overlaps[group[-1]]),
            "n": len(group),
            "hit@1": float(np.mean([found[i] for i in group])),
        }
        for group in groups
    ]
