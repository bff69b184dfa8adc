"""Delivery: order, one effect, retries, dead letters, and lanes that move."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tests.conftest import member
from tests.fakes import fake_ports
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.postgres.assembly import Assembly, assemble
from xiaoer.engines.postgres.courier import MOST_ATTEMPTS
from xiaoer.engines.postgres.dead_letters import dead_letters, discard, replay
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.kit.settings import Settings
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import Delivery, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Fact):
    NAME: ClassVar[str] = "test.Counted"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered(Fact):
    NAME: ClassVar[str] = "test.Gathered"
    number: int


seeds = itertools.count(100)
heard: list[tuple[UUID, int]] = []
batches: list[list[int]] = []
broken: set[int] = set()


async def hear(ctx: Ctx, fact: Counted) -> None:
    if fact.number in broken:
        raise ValueError(f"{fact.number} is broken")
    await ctx.uow.once(f"heard:{fact.key}")
    heard.append((fact.key, fact.number))


async def gather(delivery: Delivery) -> None:
    async with delivery.unit(System("gather")):
        batches.append([fact.number for fact in delivery.facts])  # type: ignore[attr-defined]


@pytest_asyncio.fixture(loop_scope="session")
async def make(database: DatabaseUrls) -> AsyncIterator[Callable[[str], Assembly]]:
    made: list[Assembly] = []
    ports = fake_ports(next(seeds))

    def build(worker: str) -> Assembly:
        subscriptions = (
            Subscription(Counted, "counting", react=hear, only=lambda fact: fact.number >= 0),
            Subscription(Gathered, "gathering", run=gather),
        )
        made.append(assemble(Settings(pool_size=4), database.app, ports, subscriptions, worker))
        return made[-1]

    heard.clear()
    batches.clear()
    broken.clear()
    async with build("cleaner").house.units.kernel() as kernel:  # type: ignore[attr-defined]
        await kernel.run("UPDATE kernel_lane SET held_until = '-infinity'")
        await kernel.run("DELETE FROM kernel_worker")
    yield build
    for one in made:
        await one.courier.stop()
        await one.dispose()


async def tell(one: Assembly, tenant: TenantId, *facts: Fact) -> None:
    async with one.house.unit(System("t"), Scope(tenant)) as ctx:
        for fact in facts:
            ctx.uow.tell(fact)


async def test_facts_of_a_key_are_heard_in_order_and_once(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    keys = [uuid4() for _ in range(5)]
    for number in range(20):
        await tell(one, tenant, *(Counted(key=key, seq=number, number=number) for key in keys))
    await one.courier.drain()
    for key in keys:
        assert [n for k, n in heard if k == key] == list(range(20))


async def test_a_rolled_back_unit_tells_nothing(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    with pytest.raises(RuntimeError):  # noqa: PT012 - the unit itself must end by the error
        async with one.house.unit(System("t"), Scope(tenant)) as ctx:
            ctx.uow.tell(Counted(key=uuid4(), number=1))
            await ctx.uow.once("x")
            raise RuntimeError
    await one.courier.drain()
    assert heard == []


async def test_a_fact_nobody_wants_is_not_owed(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    await tell(one, tenant, Counted(key=uuid4(), number=-1))
    async with one.house.unit(System("t"), Scope(tenant)) as ctx:
        owed = await ctx.uow.row("SELECT count(*) AS n FROM kernel_delivery")
    assert owed is not None
    assert owed.n == 0


async def test_waiting_facts_of_a_key_come_together_to_a_run(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    key = uuid4()
    for number in range(3):
        await tell(one, tenant, Gathered(key=key, number=number))
    await one.courier.drain()
    assert batches == [[0, 1, 2]]


async def test_a_poisoned_fact_parks_its_own_key_until_a_person_replays_it(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    clock: Any = one.house.ports.clock
    sick, well = uuid4(), uuid4()
    broken.add(1)
    await tell(one, tenant, *(Counted(key=sick, seq=n, number=n) for n in (0, 1, 2)))
    await tell(one, tenant, Counted(key=well, number=5))
    for _ in range(MOST_ATTEMPTS):
        await one.courier.drain()
        clock.advance(30)
    assert heard == [(sick, 0), (well, 5)] or heard == [(well, 5), (sick, 0)]
    person = member()
    async with one.house.unit(person, Scope(tenant)) as ctx:
        [letter] = await dead_letters(ctx)
    assert letter["error"] == "ValueError: 1 is broken"
    broken.clear()
    async with one.house.unit(person, Scope(tenant)) as ctx:
        await replay(ctx, letter["subscriber"], letter["fact_id"])
    await one.courier.drain()
    assert [n for k, n in heard if k == sick] == [0, 1, 2]


async def test_a_discarded_fact_lets_the_next_ones_through(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one = make("w1")
    clock: Any = one.house.ports.clock
    key = uuid4()
    broken.add(0)
    await tell(one, tenant, *(Counted(key=key, seq=n, number=n) for n in (0, 1)))
    for _ in range(MOST_ATTEMPTS):
        await one.courier.drain()
        clock.advance(30)
    async with one.house.unit(member(), Scope(tenant)) as ctx:
        [letter] = await dead_letters(ctx)
        await discard(ctx, letter["subscriber"], letter["fact_id"])
    await one.courier.drain()
    assert [n for _, n in heard] == [1]


async def test_two_workers_share_the_lanes_and_neither_delivers_twice(
    make: Callable[[str], Assembly], tenant: TenantId
) -> None:
    one, two = make("w1"), make("w2")
    leases = [w.courier._leases for w in (one, two)]
    for _ in range(3):
        for lease in leases:
            await lease.beat()
    held = [set(lease.held()) for lease in leases]
    assert held[0] | held[1] == set(range(16))
    assert held[0] & held[1] == set()
    assert abs(len(held[0]) - len(held[1])) <= 1
    keys = [uuid4() for _ in range(32)]
    await tell(one, tenant, *(Counted(key=key, number=1) for key in keys))
    await one.courier.drain()
    await two.courier.drain()
    assert sorted(k for k, _ in heard) == sorted(keys)


async def test_a_superseded_worker_has_no_effect(
    make: Callable[[str], Assembly], tenant: TenantId, clock: FakeClock
) -> None:
    one = make("w1")
    await one.courier._leases.beat()
    key = uuid4()
    await tell(one, tenant, Counted(key=key, number=1))
    async with one.house.units.kernel() as kernel:  # type: ignore[attr-defined]
        await kernel.run("UPDATE kernel_lane SET token = token + 1")
    await one.courier._dispatch()
    for task in list(one.courier._busy.values()):
        await task
    async with one.house.unit(System("t"), Scope(tenant)) as ctx:
        assert await ctx.uow.once(f"heard:{key}"), "the effect of a stale token is rolled back"
    await one.courier._leases.beat()
    await one.courier.drain()
    assert [number for _, number in heard][-1] == 1, "it is still owed"
