"""The unit of work on PostgreSQL, and the grouped receipt. The only places that commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Executable, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from xiaoer.engines.postgres.outbox import Outbox
from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Invalid, Unavailable
from xiaoer.ports.ctx import Actor, Ctx, Ports, Scope

T = TypeVar("T")

_ONCE = (
    "INSERT INTO kernel_once (tenant_id, key, at) VALUES (%(tenant)s, %(key)s, %(at)s) "
    "ON CONFLICT DO NOTHING"
)
_CONNECT_TRIES = 30  # more than a pool keeps: all of them died with the server


class PostgresUnit:
    """One transaction; it takes a connection only when the first statement comes.

    SQL text goes to the driver itself: the toolkit's own path to it costs as much again, on every
    statement of every message.
    """

    def __init__(
        self, engine: AsyncEngine, tenant: TenantId | None, ports: Ports, outbox: Outbox
    ) -> None:
        self._engine = engine
        self._tenant = tenant
        self._ports = ports
        self._outbox = outbox
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._facts: list[Fact] = []
        self._topics: dict[str, None] = {}
        self._savepoints = 0
        self._unset: list[str] = []

    async def rows(self, statement: Any, params: Mapping[str, Any] | None = None) -> Sequence[Any]:
        result = await self._execute(statement, params)
        if isinstance(result, psycopg.AsyncCursor):
            return await result.fetchall() if result.description else ()
        return result.all() if result.returns_rows else ()

    async def row(self, statement: Any, params: Mapping[str, Any] | None = None) -> Any | None:
        result = await self._execute(statement, params)
        if isinstance(result, psycopg.AsyncCursor):
            return await result.fetchone() if result.description else None
        return result.first() if result.returns_rows else None

    async def run(
        self,
        statement: Any,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        result = await self._execute(statement, params)
        return int(result.rowcount)

    async def once(self, key: str) -> bool:
        given = {"tenant": self._tenant, "key": key, "at": self._ports.clock.now()}
        return await self.run(_ONCE, given) == 1

    def tell(self, fact: Fact) -> None:
        self._facts.append(fact)

    def wake(self, topic: str) -> None:
        self._topics[topic] = None

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """It is set with the first statement inside; one that sees none costs nothing."""
        self._savepoints += 1
        name = f"s{self._savepoints}"
        told, woken = len(self._facts), dict(self._topics)
        self._unset.append(name)
        try:
            yield
        except BaseException:
            if not self._forget(name):
                await asyncio.shield(self.run(f"ROLLBACK TO SAVEPOINT {name}"))
            del self._facts[told:]
            self._topics = woken
            raise
        if not self._forget(name):
            await self.run(f"RELEASE SAVEPOINT {name}")

    def _forget(self, name: str) -> bool:
        """Whether the savepoint was never set; then there is nothing to undo or to keep."""
        if name not in self._unset:
            return False
        self._unset.remove(name)
        return True

    async def commit(self) -> None:
        """Write the facts, commit, then tell who listens."""
        lanes: set[int] = set()
        if self._facts and self._tenant:
            lanes = await self._outbox.write(self, self._tenant, self._facts)
        if self._connection is not None:
            await self._execute("COMMIT", None)
        for lane in lanes:
            self._ports.bus.publish(f"lane:{lane}")
        for topic in self._topics:
            self._ports.bus.publish(f"{self._tenant}:{topic}")

    async def rollback(self) -> None:
        """Undo everything; a connection that cannot even do that is thrown away."""
        if self._connection is None:
            return
        try:
            await self._connection.exec_driver_sql("ROLLBACK")
        except (DBAPIError, PendingRollbackError):
            await self._connection.invalidate()

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        self._driver = None
        if connection is not None:
            await connection.close()

    async def _execute(self, statement: Any, params: Any) -> Any:
        connection = self._connection or await self._begin()
        while self._unset:
            await self._text(connection, f"SAVEPOINT {self._unset.pop(0)}", None)
        if isinstance(statement, str):
            return await self._text(connection, statement, params)
        try:
            executable: Executable = statement
            return await connection.execute(executable, params)
        except DBAPIError as error:
            raise _in_our_words(error, error.orig) from error

    async def _text(self, connection: AsyncConnection, statement: str, params: Any) -> Any:
        """SQL text by the driver; a connection that broke is not given to anybody else."""
        cursor = psycopg.AsyncCursor(self._driver, row_factory=namedtuple_row)
        try:
            if isinstance(params, Sequence):
                await cursor.executemany(statement, params)
            else:
                await cursor.execute(statement, {} if params is None else params)
        except psycopg.Error as error:
            if self._driver.closed:
                await connection.invalidate(error)
            raise _in_our_words(error, error) from error
        return cursor

    async def _begin(self) -> AsyncConnection:
        """Open the transaction with its scope; a connection that died while idle is replaced."""
        setting = f"'app.tenant', '{self._tenant}'" if self._tenant else "'app.kernel', 'courier'"
        for attempt in range(1, _CONNECT_TRIES + 1):
            connection = await self._connect()
            try:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute(f"BEGIN; SELECT set_config({setting}, true)")
            except BaseException as error:
                gone = isinstance(error, psycopg.OperationalError)
                if gone:
                    await connection.invalidate(error)
                await asyncio.shield(connection.close())
                if gone and attempt < _CONNECT_TRIES:
                    continue
                if _is_away(error):
                    raise Unavailable() from error
                raise
            self._connection, self._driver = connection, driver
            return connection
        raise AssertionError("unreachable")

    async def _connect(self) -> AsyncConnection:
        try:
            return await self._engine.connect()
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable() from error


def _in_our_words(error: Exception, cause: BaseException | None) -> Exception:
    """What a failed statement means to who sent it; the error itself when it is our mistake.

    SQLSTATE class 22, or a NUL that the driver refuses, is a value that no column can hold.
    """
    if _is_away(error):
        return Unavailable()
    state = getattr(cause, "sqlstate", None)
    bad_values = (DataError, psycopg.DataError)
    if isinstance(error, bad_values) and (state is None or str(state).startswith("22")):
        return Invalid(reason="含有不能保存的字符或数值")
    return error


def _is_away(error: BaseException) -> bool:
    """Whether the server is gone, starting or stopping, rather than the statement wrong.

    A lost connection has no SQLSTATE; classes 08, 53 and 57P are the server's own troubles.
    """
    if isinstance(error, DBAPIError):
        invalidated, cause = error.connection_invalidated, error.orig
    elif isinstance(error, psycopg.Error):
        invalidated, cause = False, error
    else:
        return False
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return invalidated or isinstance(error, OperationalError | psycopg.OperationalError)
    return str(state).startswith(("08", "53", "57P"))


class PostgresUnits:
    """Opens units, and gathers the receipt of messages into shared commits."""

    def __init__(self, engine: AsyncEngine, ports: Ports, outbox: Outbox) -> None:
        self.engine = engine
        self._ports = ports
        self._outbox = outbox
        self._groups: dict[TenantId, Group] = {}

    @asynccontextmanager
    async def unit(self, actor: Actor, scope: Scope) -> AsyncIterator[Ctx]:
        """One transaction in the scope."""
        async with self.transaction(scope.tenant) as uow:
            yield Ctx(actor, scope, uow, self._ports)

    def ctx(self, actor: Actor, tenant: TenantId, uow: PostgresUnit) -> Ctx:
        """A context over an open transaction, with the whole tenant as its place."""
        return Ctx(actor, Scope(tenant), uow, self._ports)

    def kernel(self) -> AbstractAsyncContextManager[PostgresUnit]:
        """A transaction over what is owed in all tenants: no tenant's rows, only deliveries."""
        return self.transaction(None)

    @asynccontextmanager
    async def transaction(self, tenant: TenantId | None) -> AsyncIterator[PostgresUnit]:
        """The transaction itself, for the courier and the receipt."""
        uow = PostgresUnit(self.engine, tenant, self._ports, self._outbox)
        try:
            yield uow
            await uow.commit()
        except BaseException:
            await asyncio.shield(uow.rollback())
            raise
        finally:
            await asyncio.shield(uow.close())

    async def grouped(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        """Join the tenant's next shared commit."""
        group = self._groups.get(scope.tenant)
        if group is None:
            group = self._groups[scope.tenant] = Group(self, scope.tenant, self._ports)
        return await group.join(actor, scope, work)


class Group:
    """Arrivals of one tenant that share a commit: while one commits, the next gathers."""

    MOST = 64

    def __init__(self, units: PostgresUnits, tenant: TenantId, ports: Ports) -> None:
        self._units = units
        self._tenant = tenant
        self._ports = ports
        self._waiting: list[tuple[Actor, Scope, Callable[[Ctx], Awaitable[Any]], Any]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def join(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((actor, scope, work, future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return await future

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self.MOST], self._waiting[self.MOST :]
            try:
                results = await self._together(batch)
            except Exception:
                await asyncio.gather(*(self._alone(entry) for entry in batch))
            else:
                for (_, _, _, future), result in zip(batch, results, strict=True):
                    if not future.done():
                        future.set_result(result)

    async def _together(self, batch: list[Any]) -> list[Any]:
        async with self._units.transaction(self._tenant) as uow:
            return [
                await work(Ctx(actor, scope, uow, self._ports)) for actor, scope, work, _ in batch
            ]

    async def _alone(self, entry: Any) -> None:
        actor, scope, work, future = entry
        try:
            async with self._units.transaction(self._tenant) as uow:
                result = await work(Ctx(actor, scope, uow, self._ports))
        except Exception as error:
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)


async def scalar(engine: AsyncEngine, sql: str) -> Any:
    """One value outside any scope, for readiness and checks."""
    async with engine.connect() as connection:
        return (await connection.execute(text(sql))).scalar()
