"""What the room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(Fact):
    """A member was added, changed or switched off; ``key`` is the member."""

    NAME: ClassVar[str] = "org.MemberChanged"
    active: bool
