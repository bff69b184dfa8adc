"""Time and chance, so that any failure can be replayed from a seed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; every engine answers in UTC with a time zone."""

    def now(self) -> datetime:
        """The time now."""
        ...

    def monotonic(self) -> float:
        """Seconds from some start, never going backwards."""
        ...


class Chance(Protocol):
    """Randomness; every engine is safe to use for identifiers and secrets, but the seeded fake."""

    def bits(self, count: int) -> int:
        """A non-negative integer of at most ``count`` random bits."""
        ...

    def token(self) -> str:
        """An unguessable, URL-safe secret of at least 256 bits."""
        ...
