"""Any server that speaks OpenAI's chat completions: a vendor, a gateway, a model of one's own.

Spoken over plain HTTP, because one POST needs no client library. The server is not trusted:
its answer is bounded in time and size, and is read as data only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import orjson

from xiaoer.engines.llm.answer import settled
from xiaoer.ports.llm import ModelUnavailable, Said

_LARGEST_ANSWER_BYTES = 1024 * 1024


class OpenAiLlm:
    """One model at one base address, such as ``https://host/v1``."""

    def __init__(self, base_url: str, key: str | None, model: str) -> None:
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._model = model
        self._client: httpx.AsyncClient | None = None

    @property
    def available(self) -> bool:
        """Configured; whether it answers is told by each call."""
        return True

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The model's text, from one request."""
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": said.role, "content": said.text} for said in exchange],
            "max_tokens": max_tokens,
        }
        if schema is not None:
            asked["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema},
            }
        try:
            async with asyncio.timeout(timeout_s):
                answered = await self._post(orjson.dumps(asked), timeout_s)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelUnavailable(reason=type(error).__name__) from error
        return settled(_text_in(answered), schema)

    async def close(self) -> None:
        """Let the connections go."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _post(self, body: bytes, timeout_s: float) -> bytes:
        if self._client is None:
            self._client = httpx.AsyncClient(headers=self._headers, follow_redirects=False)
        answered = bytearray()
        async with self._client.stream(
            "POST", self._url, content=body, timeout=timeout_s
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise ModelUnavailable(reason=f"status {response.status_code}")
            async for chunk in response.aiter_bytes():
                answered += chunk
                if len(answered) > _LARGEST_ANSWER_BYTES:
                    raise ModelUnavailable(reason="the answer is too large")
        return bytes(answered)


def _text_in(answered: bytes) -> object:
    try:
        return orjson.loads(answered)["choices"][0]["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        raise ModelUnavailable(reason="not the answer of a chat completion") from None
