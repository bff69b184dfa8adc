"""Turns text into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from xiaoer.kit.problem import Problem

Vectors = npt.NDArray[np.float32]


class EmbedderUnavailable(Problem):
    """No vectors in time; ``reason`` is for the log and holds no customer text."""

    code = "embedder_unavailable"
    status = 503
    zh = "语义检索暂时不可用，请稍后再试。"
    en = "Search by meaning is unavailable at the moment. Please try again shortly."


class Embedder(Protocol):
    """Embeds short texts in Chinese and English: questions, phrasings, single words.

    Every engine guarantees: rows of unit length (all zeros for a text without content), in the
    order of the texts; the same text gives the same row, to within rounding, whatever is beside it;
    ``model_id`` changes whenever rows would; any text is taken, however long or odd; no network
    unless the engine is remote; long work leaves the event loop free, and a handful of short
    texts takes at most 8 ms of one core. A failure raises :class:`EmbedderUnavailable`.

    A second embedder, which only gives its opinion on doubtful questions, may take 50 ms of one
    core for one, away from the event loop, and may fail for want of time.
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
