"""A signed webhook whose other side is in memory, for tests and demos."""

from __future__ import annotations

from xiaoer.engines.channels.webhook import WebhookChannel
from xiaoer.ports.channel import NotDelivered, Outgoing, Outlet
from xiaoer.ports.clock import Clock
from xiaoer.ports.outside import Outside

UNREACHABLE = NotDelivered("unreachable")


class MemoryWebhook(WebhookChannel):
    """Reads as the real one does; what it sends is kept once by message, as others should.

    Each account's other side is its own: what one is told to refuse, no other refuses.
    """

    def __init__(self, clock: Clock, outside: Outside) -> None:
        super().__init__(clock, outside)
        self.taken: dict[str, list[Outgoing]] = {}
        self._refusals: dict[str, list[NotDelivered]] = {}

    def refuse(self, key: str, times: int, refusal: NotDelivered = UNREACHABLE) -> None:
        """Refuse the next so many messages of the account with this key."""
        self._refusals[key] = [refusal] * times

    def refuses(self, key: str) -> int:
        """How many of its messages are refused yet."""
        return len(self._refusals.get(key, ()))

    async def send(self, outlet: Outlet, message: Outgoing) -> str:
        """Take the message, unless told to refuse so many times."""
        if self.refuses(outlet.key):
            raise self._refusals[outlet.key].pop()
        taken = self.taken.setdefault(outlet.key, [])
        if all(one.message_id != message.message_id for one in taken):
            taken.append(message)
        return f"ext-{message.message_id}"
