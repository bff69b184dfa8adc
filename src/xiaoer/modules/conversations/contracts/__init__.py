"""The nouns of a conversation that cross the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NewType, TypeAlias
from uuid import UUID

ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
DemandId = NewType("DemandId", UUID)


@dataclass(frozen=True, slots=True)
class Assistant:
    """The machine owns the conversation."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The conversation waits for a person, of a skill group or of any."""

    skill_group: UUID | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """A person owns the conversation."""

    id: UUID
    name: str


Owner: TypeAlias = Agent | Assistant | Queue


class Status(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class AuthorKind(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class DeliveryState(IntEnum):
    """Ordered: a state never goes backwards.

    What a channel has to carry out is ``QUEUED`` until the other side has it. One that could not
    be carried stays there, and its :class:`Failure` says why.
    """

    QUEUED = 0
    SENT = 1
    DELIVERED = 2
    READ = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message did not reach the other side after so many ``tries``: a word of the channel,
    and ``texts`` by language (``zh-CN``, ``en``). Nothing more is tried until a person asks."""

    reason: str
    texts: Mapping[str, str]
    tries: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message, by the name that readers see."""

    kind: AuthorKind
    id: UUID | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message: ``text``, ``image``, ``file``, ``card`` or ``system``.

    ``fields`` are exactly those of the interface description; they are data, never markup.
    """

    kind: str
    fields: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.fields}

    @property
    def words(self) -> str:
        """What is read and searched of it: a text, or what a ``system`` part says in words."""
        return str(self.fields.get("text", "")) if self.kind in ("text", "system") else ""


def text_part(text: str) -> Part:
    """A part that is plain text."""
    return Part("text", {"text": text})


def told_part(code: str, fields: Mapping[str, Any], text: str) -> Part:
    """Something the house tells: each screen says ``code`` and ``fields`` in its reader's
    language; ``text`` is for search, export and readers that do not know the code."""
    return Part("system", {"code": code, "fields": dict(fields), "text": text})


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer rests on: a knowledge entry, an order, a store."""

    id: str
    title: str
    kind: str = "knowledge"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation, in its place ``seq``."""

    id: MessageId
    conversation_id: ConversationId
    seq: int
    client_id: str | None
    author: Author
    parts: tuple[Part, ...]
    at: datetime
    internal: bool = False
    covers: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()
    state: DeliveryState = DeliveryState.SENT
    tier: str | None = None
    failure: Failure | None = None

    @property
    def delivery(self) -> dict[str, Any]:
        """How far it has come: ``state``, which is ``failed`` when there is a ``failure``."""
        failed = self.failure if self.state is DeliveryState.QUEUED else None
        state = "failed" if failed else self.state.name.lower()
        return {"state": state, "failure": asdict(failed) if failed else None}

    @property
    def text(self) -> str:
        """The words of the message, without cards and files."""
        return "\n".join(part.words for part in self.parts if part.words)

    def as_json(self) -> dict[str, Any]:
        """The message as the interface describes it."""
        return {
            "id": self.id,
            "seq": self.seq,
            "conversation_id": self.conversation_id,
            "client_id": self.client_id,
            "author": {"kind": self.author.kind, "id": self.author.id, "name": self.author.name},
            "parts": [part.as_json() for part in self.parts],
            "internal": self.internal,
            "covers": list(self.covers),
            "sources": [{"id": s.id, "title": s.title, "kind": s.kind} for s in self.sources],
            "at": self.at,
            "tier": self.tier,
            **self.delivery,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """The customer's side as the channel knows it when a message arrives."""

    visitor_id: UUID
    customer_id: UUID | None = None
    name: str = ""
    level: str = ""
    kind: str = "shopper"
    proven: bool = False

    def as_json(self) -> dict[str, Any]:
        """The customer as the interface describes it."""
        return {
            "id": self.customer_id,
            "visitor_id": self.visitor_id,
            "name": self.name,
            "level": self.level,
            "kind": self.kind,
            "proven": self.proven,
        }


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message from a customer, normalised by its channel.

    ``client_id`` is made by the sender and is the key of de-duplication, with the visitor.
    """

    account_id: UUID
    channel_kind: str
    channel_name: str
    person: Person
    client_id: str
    parts: tuple[Part, ...]
    unit_path: str = "/"
    locale: str = "zh-CN"
    page: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an acknowledgement says. ``duplicate``: it was on disk before."""

    conversation_id: ConversationId
    message_id: MessageId
    seq: int
    at: datetime
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """One tier's try at a demand."""

    tier: str
    outcome: str
    reason: str
    confidence: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """What a customer wants; it spans conversations and channels.

    ``topic`` is the knowledge category or self-service intent that understood it; ``subject``
    names the order, product or store, where there is one.
    """

    id: DemandId
    customer_key: UUID
    topic: str
    subject: str
    opened_at: datetime
    resolved_at: datetime | None
    contained: bool
    confirmed_at: datetime | None
    reopened: int
    last_contact_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as lists and the desk see it."""

    id: ConversationId
    version: int
    changed_version: int
    status: Status
    owner: Owner
    person: Person
    account_id: UUID
    channel_kind: str
    channel_name: str
    unit_path: str
    locale: str
    demand_id: DemandId
    skill_group: UUID | None
    last_seq: int
    last_customer_seq: int
    last_text: str
    last_author: AuthorKind
    last_at: datetime
    waiting_since: datetime | None
    agent_seen_seq: int
    customer_seen_seq: int
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    priority: int
    mood: str | None
    rating: int | None
    unsolved: int
    page: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, names: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The conversation as the interface describes it; ``names`` resolves places and groups."""
        names = names or {}
        group = str(self.skill_group) if self.skill_group else None
        return {
            "id": self.id,
            "version": self.version,
            "status": self.status,
            "owner": owner_json(self.owner),
            "customer": self.person.as_json(),
            "channel": {
                "account_id": self.account_id, "kind": self.channel_kind, "name": self.channel_name,
            },
            "unit": {"path": self.unit_path, "name": names.get(self.unit_path, "")},
            "skill_group": {"id": group, "name": names.get(group, "")} if group else None,
            "demand_id": self.demand_id,
            "last": {
                "text": self.last_text, "at": self.last_at,
                "author_kind": self.last_author, "seq": self.last_seq,
            },
            "waiting_since": self.waiting_since,
            "unread": max(0, self.last_customer_seq - self.agent_seen_seq),
            "customer_seen_seq": self.customer_seen_seq,
            "opened_at": self.opened_at,
            "updated_at": self.updated_at,
            "resolved_at": self.resolved_at,
            "priority": self.priority,
            "mood": self.mood,
            "rating": self.rating,
            "locale": self.locale,
            "page": dict(self.page),
        }


def owner_json(owner: Owner) -> dict[str, Any]:
    """Who owns a conversation, by the kind and the name that readers see."""
    match owner:
        case Agent(id=member_id, name=name):
            return {"kind": "agent", "id": member_id, "name": name}
        case Queue(skill_group=group):
            return {"kind": "queue", "id": group, "name": ""}
        case _:
            return {"kind": "assistant", "id": None, "name": "小二"}


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a tier needs to answer: one consistent read."""

    conversation: Conversation
    demand: Demand
    history: tuple[Message, ...]
    unanswered: tuple[Message, ...]
    tries: tuple[Try, ...]
    dropped: int = 0

    @property
    def text(self) -> str:
        """The words that wait for an answer, oldest first."""
        return "\n".join(m.text for m in self.unanswered if m.text)


@dataclass(frozen=True, slots=True)
class HandOff:
    """Why a person is needed, of which group, how urgently, and what to tell the customer.

    ``note`` is for the agent alone.
    """

    reason: str
    skill_group: UUID | None = None
    priority: int = 0
    parts: tuple[Part, ...] = ()
    note: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """Which conversations a list shows, and from where it goes on.

    ``name``: ``queue``, ``mine``, ``all``, ``resolved`` or ``customer``.
    """

    name: str
    member_id: UUID | None = None
    skill_groups: Sequence[UUID] | None = None
    customer_id: UUID | None = None
    text: str = ""
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to a conversation, when."""

    at: datetime
    actor: str
    verb: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The four numbers of a group of demands, and those whose window has not closed."""

    label: str
    received: int
    contained: int
    confirmed_resolved: int
    reopened: int
    not_yet_known: int
