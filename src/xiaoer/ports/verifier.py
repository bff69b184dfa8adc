"""Sending a one-time code to a phone or mailbox, to prove that it is the customer's."""

from __future__ import annotations

from typing import Protocol

from xiaoer.kit.problem import Problem


class CodeNotSent(Problem):
    """The way to the customer is closed, whoever it was meant for."""

    code = "code_not_sent"
    status = 503
    zh = "验证码暂时发不出去，请稍后再试，或转人工核实。"
    en = "The code cannot be sent right now. Try again shortly, or ask for a person."


class Verifier(Protocol):
    """Delivers codes.

    Every engine guarantees: the code reaches nobody but the address; ``send`` returns without
    telling whether the address exists; a failure to send raises :class:`CodeNotSent`.
    """

    async def send(self, address: str, code: str, locale: str) -> None:
        """Send ``code`` to a phone number or e-mail address."""
        ...
