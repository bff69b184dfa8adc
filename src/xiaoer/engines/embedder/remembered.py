"""Remembers rows of texts embedded before: words repeat in every question.

A question is embedded with each of its words, and the few thousand words of a shop's knowledge
come again and again; with them remembered, a new question costs one row instead of ten.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from xiaoer.ports.embedder import Embedder, Vectors

_LONGEST_KEY = 256


class RememberingEmbedder:
    """Wraps an engine with a bounded memory, least recently used out first."""

    def __init__(self, inner: Embedder, capacity: int = 20_000) -> None:
        self._inner = inner
        self._capacity = capacity
        self._rows: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def model_id(self) -> str:
        """That of the wrapped engine."""
        return self._inner.model_id

    @property
    def dimension(self) -> int:
        """That of the wrapped engine."""
        return self._inner.dimension

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Rows from memory where possible; the rest in one call of the wrapped engine."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        known = {text: self._recall(text) for text in texts if text in self._rows}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            fresh = dict(zip(missing, await self._inner.embed(missing), strict=True))
            self._keep(fresh)
            known |= fresh
        return np.stack([known[text] for text in texts])

    def forget(self) -> None:
        """Empty the memory, as measuring an unseen question needs."""
        self._rows.clear()

    def _recall(self, text: str) -> Vectors:
        self._rows.move_to_end(text)
        return self._rows[text]

    def _keep(self, fresh: dict[str, Vectors]) -> None:
        for text, row in fresh.items():
            if len(text) <= _LONGEST_KEY:
                self._rows[text] = row.copy()
        while len(self._rows) > self._capacity:
            self._rows.popitem(last=False)
