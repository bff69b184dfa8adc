"""The nouns of advice that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeAlias

Exchange: TypeAlias = tuple[tuple[Literal["system", "user"], str], ...]


class Manner(StrEnum):
    """How the shop speaks."""

    PLAIN = "plain"
    WARM = "warm"
    FORMAL = "formal"


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked: the exchange, the JSON schema of its answer, its most tokens, and
    the ``cost`` in tokens that is kept for it, question and longest answer together."""

    exchange: Exchange
    schema: Mapping[str, Any]
    max_tokens: int
    cost: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a model takes a message for: the candidate at ``entry`` (from 0), or an errand."""

    entry: int | None = None
    errand: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A message of a conversation, as a model may see it; ``who`` is the kind of its author."""

    seq: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """What is told of the message ``seq``."""

    seq: int
    words: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text with marks where numbers and addresses stood; ``marks`` gives them back."""

    text: str
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that a tenant may ask in a day (UTC)."""

    calls: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What a tenant has asked on a day (UTC)."""

    day: date
    calls: int = 0
    tokens: int = 0
