"""What a seed stands for: when which part of the server is killed, and who writes what.

Everything that can be drawn beforehand is drawn from the seed. What remains is the timing of the
machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Victim(StrEnum):
    """What a kill takes away, without a word of warning."""

    ONE_WORKER = "one worker"
    ALL_WORKERS = "all workers"
    TREE = "the whole process tree with PostgreSQL"
    DATABASE = "PostgreSQL alone"


@dataclass(frozen=True, slots=True)
class Blow:
    """A kill, so many seconds after the traffic began; ``choice`` in 0..1 picks among equals."""

    at_s: float
    victim: Victim
    choice: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One seed's traffic and kills."""

    seed: int
    seconds: float = 15.0
    rate: float = 60.0
    shoppers: int = 160
    agents: int = 24
    kills: int = 3

    def blows(self) -> tuple[Blow, ...]:
        """At random instants, one in each part of the time, so that none hides another."""
        rng = Random(f"blows {self.seed}")  # noqa: S311 - to be repeated, not to be secret
        span = self.seconds / self.kills
        return tuple(
            Blow((part + 0.1 + 0.8 * rng.random()) * span, rng.choice(list(Victim)), rng.random())
            for part in range(self.kills)
        )
