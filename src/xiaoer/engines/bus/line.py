"""What every bus over a server has in common: gather, send, reconnect, tell ``"*"``.

One task owns the line. It sleeps until the server has news or a batch is ready, so that an idle
process costs nothing and nobody who publishes ever waits for the network.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from xiaoer.engines.bus.outgoing import Outgoing, pack, unpack
from xiaoer.engines.bus.switchboard import EVERYTHING, Switchboard, checked
from xiaoer.ports.bus import Listener

GATHER_S = 0.01
FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 0.1, 5.0
PATIENCE_S = 5.0

_log = logging.getLogger(__name__)


class LineLost(Exception):
    """The server cannot be reached, or no longer."""


class Line(Protocol):
    """One connection to a server that passes payloads on; each method may raise `LineLost`."""

    async def send(self, payloads: list[str]) -> None:
        """Hand payloads to the server; when it returns, the server has them."""
        ...

    async def rest(self, wake: asyncio.Event) -> None:
        """Pass on what has come, then wait for more or for ``wake``."""
        ...

    async def close(self) -> None:
        """Hang up; never raises."""
        ...


class LineBus(ABC):
    """A bus over a server; see :class:`xiaoer.ports.bus.Bus`. A subclass only opens lines."""

    def __init__(self) -> None:
        self._sender = uuid.uuid4().hex[:16]
        self._switchboard = Switchboard()
        self._outgoing = Outgoing()
        self._wake = asyncio.Event()
        self._gathering: asyncio.TimerHandle | None = None
        self._owner: asyncio.Task[None] | None = None
        self._stopping = False

    @abstractmethod
    async def _open(self, heard: Callable[[str], None]) -> Line:
        """Connect, or raise `LineLost`; ``heard`` takes each payload that comes."""

    async def start(self) -> None:
        """Connect, with some patience; from then on reconnect without being asked."""
        if self._owner is not None:
            return
        self._stopping = False
        connected = asyncio.Event()
        self._owner = asyncio.create_task(self._keep_connected(connected), name="bus")
        with suppress(TimeoutError):
            await asyncio.wait_for(connected.wait(), PATIENCE_S)

    async def stop(self) -> None:
        """Send what is gathered and disconnect."""
        if self._owner is None:
            return
        self._stopping = True
        self._wake.set()
        await asyncio.wait([self._owner], timeout=PATIENCE_S)
        self._owner.cancel()
        await asyncio.wait([self._owner])
        self._owner = None
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None

    def publish(self, topic: str) -> None:
        """Tell own listeners at once, and others with the next batch."""
        self._outgoing.add(checked(topic))
        self._switchboard.tell([topic])
        if self._gathering is None and self._owner is not None:
            self._gathering = asyncio.get_running_loop().call_later(GATHER_S, self._gathered)

    def listen(self, prefix: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each topic that starts with ``prefix``."""
        return self._switchboard.listen(prefix, listener)

    def _gathered(self) -> None:
        self._gathering = None
        self._wake.set()

    def _heard(self, payload: str) -> None:
        self._switchboard.tell(unpack(payload, self._sender))

    async def _keep_connected(self, connected: asyncio.Event) -> None:
        back_off = FIRST_BACK_OFF_S
        missed = False
        while not self._stopping:
            try:
                line = await self._open(self._heard)
                back_off = FIRST_BACK_OFF_S
                connected.set()
                if missed:
                    self._switchboard.tell([EVERYTHING])
                await self._serve(line)
            except Exception as error:
                # Whatever it is, a bus that gives up for ever is worse than one that tries on.
                _log.warning("the bus has no connection: %r", error)
                missed = True
                await self._pause(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF_S)

    async def _serve(self, line: Line) -> None:
        """Alternate between what comes and what goes, until stopped or cut off."""
        try:
            while True:
                stopping = self._stopping
                await self._send(line)
                if stopping:
                    return
                await line.rest(self._wake)
                self._wake.clear()
        finally:
            await line.close()

    async def _send(self, line: Line) -> None:
        topics = self._outgoing.take()
        if not topics:
            return
        try:
            await line.send(pack(self._sender, topics))
        except BaseException:
            # Others may have missed it: it goes with the next connection.
            self._outgoing.give_back(topics)
            raise

    async def _pause(self, seconds: float) -> None:
        """Wait before the next try; a stop cuts it short, a publish does not."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._stopping and (left := until - loop.time()) > 0:
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)
