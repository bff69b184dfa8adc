"""Rows to nouns and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from xiaoer.modules.conversations.contracts import (
    Agent,
    Assistant,
    Author,
    AuthorKind,
    Conversation,
    ConversationId,
    DeliveryState,
    Demand,
    Failure,
    Message,
    MessageId,
    Owner,
    Part,
    Person,
    Queue,
    Source,
    Status,
    Try,
)


def dumps(value: Any) -> str:
    """JSON text for a ``jsonb`` parameter."""
    return orjson.dumps(value).decode()


def parts_json(parts: Iterable[Part]) -> str:
    """The parts of a message as stored."""
    return dumps([part.as_json() for part in parts])


def conversation(row: Any) -> Conversation:
    """A row of the conversation table."""
    return Conversation(
        id=row.id,
        version=row.version,
        changed_version=row.changed_version,
        status=Status(row.status),
        owner=_owner(row),
        person=Person(
            row.visitor_id,
            row.customer_id,
            row.customer_name,
            row.customer_level,
            row.customer_kind,
            row.proven,
        ),
        account_id=row.account_id,
        channel_kind=row.channel_kind,
        channel_name=row.channel_name,
        unit_path=row.unit_path,
        locale=row.locale,
        demand_id=row.demand_id,
        skill_group=row.skill_group,
        last_seq=row.last_seq,
        last_customer_seq=row.last_customer_seq,
        last_text=row.last_text,
        last_author=AuthorKind(row.last_author),
        last_at=row.last_at,
        waiting_since=row.waiting_since,
        agent_seen_seq=row.agent_seen_seq,
        customer_seen_seq=row.customer_seen_seq,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        resolved_at=row.resolved_at,
        priority=row.priority,
        mood=row.mood,
        rating=row.rating,
        unsolved=row.unsolved,
        page=row.page,
    )


def message(row: Any) -> Message:
    """A row of the message table."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        client_id=row.client_id,
        author=Author(AuthorKind(row.author_kind), row.author_id, row.author_name),
        parts=_parts(row.parts),
        at=row.at,
        internal=row.internal,
        covers=tuple(row.covers),
        sources=tuple(Source(**source) for source in row.sources),
        state=DeliveryState(row.state),
        tier=row.tier,
        failure=_failure(row.failure),
    )


def demand(row: Any) -> Demand:
    """A row of the demand table."""
    return Demand(
        id=row.id,
        customer_key=row.customer_key,
        topic=row.topic,
        subject=row.subject,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        contained=row.contained,
        confirmed_at=row.confirmed_at,
        reopened=row.reopened,
        last_contact_at=row.last_contact_at,
    )


def joined_demand(row: Any) -> Demand:
    """The demand beside its conversation, whose columns keep their names."""
    return Demand(
        id=row.demand_id,
        customer_key=row.customer_key,
        topic=row.topic,
        subject=row.subject,
        opened_at=row.demanded_at,
        resolved_at=row.settled_at,
        contained=row.contained,
        confirmed_at=row.confirmed_at,
        reopened=row.reopened,
        last_contact_at=row.last_contact_at,
    )


def listed_tries(listed: list[list[Any]] | None) -> tuple[Try, ...]:
    """Tries as lists of ``tier, outcome, reason, confidence, at``."""
    return tuple(
        Try(tier, outcome, reason, confidence, datetime.fromisoformat(at))
        for tier, outcome, reason, confidence, at in listed or ()
    )


def listed_messages(
    conversation_id: ConversationId, listed: list[list[Any]] | None
) -> tuple[Message, ...]:
    """Messages as lists of their columns, in the order of ``_TURN``."""
    return tuple(_listed_message(conversation_id, columns) for columns in listed or ())


def _listed_message(about: ConversationId, columns: list[Any]) -> Message:
    (message_id, seq, client_id, kind, author_id, name,
     parts, at, covers, sources, state, tier) = columns  # fmt: skip
    return Message(
        id=MessageId(UUID(message_id)),
        conversation_id=about,
        seq=seq,
        client_id=client_id,
        author=Author(AuthorKind(kind), UUID(author_id) if author_id else None, name),
        parts=_parts(parts),
        at=datetime.fromisoformat(at),
        covers=tuple(covers),
        sources=tuple(Source(**source) for source in sources),
        state=DeliveryState(state),
        tier=tier,
    )


def _parts(stored: list[dict[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(p["kind"], {k: v for k, v in p.items() if k != "kind"}) for p in stored)


def failure_json(failure: Failure) -> str:
    """A failure as stored."""
    return dumps(failure)


def _failure(stored: dict[str, Any] | None) -> Failure | None:
    if stored is None:
        return None
    at = datetime.fromisoformat(stored["at"])
    return Failure(stored["reason"], stored["texts"], stored["tries"], at)


def _owner(row: Any) -> Owner:
    if row.owner_kind == "agent":
        return Agent(row.owner_id, row.owner_name)
    if row.owner_kind == "queue":
        return Queue(row.skill_group)
    return Assistant()
