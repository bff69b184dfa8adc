"""A signed webhook whose other side is in memory, for tests and demos."""

from __future__ import annotations

from xiaoer.engines.channels.webhook import WebhookChannel
from xiaoer.ports.channel import NotDelivered, Outgoing, Outlet
from xiaoer.ports.clock import Clock
from xiaoer.ports.outside import Outside


class MemoryWebhook(WebhookChannel):
    """Reads as the real one does; what it sends is kept once by message, as others should."""

    def __init__(self, clock: Clock, outside: Outside) -> None:
        super().__init__(clock, outside)
        self.taken: dict[str, list[Outgoing]] = {}
        self.refuses = 0
        self.refusal = NotDelivered("unreachable")

    async def send(self, outlet: Outlet, message: Outgoing) -> str:
        """Take the message, unless told to refuse so many times."""
        if self.refuses:
            self.refuses -= 1
            raise self.refusal
        taken = self.taken.setdefault(outlet.key, [])
        if all(one.message_id != message.message_id for one in taken):
            taken.append(message)
        return f"ext-{message.message_id}"
