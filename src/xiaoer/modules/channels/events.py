"""What the room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(Fact):
    """A visitor proved to be a customer. ``key`` is their conversation, else the visitor."""

    NAME: ClassVar[str] = "channels.Identified"
    visitor_id: UUID
    customer_id: UUID
    account_id: UUID
    conversation_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAgain(Fact):
    """A person asked for a failed message to be sent again. ``key`` is its conversation."""

    NAME: ClassVar[str] = "channels.QueuedAgain"
    message_id: UUID
    channel_kind: str
