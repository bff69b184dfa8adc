"""A τ-bench retail database in a tenant of its own, on which tool calls are played like a
customer's: propose, a yes bound to the exact proposal, do; each row of a file on a fresh copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.ids import NOWHERE, TenantId, uuid7
from xiaoer.labs.tau import moving, shapes
from xiaoer.labs.tau.moving import ACTOR, Database
from xiaoer.ladder import tools
from xiaoer.modules import aftersales, customers, orders, org
from xiaoer.ports.ctx import Assistant, Ctx, Scope
from xiaoer.ports.house import House

Identity = customers.contracts.Identity
Kind = customers.contracts.IdentityKind


@dataclass(frozen=True, slots=True)
class Action:
    """A tool's name and its arguments, as a file has them; neither needs to be right."""

    name: str
    arguments: Any


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an action. ``executed`` is true when it did, or told, what was asked.

    ``value`` is what the tool shows, in the published form; ``code`` says why it was refused.
    """

    name: str
    executed: bool
    code: str = ""
    value: Any = None


@dataclass(slots=True)
class Stage:
    """The tenant with the imported database, and what of it has to be put back."""

    house: House
    tenant: TenantId
    database: Database
    loaded_at: datetime
    owners: Mapping[str, UUID]
    extras: dict[str, dict[str, Mapping[str, Any]]]
    touched: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    async def built(cls, house: House, database: Database) -> Stage:
        """Load the database into a new tenant."""
        slug = await moving.put(house, database)
        async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
            tenant = next(one.id for one in await org.tenants(ctx) if one.slug == slug)
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            made = await moving.made(ctx)
            known = await customers.resolve(
                ctx, [Identity(Kind.EXTERNAL, user) for user in database["users"]]
            )
            loaded_at = ctx.now()
        extras = {part: {key: extra for key, (_, extra) in rows.items()}
                  for part, rows in made.items()}  # fmt: skip
        owners = {identity.value: owner for identity, owner in known.items()}
        return cls(house, tenant, database, loaded_at, owners, extras)

    def session(self, user_id: str = "") -> tools.Session:
        """A conversation of a signed-in customer; of nobody when the user is not known."""
        chance, now = self.house.ports.chance, self.house.ports.clock.now()
        ids = [uuid7(int(now.timestamp() * 1000), chance.bits(74)) for _ in range(2)]
        return tools.Session(ids[0], ids[1], self.owners.get(user_id), tools.TAU_TOOLS)

    async def act(
        self, session: tools.Session, action: Action, *, confirmed: bool = True
    ) -> tuple[Result, tools.Session]:
        """Use a tool; a proposal gets one yes bound to it, when ``confirmed``, in a unit of work
        of its own."""
        async with self._unit() as ctx:
            used = await tools.use(ctx, session, action.name, action.arguments)
        session, outcome = used.session, used.outcome
        match outcome:
            case tools.Refused():
                return _refused(action, outcome), session
            case tools.Found():
                return Result(action.name, True, value=shapes.seen(outcome.value)), session
            case tools.HandOff():
                return Result(action.name, True, value="Transfer successful"), session
            case tools.Proposal():
                if not confirmed:
                    return _refused(action, aftersales.NOT_CONFIRMED), session
                return await self._confirmed(session, action, outcome), session

    async def _confirmed(
        self, session: tools.Session, action: Action, proposal: tools.Proposal
    ) -> Result:
        yes = tools.Yes(proposal.id, proposal.digest)
        async with self._unit() as ctx:
            done = await tools.confirm(ctx, session, proposal.wish.verb, proposal.wish.order, yes)
        if isinstance(done, tools.Refused):
            return _refused(action, done)
        self.touched.add(("orders", proposal.wish.order))
        self.touched |= {("users", user) for user, owner in self.owners.items()
                         if owner == session.customer_id}  # fmt: skip
        return Result(action.name, True, value=await self._shown(session, done))

    async def _shown(self, session: tools.Session, done: tools.Done) -> Any:
        """What the published tools answer: the order, or the user, as it is afterwards."""
        if done.order is not None:
            return shapes.seen(done.order)
        user = next(user for user, owner in self.owners.items() if owner == session.customer_id)
        return (await self.records("", user))[user]

    async def play(
        self, user_id: str, actions: Sequence[Action], *, confirmed: bool = True
    ) -> list[Result]:
        """The actions of one row, in order, for a signed-in customer (or nobody yet)."""
        session, results = self.session(user_id), []
        for action in actions:
            result, session = await self.act(session, action, confirmed=confirmed)
            results.append(result)
        return results

    async def state(self) -> Database:
        """The whole database as it stands now."""
        async with self.house.unit(ACTOR, Scope(self.tenant)) as ctx:
            return await moving.dump(ctx)

    async def records(self, order: str, user: str) -> dict[str, Any]:
        """An order and a user as they stand now, in the published form."""
        found: dict[str, Any] = {}
        async with self.house.unit(ACTOR, Scope(self.tenant)) as ctx:
            if order:
                found[order] = shapes.seen(await orders.get(ctx, order))
            if user:
                customer = await customers.get(ctx, self.owners[user])
                wallets = await customers.wallets(ctx, *customer.every_id)
                wallet = tuple(one for owned in wallets.values() for one in owned)
                found[user] = shapes.seen(tools.Profile(customer, wallet, ()))
        return found

    def untouched(self, order: str, user: str) -> dict[str, Any]:
        """The same as they were imported."""
        parts = (("orders", order), ("users", user))
        return {key: self.database[part][key] for part, key in parts if key}

    async def reset(self) -> None:
        """Put everything back that was done since the last time."""
        if not self.touched:
            return
        async with self.house.unit(ACTOR, Scope(self.tenant)) as ctx:
            await customers.load(ctx, [
                shapes.newcomer(self.database["users"][key], self._beside("users", key))
                for part, key in sorted(self.touched) if part == "users"
            ])
            await orders.load(ctx, [
                self._order(ctx, key) for part, key in sorted(self.touched)
                if part == "orders" and key
            ])  # fmt: skip
        self.touched.clear()

    def _order(self, ctx: Ctx, key: str) -> orders.contracts.NewOrder:
        raw = self.database["orders"][key]
        order = shapes.order(
            raw, self.owners[raw["user_id"]], self.loaded_at, self._beside("orders", key)
        )
        return replace(order, updated_at=ctx.now())

    def _beside(self, part: str, key: str) -> dict[str, Any]:
        tau = self.extras[part][key].get("tau", {})
        return {name: value for name, value in tau.items() if name != "kept"}

    def _unit(self) -> Any:
        return self.house.unit(Assistant(), Scope(self.tenant))


def _refused(action: Action, refused: tools.Refused) -> Result:
    return Result(action.name, False, refused.code, refused.en)
