"""What the room tells. ``key`` is the conversation; ``seq`` its version at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from xiaoer.kit.event import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Fact):
    """A customer's message is on disk."""

    NAME: ClassVar[str] = "conversations.MessageReceived"
    message_id: UUID
    message_seq: int
    demand_id: UUID
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPosted(Fact):
    """The assistant answered; ``pushed`` when the channel must carry it out of the house."""

    NAME: ClassVar[str] = "conversations.ReplyPosted"
    message_id: UUID
    account_id: UUID
    channel_kind: str
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpoke(Fact):
    """A person wrote to the customer."""

    NAME: ClassVar[str] = "conversations.AgentSpoke"
    message_id: UUID
    account_id: UUID
    channel_kind: str
    agent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTried(Fact):
    """A tier of the ladder tried: it answered or climbed."""

    NAME: ClassVar[str] = "conversations.TierTried"
    demand_id: UUID
    tier: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOff(Fact):
    """The conversation waits for a person."""

    NAME: ClassVar[str] = "conversations.HandedOff"
    channel_kind: str
    demand_id: UUID
    reason: str
    skill_group: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Fact):
    """A person owns the conversation now."""

    NAME: ClassVar[str] = "conversations.Claimed"
    agent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Fact):
    """The owner gave the conversation back to the queue."""

    NAME: ClassVar[str] = "conversations.Released"
    agent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(Fact):
    """The conversation went from a person to another, or to another queue."""

    NAME: ClassVar[str] = "conversations.Transferred"
    from_agent: UUID
    to_agent: UUID | None
    skill_group: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Fact):
    """Somebody, or silence, closed the conversation."""

    NAME: ClassVar[str] = "conversations.Resolved"
    demand_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    """The customer came back, or an agent took the resolution back."""

    NAME: ClassVar[str] = "conversations.Reopened"
    demand_id: UUID
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Fact):
    """The customer gave one to five."""

    NAME: ClassVar[str] = "conversations.Rated"
    score: int
