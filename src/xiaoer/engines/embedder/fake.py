"""Vectors from hashed characters: no model, the same rows for ever, near for shared wording."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from xiaoer.engines.embedder.reading import readable
from xiaoer.kit.text import fold
from xiaoer.ports.embedder import Vectors


class FakeEmbedder:
    """Hashes single characters and pairs into a fixed number of columns."""

    model_id = "fake-1"
    dimension = 64

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            folded = fold(readable(text))
            for size in (1, 2):
                for start in range(len(folded) - size + 1):
                    row[zlib.crc32(folded[start : start + size].encode()) % self.dimension] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(lengths, 1e-9)
        return unit
