"""A bounded memory of derived values, kept per process and rebuilt when their source moves on.

Two callers that need the same value at once share one computation; a failed one is not kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class Memo:
    """Values by key, each valid for one version of what it was derived from."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[Hashable, asyncio.Future[Any]]] = OrderedDict()

    async def get(
        self, key: Hashable, version: Hashable, build: Callable[[], Awaitable[Any]]
    ) -> Any:
        """The value of ``key`` at ``version``, building it when it is missing or older."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != version or _failed(kept[1]):
            kept = (version, asyncio.ensure_future(build()))
            self._kept[key] = kept
            self._trim()
        self._kept.move_to_end(key)
        return await asyncio.shield(kept[1])

    def peek(self, key: Hashable) -> Any | None:
        """The value that is kept, of whatever version; nothing while none is finished."""
        kept = self._kept.get(key)
        if kept is None or not kept[1].done() or _failed(kept[1]):
            return None
        return kept[1].result()

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value that the caller has built, in place of the one before."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.set_result(value)
        self._kept[key] = (None, future)
        self._kept.move_to_end(key)
        self._trim()

    def forget(self, key: Hashable) -> None:
        """Drop a value, so that the next caller builds it."""
        self._kept.pop(key, None)

    def _trim(self) -> None:
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)


def _failed(future: asyncio.Future[Any]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)
