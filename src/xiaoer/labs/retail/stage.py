"""The invented shop in a tenant of its own, at its own moment, on which tool calls are played like a
customer's: propose, a yes bound to the exact proposal, do; its records can be read at any time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import orjson

from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import NOWHERE, TenantId, uuid7
from xiaoer.kit.paging import paged
from xiaoer.labs.retail import shapes
from xiaoer.ladder import tools
from xiaoer.modules import aftersales, catalog, conversations, customers, orders, org
from xiaoer.ports.ctx import Actor, Assistant, Ctx, Ports, Scope, System
from xiaoer.ports.house import House, Units

ACTOR = System("retail-lab")
NAME, SLUG = "海棠优选", "retail-lab"
ORDERS = 1000
Database = dict[str, Any]
Identity = customers.contracts.Identity
IdentityKind = customers.contracts.IdentityKind
T = TypeVar("T")


def read(file: Path) -> Database:
    """The records in a file, in the published form of ``db.json``."""
    found: Database = orjson.loads(file.read_bytes())
    return found


@dataclass(frozen=True, slots=True)
class StandingUnits:
    """Units of work in which it is always the same moment."""

    inner: Units
    ports: Ports

    def unit(self, actor: Actor, scope: Scope) -> AbstractAsyncContextManager[Ctx]:
        """One transaction at that moment."""
        return self._unit(actor, scope)

    async def grouped(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        """See :meth:`~xiaoer.ports.house.Units.grouped`."""
        return await self.inner.grouped(
            actor, scope, lambda ctx: work(replace(ctx, ports=self.ports))
        )

    @asynccontextmanager
    async def _unit(self, actor: Actor, scope: Scope) -> AsyncIterator[Ctx]:
        async with self.inner.unit(actor, scope) as ctx:
            yield replace(ctx, ports=self.ports)


def standing(house: House, now: datetime) -> House:
    """The house with a clock that stands still."""
    ports = replace(house.ports, clock=FakeClock(now))
    return replace(house, ports=ports, units=StandingUnits(house.units, ports))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call. ``executed`` is true when it did, or told, what was asked.

    ``value`` is what the tool shows, in the published form; ``code`` and ``clause`` say why it
    was refused. ``session`` is the one to go on with.
    """

    name: str
    executed: bool
    session: tools.Session
    code: str = ""
    clause: str = ""
    to_person: bool = False
    value: Any = None


@dataclass(frozen=True, slots=True)
class Stage:
    """The tenant with the imported records. ``house`` stands still at the moment of the records;
    who talks to the tenant besides ``act`` must use it too."""

    house: House
    tenant: TenantId
    database: Database
    owners: Mapping[str, UUID]

    @classmethod
    async def built(cls, house: House, database: Database) -> Stage:
        """Load the records into a new tenant."""
        still = standing(house, datetime.fromisoformat(database["now"]))
        async with still.unit(ACTOR, Scope(NOWHERE)) as ctx:
            tenant, taken = TenantId(ctx.new_id()), {one.slug for one in await org.tenants(ctx)}
        slug = next(s for s in (SLUG, *(f"{SLUG}-{n}" for n in range(2, 10**6))) if s not in taken)
        async with still.unit(ACTOR, Scope(tenant)) as ctx:
            await org.found(ctx, org.contracts.Tenant(tenant, slug, NAME, demo=False))
            await catalog.load(ctx, catalog.contracts.Catalogue(
                stores=tuple(map(shapes.store, database["stores"].values())),
                products=tuple(map(shapes.product, database["products"].values())),
            ))  # fmt: skip
            loaded = await customers.load(
                ctx, [shapes.newcomer(raw) for raw in database["users"].values()]
            )
            owners = dict(zip(database["users"], loaded.ids, strict=True))
            await orders.load(ctx, [
                shapes.order(raw, owners[raw["user_id"]], ctx.now())
                for raw in database["orders"].values()
            ])  # fmt: skip
        return cls(still, tenant, database, owners)

    def unit(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Ctx]:
        """A unit of work in the tenant; the machine's without an actor."""
        return self.house.unit(actor or Assistant(), Scope(self.tenant))

    def session(self, user_id: str = "") -> tools.Session:
        """A conversation of a proven customer; of nobody when the user is not known."""
        owner = self.owners.get(user_id)
        return tools.Session(self._new_id(), self._new_id(), owner, tools.SHOP_TOOLS)

    def person(self, user_id: str) -> conversations.contracts.Person:
        """The proven customer as a channel knows them."""
        raw = self.database["users"][user_id]
        return conversations.contracts.Person(
            self._new_id(), self.owners[user_id], raw["name"], proven=True
        )

    def _new_id(self) -> UUID:
        ports = self.house.ports
        return uuid7(int(ports.clock.now().timestamp() * 1000), ports.chance.bits(74))

    async def act(
        self, session: tools.Session, name: str, arguments: Any, *, confirmed: bool = True
    ) -> Result:
        """Use a tool; a proposal gets one yes bound to it, when ``confirmed``, in a unit of work
        of its own."""
        async with self.unit() as ctx:
            used = await tools.use(ctx, session, name, arguments)
        match used.outcome:
            case tools.Refused():
                return refused(name, used.session, used.outcome)
            case tools.Found():
                return Result(name, True, used.session, value=shapes.seen(used.outcome.value))
            case tools.HandOff(summary=summary):
                return Result(name, True, used.session, value=summary)
            case tools.Proposal():
                if not confirmed:
                    return refused(name, used.session, aftersales.NOT_CONFIRMED)
                return await self.confirm(used.session, used.outcome)

    async def confirm(
        self, session: tools.Session, proposal: tools.Proposal, digest: str = ""
    ) -> Result:
        """Say yes to a proposal; with another ``digest``, to something else."""
        wish, yes = proposal.wish, tools.Yes(proposal.id, digest or proposal.digest)
        async with self.unit() as ctx:
            done = await tools.confirm(ctx, session, wish.verb, wish.order, yes)
        if isinstance(done, tools.Refused):
            return refused(wish.verb, session, done)
        assert done.order is not None, "every deed of the shop changes its order"
        return Result(wish.verb, True, session, value=shapes.seen(done.order))

    async def state(self) -> Database:
        """All records as they stand now, in the published form."""
        async with self.unit(ACTOR) as ctx:
            stores = await catalog.stores(ctx)
            goods = [one async for one in paged(lambda cursor: catalog.page(
                ctx, catalog.contracts.ProductSearch(cursor=cursor, limit=200)))]
            people = [one async for one in paged(lambda cursor: customers.page(
                ctx, customers.contracts.Search(cursor=cursor, limit=200)))]
            wallets = await customers.wallets(ctx, *(one.id for one in people))
            placed = [one async for one in paged(lambda cursor: orders.page(
                ctx, orders.contracts.OrderSearch(cursor=cursor, limit=200)))]  # fmt: skip
        users = {one["user_id"]: one for one in (
            shapes.user_json(person, wallets[person.id]) for person in people)}
        return {
            "now": self.database["now"], "note": self.database["note"],
            "stores": {one.code: shapes.store_json(one) for one in stores},
            "products": {one.code: shapes.product_json(one) for one in goods},
            "users": {user: users[user] for user in self.database["users"]},
            "orders": {one.number: shapes.order_json(one) for one in placed},
        }  # fmt: skip

    async def records(self, user_id: str) -> Database:
        """A user and their orders as they stand now: ``users`` and ``orders``, in that form."""
        async with self.unit(ACTOR) as ctx:
            person = await customers.get(ctx, self.owners[user_id])
            wallets = await customers.wallets(ctx, person.id)
            placed = await orders.of_customer(ctx, *person.every_id, limit=ORDERS)
        return {"users": {user_id: shapes.user_json(person, wallets[person.id])},
                "orders": {one.number: shapes.order_json(one) for one in placed}}  # fmt: skip

    def untouched(self, user_id: str) -> Database:
        """The same as they were imported."""
        return {"users": {user_id: self.database["users"][user_id]}, "orders": {
            number: raw for number, raw in self.database["orders"].items()
            if raw["user_id"] == user_id}}  # fmt: skip

    async def reset(self, *user_ids: str) -> None:
        """Put these users and their orders back as they were imported; all without a name."""
        wanted = set(user_ids or self.database["users"])
        people = [raw for user, raw in self.database["users"].items() if user in wanted]
        async with self.unit(ACTOR) as ctx:
            await customers.load(ctx, [shapes.newcomer(raw) for raw in people])
            await orders.load(ctx, [
                shapes.order(raw, self.owners[raw["user_id"]], ctx.now())
                for raw in self.database["orders"].values() if raw["user_id"] in wanted
            ])  # fmt: skip


def refused(name: str, session: tools.Session, why: tools.Refused) -> Result:
    """A call that was refused."""
    return Result(name, False, session, why.code, why.clause, why.to_person, why.zh)
