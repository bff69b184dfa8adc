"""What is taken of a model's answer: exactly the asked type, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xiaoer.kit.text import clean
from xiaoer.modules.advice.contracts import Choice, Point
from xiaoer.modules.advice.rules.asking import MOST_POINTS

LONGEST_WORDS = 2_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Wording(_Strict):
    text: str = Field(min_length=1, max_length=LONGEST_WORDS)


class _Choice(_Strict):
    choice: int = Field(ge=0)
    errand: str = Field(max_length=40)


class _Point(_Strict):
    message: int
    words: str = Field(min_length=1, max_length=400)


class _Points(_Strict):
    points: list[_Point] = Field(min_length=1, max_length=MOST_POINTS)


_Shape = TypeVar("_Shape", bound=_Strict)


def read_wording(said: str) -> str | None:
    """The rewritten answer; whether it is faithful is asked elsewhere."""
    found = _typed(said, _Wording)
    return (clean(found.text) or None) if found else None


def read_choice(said: str, *, of: int, errands: Sequence[str]) -> Choice | None:
    """One of ``of`` candidates or a known errand, not both; nothing when it is neither."""
    found = _typed(said, _Choice)
    if found is None or found.choice > of or found.errand not in ("none", *errands):
        return None
    has_errand = found.errand != "none"
    if bool(found.choice) == has_errand:
        return None
    return Choice(errand=found.errand) if has_errand else Choice(entry=found.choice - 1)


def read_points(said: str) -> tuple[Point, ...]:
    """The points of a summary, in the order of the conversation; each message once."""
    found = _typed(said, _Points)
    if found is None:
        return ()
    once = {point.message: Point(point.message, clean(point.words)) for point in found.points}
    return tuple(once[seq] for seq in sorted(once))


def _typed(said: str, shape: type[_Shape]) -> _Shape | None:
    try:
        return shape.model_validate_json(said)
    except ValidationError:
        return None
