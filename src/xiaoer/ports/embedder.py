"""Turns text into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Embeds short texts in Chinese and English.

    Every engine guarantees: rows of unit length, in the order of the texts; the same text gives
    the same row; ``model_id`` changes whenever rows would; no network unless the engine is
    remote; long work leaves the event loop free. A failure raises ``Problem``
    ``embedder_unavailable`` (503).
    """

    @property
    def model_id(self) -> str:
        """Names the model and its version; stored with every vector."""
        ...

    @property
    def dimension(self) -> int:
        """Columns of a row."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape ``(len(texts), dimension)``, float32."""
        ...
