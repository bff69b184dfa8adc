"""The machine's own clock and entropy."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's time, always in UTC."""

    def now(self) -> datetime:
        """The time now."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from some start, never going backwards."""
        return time.monotonic()


class SystemChance:
    """The operating system's entropy."""

    def bits(self, count: int) -> int:
        """A non-negative integer of at most ``count`` random bits."""
        return secrets.randbits(count)

    def token(self) -> str:
        """256 random bits, URL-safe."""
        return secrets.token_urlsafe(32)
