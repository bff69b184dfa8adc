"""The bus on NATS JetStream, for installations whose processes outgrow one database's NOTIFY.

Batches are published to a stream in the server's memory and read back by an ordered consumer,
which fills short gaps by itself. After a longer outage, in which the server may have forgotten
the stream, everything is set up anew and listeners are told to look at everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import DeliverPolicy, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from xiaoer.engines.bus.line import Line, LineBus, LineLost

_KEPT_S = 60.0
_KEPT_BYTES = 64 * 1024 * 1024
_ANSWER_S = 5.0


class NatsBus(LineBus):
    """Tells topics through one JetStream subject, ``<name>.bus``."""

    def __init__(self, url: str, name: str = "xiaoer") -> None:
        super().__init__()
        self._url = url
        self._subject = f"{name}.bus"
        self._stream = f"{name}_bus"

    async def _open(self, heard: Callable[[str], None]) -> Line:
        lost = asyncio.Event()
        line = _NatsLine(self._subject, self._stream, lost)
        try:
            async with asyncio.timeout(2 * _ANSWER_S):
                await line.connect(self._url, heard)
        except Exception as error:  # the client raises many unrelated kinds
            await line.close()
            raise LineLost(type(error).__name__) from error
        return line


class _NatsLine:
    """A connection with its stream and its consumer."""

    def __init__(self, subject: str, stream: str, lost: asyncio.Event) -> None:
        self._subject = subject
        self._stream = stream
        self._lost = lost
        self._client = Client()

    async def connect(self, url: str, heard: Callable[[str], None]) -> None:
        """Connect, see that the stream exists, and follow it from now on."""

        async def ended() -> None:
            self._lost.set()

        async def ignored(_: Exception) -> None:
            """A lost line is noticed by its end."""

        async def came(message: Msg) -> None:
            heard(message.data.decode(errors="replace"))

        await self._client.connect(
            url,
            allow_reconnect=False,
            connect_timeout=int(_ANSWER_S),
            ping_interval=5,
            max_outstanding_pings=2,
            disconnected_cb=ended,
            closed_cb=ended,
            error_cb=ignored,
        )
        stream = self._client.jetstream(timeout=_ANSWER_S)
        await stream.add_stream(StreamConfig(
            name=self._stream,
            subjects=[self._subject],
            storage=StorageType.MEMORY,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.OLD,
            max_age=_KEPT_S,
            max_bytes=_KEPT_BYTES,
        ))
        await stream.subscribe(
            self._subject,
            stream=self._stream,
            cb=came,
            ordered_consumer=True,
            deliver_policy=DeliverPolicy.NEW,
        )

    async def send(self, payloads: list[str]) -> None:
        """Publish each payload and wait until the stream has it."""
        stream = self._client.jetstream(timeout=_ANSWER_S)
        try:
            for payload in payloads:
                await stream.publish(self._subject, payload.encode(), stream=self._stream)
        except nats.errors.Error as error:
            raise LineLost(type(error).__name__) from error

    async def rest(self, wake: asyncio.Event) -> None:
        """Wait; the client's own task hands over what comes."""
        awake = asyncio.ensure_future(wake.wait())
        ended = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({awake, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            awake.cancel()
            ended.cancel()
        if self._lost.is_set():
            raise LineLost("Disconnected")

    async def close(self) -> None:
        """Hang up."""
        with suppress(Exception):
            await self._client.close()
