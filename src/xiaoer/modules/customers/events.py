"""What the room tells. ``key`` is the customer who stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Fact):
    """Two records proved to be one person; ``absorbed_id`` lives on inside ``key``."""

    NAME: ClassVar[str] = "customers.Merged"
    absorbed_id: UUID
    merge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerged(Fact):
    """A merge was taken back; ``restored_id`` is a customer of its own again."""

    NAME: ClassVar[str] = "customers.Unmerged"
    restored_id: UUID
    merge_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Fact):
    """A customer said yes or no to a purpose."""

    NAME: ClassVar[str] = "customers.ConsentChanged"
    purpose: str
    granted: bool
