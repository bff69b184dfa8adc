"""What the room tells. ``key`` is the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(Fact):
    """A carrier reported news of a parcel."""

    NAME: ClassVar[str] = "orders.ParcelMoved"
    parcel_number: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Fact):
    """An order was changed after it was placed; ``kind`` is a ``ChangeKind``."""

    NAME: ClassVar[str] = "orders.Amended"
    number: str
    kind: str
