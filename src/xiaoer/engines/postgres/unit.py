"""The unit of work on PostgreSQL, and the grouped receipt. The only places that commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from xiaoer.engines.postgres.database import (
    GONE,
    Connection,
    Database,
    in_our_words,
    is_away,
    numbered,
)
from xiaoer.engines.postgres.outbox import Outbox, Receipt
from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Unavailable
from xiaoer.ports.ctx import Actor, Ctx, Ports, Scope

T = TypeVar("T")

_ONCE = (
    "INSERT INTO kernel_once (tenant_id, key, at) VALUES (%(tenant)s, %(key)s, %(at)s) "
    "ON CONFLICT DO NOTHING"
)
_CONNECT_TRIES = 30  # more than a pool keeps: all of them died with the server


class PostgresUnit:
    """One transaction; it takes a connection only when the first statement comes."""

    def __init__(
        self, database: Database, tenant: TenantId | None, ports: Ports, outbox: Outbox
    ) -> None:
        self._database = database
        self._tenant = tenant
        self._ports = ports
        self._outbox = outbox
        self._connection: Connection | None = None
        self._facts: list[Fact] = []
        self._topics: dict[str, None] = {}
        self._savepoints = 0
        self._unset: list[str] = []
        self._receipt: Receipt | None = None

    async def rows(self, statement: str, params: Mapping[str, Any] | None = None) -> Sequence[Any]:
        connection, sql, given = await self._ready(statement, params)
        with in_our_words():
            return await connection.fetch(sql, *given)  # type: ignore[no-any-return]

    async def row(self, statement: str, params: Mapping[str, Any] | None = None) -> Any | None:
        connection, sql, given = await self._ready(statement, params)
        with in_our_words():
            return await connection.fetchrow(sql, *given)

    async def run(
        self,
        statement: str,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        if isinstance(params, Sequence):
            return await self._run_many(statement, params)
        connection, sql, given = await self._ready(statement, params)
        with in_our_words():
            status = await connection.execute(sql, *given)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def _run_many(self, statement: str, many: Sequence[Mapping[str, Any]]) -> int:
        connection, sql, _ = await self._ready(statement, many[0] if many else None)
        names = numbered(statement)[1]
        with in_our_words():
            await connection.executemany(sql, [[given[n] for n in names] for given in many])
        return len(many)

    async def once(self, key: str) -> bool:
        given = {"tenant": self._tenant, "key": key, "at": self._ports.clock.now()}
        return await self.run(_ONCE, given) == 1

    def tell(self, fact: Fact) -> None:
        self._facts.append(fact)

    def wake(self, topic: str) -> None:
        self._topics[topic] = None

    def acknowledge(self, receipt: Receipt) -> None:
        """Strike out what was received, with the commit; it fails when somebody else was first."""
        self._receipt = receipt

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
        if self._tenant and (self._facts or self._receipt):
            lanes = await self._outbox.write(self, self._tenant, self._facts, self._receipt)
        if self._connection is not None:
            with in_our_words():
                await self._connection.execute("COMMIT")
        for lane in lanes:
            self._ports.bus.publish(f"lane:{lane}")
        for topic in self._topics:
            self._ports.bus.publish(f"{self._tenant}:{topic}")

    async def rollback(self) -> None:
        """Undo everything; a connection that cannot even do that is thrown away."""
        if self._connection is None:
            return
        try:
            await self._connection.execute("ROLLBACK")
        except (*GONE, asyncpg.PostgresError):
            self._connection.terminate()

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._database.give_back(connection)

    async def _ready(
        self, statement: str, params: Mapping[str, Any] | None
    ) -> tuple[Connection, str, list[Any]]:
        """The connection in its transaction, and the statement as the driver wants it."""
        connection = self._connection or await self._begin()
        while self._unset:
            with in_our_words():
                await connection.execute(f"SAVEPOINT {self._unset.pop(0)}")
        sql, names = numbered(statement)
        return connection, sql, [params[name] for name in names] if params else []

    async def _begin(self) -> Connection:
        """Open the transaction with its scope; a connection that died while idle is replaced."""
        setting = f"'app.tenant', '{self._tenant}'" if self._tenant else "'app.kernel', 'courier'"
        for attempt in range(1, _CONNECT_TRIES + 1):
            connection = await self._database.connect()
            try:
                await connection.execute(f"BEGIN; SELECT set_config({setting}, true)")
            except BaseException as error:
                gone = isinstance(error, GONE) or is_away(error)
                if gone:
                    connection.terminate()
                await asyncio.shield(self._database.give_back(connection))
                if gone and attempt < _CONNECT_TRIES:
                    continue
                if gone:
                    raise Unavailable() from error
                raise
            self._connection = connection
            return connection
        raise AssertionError("unreachable")


class PostgresUnits:
    """Opens units, and gathers the receipt of messages into shared commits."""

    def __init__(self, database: Database, ports: Ports, outbox: Outbox) -> None:
        self._database = database
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
        uow = PostgresUnit(self._database, tenant, self._ports, self._outbox)
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
    """Arrivals of one tenant that share a commit: while some commit, the next gather.

    Inside a commit they wait for one another, so few share one, and several are under way.
    """

    MOST = 8
    AT_ONCE = 3

    def __init__(self, units: PostgresUnits, tenant: TenantId, ports: Ports) -> None:
        self._units = units
        self._tenant = tenant
        self._ports = ports
        self._waiting: list[tuple[Actor, Scope, Callable[[Ctx], Awaitable[Any]], Any]] = []
        self._flushers: set[asyncio.Task[None]] = set()

    async def join(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((actor, scope, work, future))
        if len(self._flushers) < self.AT_ONCE:
            flusher = asyncio.create_task(self._flush())
            self._flushers.add(flusher)
            flusher.add_done_callback(self._flushers.discard)
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
