"""A tenant of its own, the courier's hands, and everything that can be seen afterwards."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import Table

from tests.architecture.schema import tenant_tables
from tests.conftest import member
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.engines.postgres.courier import Parcel, Superseded
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Unavailable
from xiaoer.modules import channels
from xiaoer.ports.ctx import Actor, Ctx, Scope, System

BOOKKEEPING = {"kernel_once", "kernel_delivery", "kernel_dead_letter"}
"""Who was served what already; repeating is what they are there to notice."""

_OWED = "SELECT * FROM kernel_delivery WHERE tenant_id = %(tenant)s ORDER BY position"
_OWE = """
INSERT INTO kernel_delivery (subscriber, fact_id, tenant_id, lane, name, key, seq, body, due_at)
VALUES (%(subscriber)s, %(fact_id)s, %(tenant_id)s, %(lane)s, %(name)s, %(key)s, %(seq)s,
        %(body)s::jsonb, %(due_at)s)
"""
_FORGET = "DELETE FROM kernel_delivery WHERE tenant_id = %(tenant)s"
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")

State = dict[str, Counter[str]]
Change = dict[str, tuple[Counter[str], Counter[str]]]
Unit = Callable[[Parcel, Actor], AbstractAsyncContextManager[Ctx]]


@dataclass
class Stage:
    """Makes facts in a new tenant and hands them over as often as told."""

    assembly: Assembly
    tenant: TenantId = field(default_factory=lambda: TenantId(uuid4()))

    def unit(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Ctx]:
        return self.assembly.house.unit(actor or System("test"), Scope(self.tenant))

    async def owed(self, name: str, group: str) -> list[Any]:
        """What waits for a subscriber, oldest first."""
        async with self.unit() as ctx:
            rows = await ctx.uow.rows(_OWED, {"tenant": self.tenant})
        return [row for row in rows if (row.name, row.subscriber) == (name, group)]

    async def owe(self, rows: list[Any], *, anew: bool = False) -> list[Any]:
        """Owe the facts again: a backup came back, a person replayed them, a worker forgot.

        ``anew`` gives them other ids, so that the courier cannot tell that it had them before.
        """
        given = [
            dict(row)
            | {"body": json.dumps(row.body)}
            | ({"fact_id": uuid4()} if anew else {})
            for row in rows
        ]
        async with self.unit() as ctx:
            await ctx.uow.run(_OWE, given)
        ids = {one["fact_id"] for one in given}
        return [r for r in await self.owed(rows[0].name, rows[0].subscriber) if r.fact_id in ids]

    async def hand_over(self, rows: list[Any]) -> None:
        """As the courier does when it holds the lane; errors come through."""
        async with self.assembly.house.units.kernel() as kernel:  # type: ignore[attr-defined]
            lane = await kernel.row(
                "SELECT token FROM kernel_lane WHERE lane = %(lane)s", {"lane": rows[0].lane}
            )
        await self.assembly.courier._hand_over(rows, lane.token)

    async def settle(self) -> None:
        """Deliver what the ladder is owed, and set the rest aside: the scene before the fact."""
        owed = await self.owed("conversations.MessageReceived", "ladder")
        if owed:
            await self.hand_over(owed)
        await self.forget_owed()

    async def forget_owed(self) -> None:
        """Leave nothing for the couriers of other tests."""
        async with self.unit() as ctx:
            await ctx.uow.run(_FORGET, {"tenant": self.tenant})

    async def state(self) -> State:
        """Every row of the tenant in every table but the bookkeeping, and what went outside."""
        found: State = defaultdict(Counter)
        async with self.unit() as ctx:
            found["outside"] = Counter(await self._outside(ctx))
            for row in await ctx.uow.rows(EVERY_ROW):
                found[row.place][row.content] += 1
        return found

    async def _outside(self, ctx: Ctx) -> list[str]:
        """What another system took from this tenant."""
        hook = self.assembly.house.ports.channels["webhook"]
        assert isinstance(hook, MemoryWebhook)
        keys = {account.key for account in await channels.accounts(ctx.acting_as(member()))}
        return [
            f"{one.message_id} to {one.to}: {[dict(part) for part in one.parts]}"
            for key in sorted(keys)
            for one in hook.taken.get(key, ())
        ]


def _columns(table: Table) -> str:
    """A row as JSON without what only counts rows or tells facts apart."""
    dropped = [c.name for c in table.c if c.identity is not None]
    if table.name == "kernel_outbox":
        dropped += ["id"]
    return "to_jsonb(t)" + "".join(f" - '{name}'" for name in dropped)


EVERY_ROW = " UNION ALL ".join(
    f"SELECT '{table.name}' AS place, ({_columns(table)})::text AS content FROM {table.name} t"
    for table in tenant_tables()
    if table.name not in BOOKKEEPING
)


def change(before: State, after: State) -> Change:
    """What went and what came, with ids blotted out, so that two tenants can be compared."""
    return {
        table: (_blot(before[table] - after[table]), _blot(after[table] - before[table]))
        for table in {*before, *after}
        if before[table] != after[table]
    }


def _blot(rows: Counter[str]) -> Counter[str]:
    blotted: Counter[str] = Counter()
    for row, count in rows.items():
        blotted[_ID.sub("<id>", row)] += count
    return blotted


async def once(stage: Stage, rows: list[Any]) -> None:
    """The way it nearly always goes."""
    await stage.hand_over(rows)


async def owed_again(stage: Stage, rows: list[Any]) -> None:
    """The effect is on disk, and the fact comes again."""
    await stage.hand_over(rows)
    await stage.hand_over(await stage.owe(rows))


async def owed_again_late(stage: Stage, rows: list[Any]) -> None:
    """The same, one fact at a time: those that came together come again apart."""
    await stage.hand_over(rows)
    for row in rows:
        await stage.hand_over(await stage.owe([row]))


async def commit_lost(stage: Stage, rows: list[Any]) -> None:
    """The server goes away before the commit: the effect is undone, what went outside is not."""

    @asynccontextmanager
    async def breaks(parcel: Parcel, actor: Actor) -> AsyncIterator[Ctx]:
        async with _unit(parcel, actor) as ctx:
            yield ctx
            raise Unavailable()

    await _fails(stage, rows, breaks, Unavailable)
    await stage.hand_over(rows)


async def answer_lost(stage: Stage, rows: list[Any]) -> None:
    """The commit is done and its answer never comes: the worker believes that it failed."""

    @asynccontextmanager
    async def breaks(parcel: Parcel, actor: Actor) -> AsyncIterator[Ctx]:
        async with _unit(parcel, actor) as ctx:
            yield ctx
        raise Unavailable()

    await _fails(stage, rows, breaks, Unavailable)
    await _fails(stage, rows, _unit, Superseded)


async def two_workers(stage: Stage, rows: list[Any]) -> None:
    """Two workers hold the same facts at the same time; one of them is rolled back."""
    ended = await _together(stage, rows, rows)
    assert [type(e) for e in ended if e is not None] == [Superseded]


async def two_owed_at_once(stage: Stage, rows: list[Any]) -> None:
    """The facts are owed twice, so that both deliveries at the same time are acknowledged."""
    ended = await _together(stage, rows, await stage.owe(rows, anew=True))
    assert ended == [None, None]


WAYS = (owed_again, owed_again_late, commit_lost, answer_lost, two_workers, two_owed_at_once)

_unit: Unit = Parcel.unit


async def _fails(stage: Stage, rows: list[Any], unit: Unit, error: type[Exception]) -> None:
    Parcel.unit = unit  # type: ignore[method-assign, assignment]
    try:
        await stage.hand_over(rows)
    except error:
        return
    finally:
        Parcel.unit = _unit  # type: ignore[method-assign, assignment]
    raise AssertionError(f"the delivery did not end by {error.__name__}")


async def _together(stage: Stage, *each: list[Any]) -> list[BaseException | None]:
    """Hand over all at once: nobody acknowledges before everybody has read what is there."""
    barrier = asyncio.Barrier(len(each))
    waited: set[int] = set()

    @asynccontextmanager
    async def together(parcel: Parcel, actor: Actor) -> AsyncIterator[Ctx]:
        if id(parcel) not in waited:
            waited.add(id(parcel))
            async with asyncio.timeout(20):
                await barrier.wait()
        async with _unit(parcel, actor) as ctx:
            yield ctx

    Parcel.unit = together  # type: ignore[method-assign, assignment]
    try:
        return await asyncio.gather(*map(stage.hand_over, each), return_exceptions=True)
    finally:
        Parcel.unit = _unit  # type: ignore[method-assign, assignment]
