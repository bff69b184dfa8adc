"""The nouns of the bot that cross the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Say:
    """An answer that rests on a knowledge entry, word for word."""

    text: str
    source_id: str
    source_title: str
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggest:
    """Not sure enough to answer, but near: the customer may mean one of these."""

    questions: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Climb:
    """Nothing to say; a person may know."""

    reason: str
    confidence: float


Move: TypeAlias = Say | Suggest | Climb


@dataclass(frozen=True, slots=True)
class Tone:
    """What a message tells besides its question."""

    wants_person: bool = False
    still_unsolved: bool = False
    is_greeting: bool = False
    is_thanks: bool = False
    is_abusive: bool = False
    risk: str = ""
