"""What waits to be told to other processes, and how it is packed.

A payload is the sender's mark and the topics, one a line. It stays below 8,000 bytes because
PostgreSQL refuses a longer NOTIFY.
"""

from __future__ import annotations

from xiaoer.engines.bus.switchboard import EVERYTHING

LARGEST_PAYLOAD_BYTES = 7_900
MOST_WAITING = 5_000


class Outgoing:
    """Topics in the order they came, each once; too many become the one that means all."""

    def __init__(self) -> None:
        self._waiting: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, topic: str) -> None:
        """Keep a topic until it is taken."""
        if topic == EVERYTHING or len(self._waiting) >= MOST_WAITING:
            self._waiting = {EVERYTHING: None}
        elif EVERYTHING not in self._waiting:
            self._waiting[topic] = None

    def take(self) -> list[str]:
        """Everything that waits; the caller gives it back when it could not be sent."""
        topics = list(self._waiting)
        self._waiting.clear()
        return topics

    def give_back(self, topics: list[str]) -> None:
        """Put topics that were not sent before those that came since."""
        since = self.take()
        for topic in (*topics, *since):
            self.add(topic)


def pack(sender: str, topics: list[str]) -> list[str]:
    """As few payloads as hold all topics."""
    payloads: list[str] = []
    lines, size = [sender], len(sender)
    for topic in topics:
        length = len(topic.encode()) + 1
        if size + length > LARGEST_PAYLOAD_BYTES:
            payloads.append("\n".join(lines))
            lines, size = [sender], len(sender)
        lines.append(topic)
        size += length
    if len(lines) > 1:
        payloads.append("\n".join(lines))
    return payloads


def unpack(payload: str, own: str) -> list[str]:
    """The topics of a payload, or none when it is our own echo."""
    sender, *topics = payload.split("\n")
    return [] if sender == own else topics
