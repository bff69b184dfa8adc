"""A model that is asked only while it answers, by few at once.

Who waits for a model holds a place in a courier; so at most ``at_once`` calls are under way in a
process, and others take the deterministic path at once. After some failures in a row nobody asks
for a while; then one call tries, and the pause doubles while it fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from xiaoer.ports.clock import Clock
from xiaoer.ports.llm import Llm, ModelUnavailable, Said

log = structlog.get_logger("llm")

FAILURES = 3
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


class GuardedLlm:
    """Another model behind a breaker and a limit."""

    def __init__(self, inner: Llm, clock: Clock, at_once: int = 2) -> None:
        self._inner = inner
        self._clock = clock
        self._at_once = at_once
        self._under_way = 0
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_until: datetime | None = None

    @property
    def available(self) -> bool:
        """Configured, not in a pause, and with room for one more call."""
        if not self._inner.available or self._under_way >= self._at_once:
            return False
        if self._closed_until is None:
            return True
        return self._clock.now() >= self._closed_until and self._under_way == 0

    async def complete(
        self,
        exchange: Sequence[Said],
        *,
        timeout_s: float,
        max_tokens: int = 512,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """The inner model's text; an engine that breaks its promise of time is cut off."""
        if not self.available:
            raise ModelUnavailable(reason="paused, or too many calls under way")
        self._under_way += 1
        try:
            async with asyncio.timeout(timeout_s):
                text = await self._inner.complete(
                    exchange, timeout_s=timeout_s, max_tokens=max_tokens, schema=schema
                )
        except (TimeoutError, ModelUnavailable) as error:
            self._failed()
            if isinstance(error, ModelUnavailable):
                raise
            raise ModelUnavailable(reason="TimeoutError") from error
        finally:
            self._under_way -= 1
        self._failures, self._pause, self._closed_until = 0, FIRST_PAUSE, None
        return text

    def _failed(self) -> None:
        self._failures += 1
        if self._failures < FAILURES:
            return
        self._closed_until = self._clock.now() + self._pause
        log.warning("llm_paused", seconds=int(self._pause.total_seconds()))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
