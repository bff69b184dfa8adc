"""Time that stands still until it is moved, and chance that repeats itself from a seed."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that a test sets. ``monotonic`` follows ``advance`` and ignores ``set``."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)) -> None:
        self._now = _aware(start)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """The time it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._elapsed

    def set(self, now: datetime) -> None:
        """Jump to a time, also backwards, as a machine's clock may."""
        self._now = _aware(now)

    def advance(self, seconds: float = 0.0, **units: float) -> None:
        """Move on: ``advance(5)``, ``advance(hours=72)``; the units of ``timedelta``."""
        step = timedelta(seconds=seconds) + timedelta(**units)
        if step < timedelta(0):
            raise ValueError("time advances forwards; use set() to jump back")
        self._now += step
        self._elapsed += step.total_seconds()


class SeededChance:
    """The same sequence for the same seed. Guessable: never for a secret that matters."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def bits(self, count: int) -> int:
        """The next ``count`` bits of the sequence."""
        return self._random.getrandbits(count)

    def token(self) -> str:
        """The next 256 bits of the sequence, in the shape of a real token."""
        return base64.urlsafe_b64encode(self._random.randbytes(32)).decode().rstrip("=")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone is ambiguous")
    return moment.astimezone(UTC)
