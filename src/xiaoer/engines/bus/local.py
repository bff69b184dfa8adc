"""A bus inside one process, for tests and for commands that run alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from xiaoer.engines.bus.outgoing import Outgoing
from xiaoer.engines.bus.switchboard import EVERYTHING, Switchboard, checked
from xiaoer.ports.bus import Listener


class LocalBus:
    """Joins every bus of the same ``name`` in this process, as a server would.

    ``cut`` and ``mend`` play an outage: what is published meanwhile is lost to the others, and
    mending tells ``"*"``.
    """

    _rooms: ClassVar[dict[str, list[LocalBus]]] = {}

    def __init__(self, name: str | None = None) -> None:
        self._name = name if name is not None else f"alone-{id(self)}"
        self._switchboard = Switchboard()
        self._outgoing = Outgoing()
        self._connected = False

    async def start(self) -> None:
        """Join the others."""
        self._rooms.setdefault(self._name, []).append(self)
        self._connected = True

    async def stop(self) -> None:
        """Send what is gathered and leave the others."""
        self._send()
        self._connected = False
        room = self._rooms.get(self._name, [])
        if self in room:
            room.remove(self)
        if not room:
            self._rooms.pop(self._name, None)

    def cut(self) -> None:
        """Lose the connection."""
        self._connected = False

    def mend(self) -> None:
        """Find the connection again."""
        self._connected = True
        self._switchboard.tell([EVERYTHING])

    def publish(self, topic: str) -> None:
        """Tell own listeners at once, and others when the event loop comes round."""
        checked(topic)
        self._switchboard.tell([topic])
        if self._connected:
            if not self._outgoing:
                asyncio.get_running_loop().call_soon(self._send)
            self._outgoing.add(topic)

    def listen(self, prefix: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each topic that starts with ``prefix``."""
        return self._switchboard.listen(prefix, listener)

    def _send(self) -> None:
        topics = self._outgoing.take()
        for other in list(self._rooms.get(self._name, ())) if self._connected else ():
            if other is not self and other._connected:
                other._switchboard.tell(topics)
