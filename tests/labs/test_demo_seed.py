"""The seeder plants the group through the rooms' doors, once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from datetime import timedelta
from functools import cache
from itertools import islice
from random import Random
from uuid import uuid4

import pytest
import pytest_asyncio

from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.kit.ids import NOWHERE, TenantId
from xiaoer.labs.demo import history, lore, seed
from xiaoer.labs.demo.group import SEED, DemoGroup, build_group
from xiaoer.labs.demo.places import PASSWORD
from xiaoer.labs.demo.shapes import Order
from xiaoer.modules import catalog, conversations, customers, knowledge, orders, org, selfservice
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

CUSTOMERS, ORDERS = 300, 300
TEST = System("test")


async def _plant(house: House, slug: str) -> list[seed.Progress]:
    stream = seed.plant(house, slug=slug, customer_count=CUSTOMERS, order_count=ORDERS)
    return [progress async for progress in stream]


async def _break_off(house: House, slug: str, step: str) -> None:
    stream = seed.plant(house, slug=slug, customer_count=CUSTOMERS, order_count=ORDERS)
    async with aclosing(stream):
        async for progress in stream:
            if progress.step == step:
                return


def _group(tenant: TenantId) -> DemoGroup:
    return seed.build_group(SEED, seed.founded_at(tenant), customers=CUSTOMERS, orders=ORDERS)


@pytest.fixture(scope="module", autouse=True)
def _small_batches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed, "BATCH", 200)
        patch.setattr(seed, "build_group", cache(build_group))  # test_demo_group: always the same
        patch.setattr(history, "STORIES", 40)
        patch.setattr(seed, "read_entries", lambda counters: islice(lore.entries(counters), 90))
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(assembly: Assembly) -> TenantId:
    await _plant(assembly.house, "planted")
    return await seed.found_tenant(assembly.house, "planted")


async def test_a_cut_seed_goes_on_with_the_very_same_group(house: House) -> None:
    for step in ("catalogue", "customers", "orders"):
        await _break_off(house, "cut", step)
        assert not await seed.is_planted(house, await seed.found_tenant(house, "cut"))
    await _plant(house, "cut")
    tenant = await seed.found_tenant(house, "cut")
    assert await seed.is_planted(house, tenant)
    first, *_, last = _group(tenant).orders()
    for wanted in (first, last):
        found = await _order(house, tenant, wanted)
        assert found.total.minor == wanted.total
        assert [i.sku for i in found.items] == [i.sku for i in wanted.items]


async def test_a_second_seeding_does_nothing(house: House, demo: TenantId) -> None:
    assert await _plant(house, "planted") == []
    assert await seed.found_tenant(house, "planted") == demo


async def test_the_tenant_says_that_it_is_invented(house: House, demo: TenantId) -> None:
    async with house.unit(TEST, Scope(NOWHERE)) as ctx:
        tenant = await org.find_tenant(ctx, "planted")
    assert tenant is not None
    assert tenant.demo
    assert "虚构" in tenant.name


async def test_a_real_group_of_the_same_name_is_not_touched(house: House) -> None:
    tenant = TenantId(uuid4())
    async with house.unit(TEST, Scope(tenant)) as ctx:
        await org.found(ctx, org.contracts.Tenant(tenant, "theirs", "真实集团", demo=False))
    with pytest.raises(seed.NotADemo):
        await _plant(house, "theirs")
    async with house.unit(TEST, Scope(tenant)) as ctx:
        assert await org.units(ctx) == []


async def test_staff_can_sign_in_with_the_published_password(house: House, demo: TenantId) -> None:
    async with house.unit(TEST, Scope(demo)) as ctx:
        claim = await org.claim(ctx, "linxiaohe")
        assert isinstance(claim, org.contracts.Claim)
        signed = await org.sign_in(ctx, await org.prove(claim, PASSWORD), days=1)
    assert isinstance(signed, org.contracts.SignedIn)
    assert signed.member.unit_path == "/dept/bj01/"


async def test_every_skill_group_has_people(house: House, demo: TenantId) -> None:
    async with house.unit(TEST, Scope(demo)) as ctx:
        groups = await org.skill_groups(ctx)
    assert len(groups) == 20
    assert all(g.members for g in groups)


async def test_orders_hang_on_the_customer_who_placed_them(house: House, demo: TenantId) -> None:
    *_, wanted = _group(demo).orders()
    found = await _order(house, demo, wanted)
    assert found.customer_id is not None
    async with house.unit(TEST, Scope(demo)) as ctx:
        buyer = await customers.get(ctx, found.customer_id)
    assert buyer.member_no == wanted.customer
    assert buyer.name == wanted.recipient


async def test_a_product_is_found_by_the_shops_own_code(house: House, demo: TenantId) -> None:
    wanted = _group(demo).products[0]
    async with house.unit(TEST, Scope(demo)) as ctx:
        page = await catalog.page(ctx, catalog.contracts.ProductSearch(text=wanted.title))
    assert wanted.code in {p.code for p in page.items}


async def test_the_past_fortnight_has_numbers(house: House, demo: TenantId) -> None:
    until = seed.founded_at(demo)
    async with house.unit(TEST, Scope(demo)) as ctx:
        since = until - timedelta(days=15)
        (told,) = await conversations.measuring.numbers(ctx, since, until + timedelta(hours=1))
    assert told.received >= 40
    assert told.contained > 0
    assert told.confirmed_resolved > told.received / 2
    assert told.not_yet_known > 0


async def test_a_desk_that_opens_has_people_waiting(house: House, demo: TenantId) -> None:
    async with house.unit(TEST, Scope(demo)) as ctx:
        found = await conversations.reading.page(ctx, conversations.contracts.View("queue"))
    assert len(found.items) == history.WAITING
    assert all(c.waiting_since for c in found.items)


def test_stories_stand_in_the_past_and_end_in_every_way(demo: TenantId) -> None:
    people = list(_group(demo).customers())
    entry = knowledge.contracts.Entry(
        knowledge.contracts.EntryId(uuid4()),
        "k",
        knowledge.contracts.Content("怎么退货", "在订单页申请。", ("想退货",)),
        knowledge.contracts.State.LIVE,
        1,
        1,
        seed.founded_at(demo),
        "",
    )
    until = seed.founded_at(demo)
    told = list(history.stories(Random(1), until, people, [entry]))
    assert all(until - timedelta(days=16) < s.at < until for s in told)
    assert {s.ending for s in told} == {"answered", "returned", "person", "waiting"}
    assert all(selfservice.understand(text) for text in history.ERRANDS)


def test_every_step_has_a_name_in_two_languages() -> None:
    assert all(" / " in name for name in seed.STEPS.values())


async def _order(house: House, tenant: TenantId, wanted: Order) -> orders.contracts.Order:
    async with house.unit(TEST, Scope(tenant)) as ctx:
        return await orders.get(ctx, wanted.number)
