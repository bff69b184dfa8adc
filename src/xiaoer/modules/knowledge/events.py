"""What the room tells; ``key`` is the entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPublished(Fact):
    """A version of an entry is what customers are told from now on."""

    NAME: ClassVar[str] = "knowledge.EntryPublished"
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRetired(Fact):
    """An entry is told to nobody any more."""

    NAME: ClassVar[str] = "knowledge.EntryRetired"
