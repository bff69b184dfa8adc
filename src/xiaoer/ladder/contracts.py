"""What a tier may answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from xiaoer.modules import conversations
from xiaoer.ports.ctx import Ctx

Part = conversations.contracts.Part
Source = conversations.contracts.Source
Turn = conversations.contracts.Turn
HandOff = conversations.contracts.HandOff


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer is told, and what it rests on.

    ``topic`` and ``subject`` say which demand this was. ``settled`` is false for a question back
    or an offer: the demand is not resolved by it. ``hand_off`` gives the conversation to a
    person: the human tier sets it, and the recommender for a customer who is ready to buy.
    ``asks`` says what the customer is expected to answer, or
    how a deed ended: ``slot:NAME``, ``confirm:TOOL``, ``refused:CODE``, ``done:TOOL``, ``prove``;
    or that the customer said ``unsolved``.
    """

    parts: tuple[Part, ...]
    sources: tuple[Source, ...] = ()
    topic: str = ""
    subject: str = ""
    confidence: float | None = None
    settled: bool = True
    hand_off: HandOff | None = None
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Climb:
    """The tier cannot resolve it; the next one tries.

    ``said`` is what the customer is told before the next tier speaks, ``filled`` what was learnt
    on the way, as names and words.
    """

    reason: str
    confidence: float | None = None
    said: tuple[str, ...] = ()
    filled: tuple[tuple[str, str], ...] = ()


Tier: TypeAlias = Callable[[Ctx, Turn], Awaitable[Answer | Climb]]


@dataclass(frozen=True, slots=True)
class Step:
    """One rung as it was climbed: its name, and what came of it."""

    tier: str
    result: Answer | Climb


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rungs in order; the last one answered."""

    steps: tuple[Step, ...]

    @property
    def answer(self) -> Answer:
        """What the last tier said."""
        result = self.steps[-1].result
        assert isinstance(result, Answer), "the human tier always answers"
        return result

    @property
    def tier(self) -> str:
        """Which tier answered."""
        return self.steps[-1].tier
