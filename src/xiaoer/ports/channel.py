"""A way in and out of the house: how another system's words are read, and ours carried to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from xiaoer.kit.problem import Problem

MOST_BODY_BYTES = 1_000_000


class BadSignature(Problem):
    """Not signed with a secret of the account, or at another time; it does not say which."""

    code = "bad_signature"
    status = 401
    zh = "签名无效或已过期。"
    en = "The signature is not valid, or too old."


class BadBody(Problem):
    """Signed, but not what the channel speaks; ``reason`` names the field."""

    code = "bad_body"
    status = 400
    zh = "请求内容无法识别：{reason}"
    en = "The body cannot be understood: {reason}"


class NotDelivered(Problem):
    """The other system did not take a message; ``reason`` is a word for why.

    ``again`` says whether trying later may help, ``counts`` whether this was a try at all (not
    when our side had no room for it); ``retry_after_s`` is what the other side asked for, and
    ``http_status`` what it answered.
    """

    code = "not_delivered"
    status = 502
    zh = "对方系统没有接收消息：{reason}"
    en = "The other system did not take the message: {reason}"

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        again: bool = True,
        counts: bool = True,
        retry_after_s: float | None = None,
    ) -> None:
        self.reason = reason
        self.http_status = status
        self.again = again
        self.counts = counts
        self.retry_after_s = retry_after_s
        super().__init__(reason=reason)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came in: the raw body, and the headers by lower-case name."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A customer's message in our words; ``parts`` as the sender wrote them, not yet checked."""

    external_id: str
    sender_id: str
    sender_name: str
    parts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reported:
    """How far a message of ours has come: by our id, or by the one the other system gave it."""

    state: str
    message_id: UUID | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where an account's messages go, and the secret to sign them with."""

    key: str
    callback_url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the house for the outside; ``to`` is the sender id that the channel gave."""

    message_id: UUID
    conversation_id: UUID
    to: str
    author: Mapping[str, Any]
    parts: Sequence[Mapping[str, Any]]
    at: datetime


class Channel(Protocol):
    """One kind of channel.

    Every engine guarantees: nothing of a body is believed before its signature is; comparing
    takes the same time for every wrong signature, and any of the given secrets will do; ``send``
    may be repeated for a message without a second effect outside; it returns only when the other
    system has the message, and otherwise raises :class:`NotDelivered`.
    """

    @property
    def kind(self) -> str:
        """The word under which accounts name it."""
        ...

    @property
    def carries(self) -> bool:
        """Whether replies must be carried out; otherwise the other side is connected and reads."""
        ...

    def read(self, call: Call, secrets: Sequence[str], now: datetime) -> tuple[Arrived, ...]:
        """Messages in a call; raises :class:`BadSignature`, :class:`BadBody`, ``NotFound``."""
        ...

    def read_receipts(
        self, call: Call, secrets: Sequence[str], now: datetime
    ) -> tuple[Reported, ...]:
        """Receipts in a call; raises like :meth:`read`."""
        ...

    async def send(self, outlet: Outlet, message: Outgoing) -> str:
        """Carry a message out; returns the other system's id for it, or nothing."""
        ...
