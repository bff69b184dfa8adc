"""The nouns of the desk that cross the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.ids import MemberId

MacroId = NewType("MacroId", UUID)


class PresenceState(StrEnum):
    """What an agent says of themselves; away and busy take no new conversations."""

    ONLINE = "online"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent's state, and how many conversations they may hold and do hold."""

    member_id: MemberId
    name: str
    state: PresenceState
    capacity: int
    holding: int
    seen_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As the interface describes it."""
        return {
            "member_id": self.member_id,
            "name": self.name,
            "state": self.state,
            "capacity": self.capacity,
            "holding": self.holding,
            "seen_at": self.seen_at,
        }


@dataclass(frozen=True, slots=True)
class Macro:
    """A text that is written often. Without ``owner_id`` everybody at the place has it."""

    id: MacroId
    shortcut: str
    title: str
    text: str
    owner_id: UUID | None
    version: int

    def as_json(self) -> dict[str, Any]:
        """As the interface describes it."""
        return {
            "id": self.id,
            "shortcut": self.shortcut,
            "title": self.title,
            "text": self.text,
            "shared": self.owner_id is None,
            "version": self.version,
        }
