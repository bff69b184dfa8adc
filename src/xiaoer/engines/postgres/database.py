"""Connections to PostgreSQL under the role that owns nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import orjson
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url

from xiaoer.kit.problem import Invalid, Taken, Unavailable

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[Row]"

ACQUIRE_S = 30
STATEMENTS = 500
_SESSION = {
    "application_name": "xiaoer",
    "statement_timeout": "60000",
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "15000",
    "timezone": "UTC",
}
_IN_ADDRESS = {"host": "host", "port": "port", "dbname": "database", "user": "user",
               "password": "password"}
_OF_LIBPQ = ("channel_binding", "client_encoding", "connect_timeout", "fallback_application_name")


# The driver's internal error is a connection that broke in the middle of an answer and that the
# driver has not noticed: it would fail for ever.
GONE = (
    asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, OSError,
)


_CROWDED = (
    asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.QueryCanceledError,
)
"""Somebody else was in the way for too long; nothing was done, and trying again is right."""


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row whose columns are attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Database:
    """A pool of connections, opened as they are needed.

    Transactions belong to the unit of work; what comes home in the middle of one is rolled back.
    A connection that broke is replaced by the next one who asks.
    """

    def __init__(
        self, url: str, pool_size: int, session: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._url = url
        self._size = pool_size
        self._session = session
        self._pool: asyncpg.Pool[Row] | None = None
        self._opening = asyncio.Lock()

    async def connect(self) -> Connection:
        """A connection; raises :class:`Unavailable` when none comes free in time."""
        pool = self._pool or await self._open()
        try:
            return await pool.acquire(timeout=ACQUIRE_S)
        except (*GONE, asyncpg.PostgresError, TimeoutError) as error:
            raise Unavailable() from error

    async def give_back(self, connection: Connection) -> None:
        """For the next one who asks."""
        if self._pool is not None:
            await self._pool.release(connection)

    async def dispose(self) -> None:
        """Close everything; a later ``connect`` opens anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), timeout=5)
            except (*GONE, asyncpg.PostgresError, TimeoutError):
                pool.terminate()

    async def _open(self) -> asyncpg.Pool[Row]:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    **_address(self._url, self._session),
                    min_size=0,
                    max_size=self._size,
                    max_queries=1_000_000,
                    init=_prepare,
                    reset=_leave_as_it_is,
                    record_class=Row,
                    statement_cache_size=STATEMENTS,
                    max_cached_statement_lifetime=0,
                    timeout=10,
                )
            return self._pool


@contextmanager
def in_our_words() -> Iterator[None]:
    """What a failed statement means to who sent it; the error itself when it is our mistake.

    SQLSTATE class 22, or what the driver cannot write down, is a value that no column can hold;
    a value of another type than the column's is our mistake.
    """
    try:
        yield
    except (*GONE, asyncpg.PostgresError) as error:
        if isinstance(error, asyncpg.DataError | ValueError):
            if isinstance(error.__cause__, TypeError):
                raise
            raise Invalid(reason="含有不能保存的字符或数值") from error
        if isinstance(error, asyncpg.UniqueViolationError):
            raise Taken() from error
        if isinstance(error, (*GONE, *_CROWDED)) or is_away(error):
            raise Unavailable() from error
        raise


def is_away(error: BaseException) -> bool:
    """Whether the server is gone, starting or stopping, rather than the statement wrong.

    SQLSTATE classes 08, 53 and 57P are the server's own troubles.
    """
    state = getattr(error, "sqlstate", None)
    return str(state or "").startswith(("08", "53", "57P"))


def _address(url: str, session: Mapping[str, str]) -> dict[str, Any]:
    """What libpq reads in the URL, in the driver's words; the rest are the session's settings."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    given = {key: str(value) for key, value in conninfo_to_dict(plain).items() if value}
    address: dict[str, Any] = {ours: given.pop(key) for key, ours in _IN_ADDRESS.items() if key in given}
    secure = {key: given.pop(key) for key in list(given) if key.startswith(("ssl", "target_"))}
    settings = {
        key: value
        for key, value in given.items()
        if key not in _OF_LIBPQ and not key.startswith(("keepalives", "gss", "tcp_", "krb"))
    }
    return address | {
        "dsn": f"postgresql:///?{urlencode(secure)}",
        "server_settings": {**_SESSION, **settings, **session},
    }


async def _prepare(connection: Any) -> None:
    """JSON by the house's own reader, and identifiers as the standard library has them."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_json_text, decoder=orjson.loads
        )
    await connection.set_type_codec(
        "uuid", schema="pg_catalog", encoder=_uuid_bytes, decoder=_uuid, format="binary"
    )


async def _leave_as_it_is(_connection: Any) -> None:
    """Every setting of ours ends with its transaction, so nothing is left to undo."""


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _uuid_bytes(value: Any) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


def _uuid(data: bytes) -> UUID:
    return UUID(bytes=data)


@lru_cache(maxsize=4096)
def numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """SQL text with ``%(name)s`` parameters, as the server numbers them, and their names."""
    names: dict[str, int] = {}
    parts: list[str] = []
    rest = statement
    while True:
        head, mark, rest = rest.partition("%")
        parts.append(head)
        if not mark:
            return "".join(parts), tuple(names)
        if rest.startswith("%"):
            parts.append("%")
            rest = rest[1:]
            continue
        name, end, tail = rest[1:].partition(")s")
        if not rest.startswith("(") or not end:
            raise ValueError(f"a lone % in the statement: {statement!r}")
        parts.append(f"${names.setdefault(name, len(names) + 1)}")
        rest = tail
