"""News between processes: which topics have something new. Never the thing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Listener = Callable[[str], None]


class Bus(Protocol):
    """Tells topics to every process of the installation.

    Every engine guarantees: ``publish`` never blocks the caller and never raises for a lost
    connection; listeners in the same process hear at once, others within about 50 ms while
    connected; news may be lost during an outage, so that every listener also polls; after a
    reconnect listeners hear the topic ``"*"``, which means: look at everything.
    """

    async def start(self) -> None:
        """Connect, and keep reconnecting until stopped."""
        ...

    async def stop(self) -> None:
        """Send what is queued and disconnect."""
        ...

    def publish(self, topic: str) -> None:
        """Queue a topic of at most 200 bytes; repeated topics within a batch are told once."""
        ...

    def listen(self, prefix: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each topic that starts with ``prefix``; returns the way out."""
        ...
