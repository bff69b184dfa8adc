"""What is decided about conversations: pure, and mostly tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from xiaoer.kit.text import clean
from xiaoer.modules.conversations.contracts import (
    Agent,
    Assistant,
    Conversation,
    Demand,
    Message,
    Owner,
    Part,
    Queue,
    Status,
)
from xiaoer.modules.conversations.errors import (
    AlreadyClaimed,
    BadMessage,
    CustomerWrote,
    NotOpen,
    NotYours,
    TooLong,
)

MOST_CHARACTERS = 4000
MOST_PARTS = 10
PREVIEW = 80
STILL_TALKING = timedelta(minutes=30)
MOST_DROPPED = 2


class Arrives(Enum):
    """Where a customer's message goes."""

    APPEND = "append"
    REOPEN = "reopen"
    OPEN = "open"


def place(previous: Conversation | None, now: datetime, window: timedelta) -> Arrives:
    """An open conversation goes on; one resolved within the window is reopened."""
    if previous is None:
        return Arrives.OPEN
    if previous.status is Status.OPEN:
        return Arrives.APPEND
    resolved_at = previous.resolved_at or previous.updated_at
    return Arrives.REOPEN if now - resolved_at <= window else Arrives.OPEN


class Belongs(Enum):
    """Which demand an understood message belongs to."""

    SAME = "same"
    RETURN = "return"
    NEW = "new"


def belongs(current: Demand, topic: str, subject: str, earlier: Demand | None) -> Belongs:
    """Compare what was understood with the current demand, and an earlier one on its topic.

    ``earlier`` is the customer's latest other demand with this topic and subject whose window is
    still open. A demand without a topic takes the first that is understood.
    """
    if not topic or (current.topic == topic and current.subject in ("", subject)):
        return Belongs.SAME
    if earlier is not None:
        return Belongs.RETURN
    return Belongs.SAME if not current.topic else Belongs.NEW


def is_return(demand: Demand, now: datetime) -> bool:
    """Whether a contact now means that the demand was thought resolved and was not."""
    return demand.resolved_at is not None and now - demand.resolved_at > STILL_TALKING


def may_own(conversation: Conversation, agent: Agent) -> None:
    """Claiming: only what is open and owned by no other person."""
    if conversation.status is not Status.OPEN:
        raise NotOpen()
    match conversation.owner:
        case Agent(id=other, name=name) if other != agent.id:
            raise AlreadyClaimed(agent=name)


def must_own(conversation: Conversation, agent_id: Any) -> None:
    """Speaking, releasing, transferring: only the owner."""
    if conversation.status is not Status.OPEN:
        raise NotOpen()
    match conversation.owner:
        case Agent(id=owner_id) if owner_id == agent_id:
            return
    raise NotYours()


def must_have_read(conversation: Conversation, seen_seq: int | None) -> None:
    """Nobody closes over words of the customer that their screen has not shown."""
    if seen_seq is not None and conversation.last_customer_seq > seen_seq:
        raise CustomerWrote(seq=conversation.last_customer_seq)


def draft_stands(turn: Conversation, now: Conversation) -> bool:
    """Whether the assistant's draft may still be sent.

    Never once a person owns the conversation; when the customer wrote again it is dropped, but
    at most twice in a row, so that a fast typist still gets an answer.
    """
    if now.status is not Status.OPEN or not isinstance(now.owner, Assistant):
        return False
    return now.last_customer_seq == turn.last_customer_seq


def owner_kind(owner: Owner) -> str:
    """The word under which an owner is stored."""
    match owner:
        case Agent():
            return "agent"
        case Queue():
            return "queue"
        case _:
            return "assistant"


def preview(parts: Iterable[Part]) -> str:
    """One line for lists."""
    words = {"image": "[图片]", "file": "[文件]", "card": "[卡片]", "system": ""}
    shown = [str(p.fields["text"]) if p.kind == "text" else words.get(p.kind, "") for p in parts]
    return " ".join(" ".join(shown).split())[:PREVIEW]


def covered_until(history: Iterable[Message]) -> int:
    """The last place that is answered: a machine names what it covers, a person covers it all."""
    ends = [0]
    for message in history:
        if message.author.kind == "agent":
            ends.append(message.seq)
        ends += message.covers
    return max(ends)


def unanswered(history: Iterable[Message], covered_until: int) -> tuple[Message, ...]:
    """The customer's messages that no answer covers yet."""
    return tuple(m for m in history if m.author.kind == "customer" and m.seq > covered_until)


def read_parts(raw: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Check and clean what a sender wrote; raises :class:`BadMessage` or :class:`TooLong`."""
    parts = tuple(_read_part(part) for part in raw)
    if not parts:
        raise BadMessage(reason="内容是空的")
    if len(parts) > MOST_PARTS:
        raise BadMessage(reason=f"一条消息最多 {MOST_PARTS} 个部分")
    return parts


def _read_part(raw: Mapping[str, Any]) -> Part:
    kind = raw.get("kind")
    if kind == "text":
        return Part("text", {"text": _read_text(raw.get("text"))})
    if kind in ("image", "file"):
        return Part(str(kind), _read_blob(raw))
    raise BadMessage(reason="不支持的内容类型")


def _read_text(text: Any) -> str:
    if not isinstance(text, str):
        raise BadMessage(reason="文字格式不对")
    if len(text) > MOST_CHARACTERS:
        raise TooLong(limit=MOST_CHARACTERS)
    cleaned = clean(text)
    if not cleaned:
        raise BadMessage(reason="内容是空的")
    return cleaned


def _read_blob(raw: Mapping[str, Any]) -> dict[str, Any]:
    blob, name = raw.get("blob"), raw.get("name", "")
    if not isinstance(blob, str) or len(blob) != 64 or not isinstance(name, str):
        raise BadMessage(reason="文件没有上传成功")
    fields: dict[str, Any] = {"blob": blob, "name": clean(name)[:200]}
    for key in ("bytes", "width", "height"):
        if isinstance(raw.get(key), int):
            fields[key] = raw[key]
    return fields


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number means, for whoever asks."""

    number: str
    zh: str
    en: str


DEFINITIONS = (
    Definition("received", "时段内新出现的诉求数", "Demands that first appeared in the period"),
    Definition(
        "contained",
        "观察期已结束、全程没有人工参与的诉求数",
        "Demands whose window has closed and that never met a person",
    ),
    Definition(
        "confirmed_resolved",
        "已解决，且观察期内客户没有在任何渠道为同一诉求再来的数量",
        "Resolved, with no return for the same demand on any channel within the window",
    ),
    Definition(
        "reopened",
        "以为解决了、客户又为同一诉求回来的数量",
        "Thought resolved, but the customer came back for the same demand",
    ),
    Definition(
        "not_yet_known",
        "观察期未结束，还不能下结论的诉求数",
        "Demands whose window has not closed yet",
    ),
)
