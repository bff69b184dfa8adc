"""Calls to addresses that somebody typed in: another system's, never one inside this network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from xiaoer.kit.problem import Problem

MOST_ANSWER_BYTES = 65_536

UNKNOWN_HOST = "unknown_host"
UNREACHABLE = "unreachable"
TIMEOUT = "timeout"
BROKEN = "broken"
CROWDED = "crowded"


class AddressRefused(Problem):
    """Not http(s), or ``host`` is no public address and no administrator has named it."""

    code = "address_refused"
    status = 422
    zh = (
        "不允许访问 {host}：只能是 http(s) 的公网地址，网址里不能带账号密码。"
        "内网地址须由管理员写进 XIAOER_CALLBACK_ALLOWED。"
    )
    en = (
        "{host} may not be called: only public http(s) addresses without a password are. "
        "An administrator can name others in XIAOER_CALLBACK_ALLOWED."
    )


class NoAnswer(Problem):
    """No status came back; ``reason`` is one of the words above.

    ``crowded``: nothing was sent, since too many calls are under way; come back shortly.
    """

    code = "no_answer"
    status = 504
    zh = "对方系统没有应答：{reason}"
    en = "The other system did not answer: {reason}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; headers by lower-case name.

    ``body`` is empty when it was longer than :data:`MOST_ANSWER_BYTES`, or came too slowly.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outside(Protocol):
    """The way out to addresses that are not the installation's own.

    Every engine guarantees: the address that was checked is the one that is called, whatever a
    name resolves to a moment later; no redirect is followed; time, and bytes of the answer, are
    bounded whatever the other side does.
    """

    async def admit(self, url: str) -> None:
        """Raise :class:`AddressRefused` for what must not be called.

        A name that cannot be resolved just now is admitted; it is checked again when called.
        """
        ...

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Call; any status is an answer. Raises :class:`AddressRefused`, :class:`NoAnswer`."""
        ...
