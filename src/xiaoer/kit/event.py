"""Facts: what has happened, told after the commit that made it true.

A fact is small and frozen. ``key`` names the thing whose facts must be heard in order (a
conversation, an order); ``seq`` is its place in that order.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The parent of every event."""

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1

    key: UUID
    seq: int = 0

    def body(self) -> bytes:
        """The fact's fields as JSON."""
        return orjson.dumps({f.name: getattr(self, f.name) for f in dataclasses.fields(self)})

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """Build the fact from its stored JSON; unknown fields of a later version are ignored."""
        kind: Any = cls  # the cache wants a hashable, which mypy denies to type[Self]
        hints = _hints(kind)
        known = {
            f.name: _restore(hints[f.name], body[f.name])
            for f in dataclasses.fields(cls)
            if f.name in body
        }
        return cls(**known)


def _restore(hint: Any, value: Any) -> Any:
    """Give UUIDs, times and tuples their types back; everything else is JSON already."""
    plain = _plain(hint)
    if isinstance(value, list):
        inner = get_args(plain)
        return tuple(_restore(inner[0], item) for item in value) if inner else tuple(value)
    if isinstance(value, str) and plain is UUID:
        return UUID(value)
    if isinstance(value, str) and plain is datetime:
        return datetime.fromisoformat(value)
    return value


def _plain(hint: Any) -> Any:
    """Look through ``NewType`` and ``X | None`` to the type underneath."""
    if get_origin(hint) in (Union, UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not NoneType)
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return hint


@cache
def _hints(kind: type[Fact]) -> dict[str, Any]:
    return get_type_hints(kind)
