"""The bus on PostgreSQL's LISTEN/NOTIFY, over one connection that does nothing else.

A NOTIFY takes a database-wide lock at commit. Topics therefore leave in batches, a few
milliseconds' worth in one statement, however many are published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
from psycopg import conninfo, sql

from xiaoer.engines.bus.line import Line, LineBus, LineLost

# A peer that vanished without a word (a pulled cable, a frozen host) is noticed in about 20 s.
_LIVELINESS = (
    "connect_timeout=5 keepalives_idle=10 keepalives_interval=3 keepalives_count=3 "
    "tcp_user_timeout=10000 application_name=xiaoer-bus"
)


class PostgresBus(LineBus):
    """Tells topics through one PostgreSQL channel."""

    def __init__(self, dsn: str, channel: str = "xiaoer_bus") -> None:
        super().__init__()
        self._dsn = dsn.replace("postgresql+psycopg://", "postgresql://", 1)
        self._channel = channel

    async def _open(self, heard: Callable[[str], None]) -> Line:
        try:
            connection = await psycopg.AsyncConnection.connect(
                conninfo.make_conninfo(self._dsn, **conninfo.conninfo_to_dict(_LIVELINESS)),
                autocommit=True,
            )
            connection.add_notify_handler(lambda news: heard(news.payload))
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        except (psycopg.Error, OSError) as error:
            raise LineLost(type(error).__name__) from error
        return _PostgresLine(connection, self._channel, heard)


class _PostgresLine:
    """A connection that sleeps on its socket."""

    def __init__(
        self,
        connection: psycopg.AsyncConnection[tuple[object, ...]],
        channel: str,
        heard: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._heard = heard

    async def send(self, payloads: list[str]) -> None:
        """One statement for all; news that comes meanwhile reaches the notify handler."""
        try:
            await self._connection.execute(
                "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload",
                (self._channel, payloads),
            )
        except psycopg.Error as error:
            raise LineLost(type(error).__name__) from error

    async def rest(self, wake: asyncio.Event) -> None:
        """Take what libpq has, then sleep until the socket is readable."""
        self._receive()
        loop = asyncio.get_running_loop()
        socket = self._connection.fileno()
        loop.add_reader(socket, wake.set)
        try:
            await wake.wait()
        finally:
            loop.remove_reader(socket)
        self._receive()

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()

    def _receive(self) -> None:
        raw = self._connection.pgconn
        try:
            raw.consume_input()
        except psycopg.Error as error:
            raise LineLost(type(error).__name__) from error
        while news := raw.notifies():
            self._heard(news.extra.decode(errors="replace"))
