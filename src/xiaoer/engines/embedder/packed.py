"""Rows that were computed before the product was shipped, packed into one file.

The demo's knowledge is known beforehand; computing its nine thousand texts anew on every first
start is most of what somebody waits for who only wants a look. A text that is not in the file, and
every text when the file is of another model, is computed by the wrapped engine.

The file: one line of JSON (``model_id``, ``dimension``, ``count``), then ``count`` keys, ascending
(BLAKE2b of the readable text, 16 bytes), then ``count`` rows of signed bytes. A row needs no scale
of its own, because it is brought back to unit length.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from xiaoer.engines.embedder.reading import readable
from xiaoer.ports.embedder import Embedder, Vectors

Bytes = npt.NDArray[np.int8]

PEAK = 127  # the largest column of a row; the others are rounded to its 127th parts
KEY_SIZE = 16


class PackedEmbedder:
    """Wraps an engine with the packed rows of its own model; the file is mapped on first use."""

    def __init__(self, inner: Embedder, file: Path) -> None:
        self._inner = inner
        self._file = file

    @property
    def model_id(self) -> str:
        """That of the wrapped engine: packed rows are its own, to within rounding."""
        return self._inner.model_id

    @property
    def dimension(self) -> int:
        """That of the wrapped engine."""
        return self._inner.dimension

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Packed rows where there are some; the rest in one call of the wrapped engine."""
        places = [self._pack.place(text) for text in texts]
        missing = [i for i, place in enumerate(places) if place is None]
        if len(missing) == len(texts):
            return await self._inner.embed(texts)
        rows = np.empty((len(texts), self.dimension), np.float32)
        packed = [i for i, place in enumerate(places) if place is not None]
        rows[packed] = self._pack.rows([place for place in places if place is not None])
        if missing:
            rows[missing] = await self._inner.embed([texts[i] for i in missing])
        return rows

    @cached_property
    def _pack(self) -> Pack:
        return read(self._file, self.model_id, self.dimension)


class Pack:
    """What a file of packed rows holds; the rows are shared by all processes that map it."""

    def __init__(self, keys: bytes, rows: Bytes) -> None:
        starts = range(0, len(keys), KEY_SIZE)
        self._places = {keys[at : at + KEY_SIZE]: i for i, at in enumerate(starts)}
        self._rows = rows

    def __len__(self) -> int:
        return len(self._places)

    def place(self, text: str) -> int | None:
        """Where the row of a text is, if it is there."""
        return self._places.get(_key(text)) if self._places else None

    def rows(self, places: Sequence[int]) -> Vectors:
        """Unit rows, shape ``(len(places), dimension)``."""
        rows = self._rows[list(places)].astype(np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def pack(model_id: str, rows: Mapping[str, Vectors]) -> bytes:
    """The bytes of a file: the same rows give the same bytes, in whatever order they come.

    Rows without length (of texts without content) are left out.
    """
    kept = sorted((_key(text), row) for text, row in rows.items() if row.any())
    dimension = len(kept[0][1]) if kept else 0
    head = {"model_id": model_id, "dimension": dimension, "count": len(kept)}
    small = [np.rint(row * (PEAK / np.abs(row).max())).astype(np.int8) for _, row in kept]
    return b"".join((orjson.dumps(head), b"\n", *(key for key, _ in kept), *map(bytes, small)))


def read(file: Path, model_id: str, dimension: int) -> Pack:
    """The rows of a model; none when the file is missing, cut, or of another model."""
    nothing = Pack(b"", np.zeros((0, dimension), np.int8))
    if not file.is_file():
        return nothing
    with file.open("rb") as opened:
        head = _head(opened.readline(1_000))
        if (head.get("model_id"), head.get("dimension")) != (model_id, dimension):
            return nothing
        count, begin = int(head["count"]), opened.tell()
        keys = opened.read(count * KEY_SIZE)
    begin += len(keys)
    if not count or file.stat().st_size != begin + count * dimension:
        return nothing
    return Pack(keys, np.memmap(file, np.int8, "r", begin, (count, dimension)))


def _head(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _key(text: str) -> bytes:
    return hashlib.blake2b(readable(text).encode(), digest_size=KEY_SIZE).digest()
