"""Any server that speaks OpenAI's embeddings: a vendor, a gateway, a model of one's own.

Spoken over plain HTTP, because one POST needs no client library. The server is not trusted: its
answer is bounded in time and checked in shape.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
import orjson

from xiaoer.engines.embedder.reading import readable
from xiaoer.ports.embedder import EmbedderUnavailable, Vectors

_BATCH = 128
_TIMEOUT_S = 10.0


class OpenAiEmbedder:
    """One model at one base address, such as ``https://host/v1``, of a known dimension."""

    def __init__(self, base_url: str, key: str | None, model: str, dimension: int) -> None:
        self._url = base_url.rstrip("/") + "/embeddings"
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._model = model
        self._dimension = dimension
        self._client: httpx.AsyncClient | None = None

    @property
    def model_id(self) -> str:
        """The name that the server knows the model by, and the columns asked for."""
        return f"openai/{self._model}/{self._dimension}"

    @property
    def dimension(self) -> int:
        """As configured; a server that answers otherwise is refused."""
        return self._dimension

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, asked for in batches; texts without content are not sent."""
        rows = np.zeros((len(texts), self._dimension), np.float32)
        read = [readable(text) for text in texts]
        full = [i for i, text in enumerate(read) if text]
        for begin in range(0, len(full), _BATCH):
            part = full[begin : begin + _BATCH]
            rows[part] = await self._ask([read[i] for i in part])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(lengths, 1e-9)
        return unit

    async def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, texts: list[str]) -> Vectors:
        asked = {"model": self._model, "input": texts, "encoding_format": "float"}
        body = orjson.dumps(asked | {"dimensions": self._dimension})
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answered = await self._post(body)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise EmbedderUnavailable(reason=type(error).__name__) from error
        return _rows_in(answered, len(texts), self._dimension)

    async def _post(self, body: bytes) -> bytes:
        if self._client is None:
            self._client = httpx.AsyncClient(headers=self._headers, follow_redirects=False)
        response = await self._client.post(self._url, content=body, timeout=_TIMEOUT_S)
        if response.status_code != httpx.codes.OK:
            raise EmbedderUnavailable(reason=f"status {response.status_code}")
        return response.content


def _rows_in(answered: bytes, count: int, dimension: int) -> Vectors:
    try:
        found: list[dict[str, Any]] = orjson.loads(answered)["data"]
        ordered = sorted(found, key=lambda row: int(row["index"]))
        rows = np.array([row["embedding"] for row in ordered], np.float32)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise EmbedderUnavailable(reason="the answer is not a list of embeddings") from None
    if rows.shape != (count, dimension) or not np.isfinite(rows).all():
        raise EmbedderUnavailable(reason="the answer has another shape")
    return rows
