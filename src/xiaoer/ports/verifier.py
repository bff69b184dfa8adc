"""Sending a one-time code to a phone or mailbox, to prove that it is the customer's."""

from __future__ import annotations

from typing import Protocol


class Verifier(Protocol):
    """Delivers codes.

    Every engine guarantees: the code reaches nobody but the address; ``send`` returns without
    telling whether the address exists; a failure to send raises ``Problem`` ``code_not_sent``.
    """

    async def send(self, address: str, code: str, locale: str) -> None:
        """Send ``code`` to a phone number or e-mail address."""
        ...
