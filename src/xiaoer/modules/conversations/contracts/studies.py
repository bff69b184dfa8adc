"""What studying past conversations brings to light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xiaoer.modules.conversations.contracts import ConversationId


@dataclass(frozen=True, slots=True)
class Trouble:
    """A question that the machine did not meet.

    ``kind``: ``nothing_known`` or ``low_confidence`` when the bot climbed, ``unsolved`` when the
    customer said so of its answer, ``handed_off`` when they asked for a person after it. ``seq``
    is the place of the question in its conversation, ``number`` grows with the tries.
    """

    number: int
    conversation_id: ConversationId
    seq: int
    question: str
    kind: str
    customer_key: UUID
    unit_path: str
    locale: str
    confidence: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """What a customer wrote, where, and in which language the page spoke."""

    text: str
    unit_path: str
    locale: str
    conversation_id: ConversationId
    at: datetime


@dataclass(frozen=True, slots=True)
class AgentWords:
    """What a person wrote to a customer."""

    conversation_id: ConversationId
    seq: int
    text: str
    agent: str
    at: datetime
