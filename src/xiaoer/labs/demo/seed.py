"""Plants the invented group in an installation, through the rooms' doors, as an import would.

The tenant's id carries the moment of its founding, and the group is built for that moment. A
seed that was cut therefore goes on with the very same group: batches that are in are left out,
and a finished one is recognised at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import TypeVar
from uuid import UUID

from xiaoer.kit.ids import NOWHERE, MemberId, TenantId
from xiaoer.kit.problem import Problem
from xiaoer.labs.demo import history, translate
from xiaoer.labs.demo.group import CUSTOMERS, ORDERS, SEED, DemoGroup, build_group
from xiaoer.labs.demo.lore import entries as read_entries
from xiaoer.labs.demo.places import PASSWORD
from xiaoer.labs.demo.said import tags_of
from xiaoer.labs.demo.shop import SLUG, account_key, open_shop
from xiaoer.labs.demo.words import read_json, read_rows
from xiaoer.modules import (
    catalog,
    channels,
    conversations,
    customers,
    desk,
    knowledge,
    orders,
    org,
)
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

__all__ = [
    "SLUG",
    "STEPS",
    "NotADemo",
    "Progress",
    "found_tenant",
    "founded_at",
    "is_planted",
    "plant",
]

ACTOR = System("demo")
BATCH = 2_000
PRODUCT_BATCH = 500
ENTRY_BATCH = 60
STORY_BATCH = 20
T = TypeVar("T")


class NotADemo(Problem):
    """Somebody's own group has the demo's short name; it is not touched."""

    code = "not_a_demo"
    status = 409
    zh = "已有一个名为 {slug} 的正式集团，演示资料不会写入其中。"
    en = "A real group is named {slug}; the demo is not written into it."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one step of the seeding is; `step` is a key of `STEPS`."""

    step: str
    done: int
    total: int


STEPS = {
    "organisation": "组织与员工 / organisation and staff",
    "catalogue": "品牌、门店与商品 / brands, stores, products",
    "customers": "虚构的顾客 / invented customers",
    "orders": "订单与包裹 / orders and parcels",
    "knowledge": "知识与向量 / knowledge and its vectors",
    "history": "两周的会话 / two weeks of conversations",
}


async def plant(
    house: House,
    *,
    slug: str = SLUG,
    seed: int = SEED,
    customer_count: int = CUSTOMERS,
    order_count: int = ORDERS,
) -> AsyncGenerator[Progress, None]:
    """Seed the demo tenant, telling how far it is; nothing is told when it is planted already."""
    tenant = await found_tenant(house, slug)
    if await is_planted(house, tenant):
        return
    group = build_group(seed, founded_at(tenant), customers=customer_count, orders=order_count)
    yield Progress("organisation", 0, 1)
    await _organisation(house, tenant, group)
    yield Progress("organisation", 1, 1)
    async for progress in _catalogue(house, tenant, group):
        yield progress
    buyers: dict[str, UUID] = {}
    async for progress in _customers(house, tenant, group, buyers):
        yield progress
    async for progress in _orders(house, tenant, group, buyers):
        yield progress
    async for progress in _knowledge(house, tenant, group):
        yield progress
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        if await ctx.uow.once("demo/shop"):
            await open_shop(ctx, account_key(slug))
            await _macros(ctx)
    async for progress in _history(house, tenant, group, buyers):
        yield progress
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        await conversations.measure(ctx, timedelta(hours=house.settings.recontact_hours))
        await ctx.uow.once("demo/planted")


async def found_tenant(house: House, slug: str = SLUG) -> TenantId:
    """The demo's tenant, founded when there is none; raises `NotADemo` for a namesake."""
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        known = await org.find_tenant(ctx, slug)
        fresh = TenantId(ctx.new_id())
    if known is None:
        name = f"{read_json('group.json')['group']['name']}（演示，纯属虚构）"
        made = org.contracts.Tenant(fresh, slug, name, demo=True)
        async with house.unit(ACTOR, Scope(fresh)) as ctx:
            if await org.found(ctx, made):
                return fresh
            known = await org.find_tenant(ctx, slug)
    if known is None or not known.demo:
        raise NotADemo(slug=slug)
    return known.id


def founded_at(tenant: TenantId) -> datetime:
    """The moment in a time-ordered id (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp((tenant.int >> 80) / 1000, UTC)


async def is_planted(house: House, tenant: TenantId) -> bool:
    """Whether the last step has been committed; asking leaves no mark."""
    try:
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            if await ctx.uow.once("demo/planted"):
                raise _Unplanted
    except _Unplanted:
        return False
    return True


class _Unplanted(Exception):
    """Rolls back the unit that asked."""


async def _organisation(house: House, tenant: TenantId, group: DemoGroup) -> None:
    """Tree, staff and skill groups in one commit. All share one hash of the published password,
    which saves eight seconds and protects nothing less."""
    hashed = await org.hash_password(PASSWORD)
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        if not await ctx.uow.once("demo/organisation"):
            return
        await org.put_units(ctx, [translate.unit(u, ctx.new_id()) for u in group.units])
        ids = await org.add_members(ctx, [translate.member(s, hashed) for s in group.staff])
        await _skill_groups(ctx, group, dict(zip((s.login for s in group.staff), ids, strict=True)))


async def _skill_groups(ctx: Ctx, group: DemoGroup, ids: dict[str, MemberId]) -> None:
    for one in group.skill_groups:
        people = tuple(ids[s.login] for s in group.staff if one.code in s.skill_groups)
        made = org.contracts.SkillGroupId(ctx.new_id())
        await org.put_skill_group(
            ctx, org.contracts.SkillGroup(made, one.code, one.name, one.en, people)
        )


async def _catalogue(house: House, tenant: TenantId, group: DemoGroup) -> AsyncIterator[Progress]:
    places = catalog.contracts.Catalogue(
        brands=tuple(translate.brand(b) for b in group.brands),
        stores=tuple(translate.store(s) for s in group.stores),
        counters=tuple(translate.counter(c) for c in group.counters),
        promotions=tuple(translate.promotion(p) for p in group.promotions),
    )
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        if await ctx.uow.once("demo/places"):
            await catalog.load(ctx, places)
    done = 0
    for batch in _batches(group.products, PRODUCT_BATCH):
        goods = tuple(translate.product(p) for p in batch)
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            if await ctx.uow.once(f"demo/products/{done}"):
                await catalog.load(ctx, catalog.contracts.Catalogue(products=goods))
                await catalog.tag(ctx, {p.code: tags_of(p) for p in batch})
        done += len(batch)
        yield Progress("catalogue", done, len(group.products))


async def _customers(
    house: House, tenant: TenantId, group: DemoGroup, buyers: dict[str, UUID]
) -> AsyncIterator[Progress]:
    """Loading a known customer again changes nothing and gives the id, which orders need."""
    for batch in _batches(group.customers(), BATCH):
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            people = [translate.customer(c) for c in batch]
            if await ctx.uow.once(f"demo/balances/{len(buyers)}"):  # later they are the customers'
                people = [replace(one, wallet=translate.wallet(c))
                          for one, c in zip(people, batch, strict=True)]  # fmt: skip
            loaded = await customers.load(ctx, people)
        buyers.update(zip((c.number for c in batch), loaded.ids, strict=True))
        yield Progress("customers", len(buyers), group.customer_count)


async def _orders(
    house: House, tenant: TenantId, group: DemoGroup, buyers: dict[str, UUID]
) -> AsyncIterator[Progress]:
    done = 0
    for batch in _batches(group.orders(), BATCH):
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            if await ctx.uow.once(f"demo/orders/{done}"):
                await orders.load(ctx, [translate.order(o, buyers) for o in batch])
        done += len(batch)
        yield Progress("orders", done, group.order_count)


async def _knowledge(house: House, tenant: TenantId, group: DemoGroup) -> AsyncIterator[Progress]:
    """Unchanged entries are passed over, so that a second start of this step costs little."""
    entries = list(read_entries(group.counters))
    done = 0
    for batch in _batches(entries, ENTRY_BATCH):
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            told = await knowledge.take_in(ctx, batch, dry_run=False, live=True)
        if told.problems:
            raise ValueError(f"the demo's own knowledge is wrong: {told.problems}")
        done += len(batch)
        yield Progress("knowledge", done, len(entries))


async def _macros(ctx: Ctx) -> None:
    for row in read_rows("macros.csv"):
        await desk.add_macro(ctx, (row["shortcut"], row["title"], row["text"]), shared=True)


async def _history(
    house: House, tenant: TenantId, group: DemoGroup, buyers: dict[str, UUID]
) -> AsyncIterator[Progress]:
    people = [c for c in group.customers() if c.level != "basic"]
    until = founded_at(tenant)
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        cast, entries = await _cast(ctx, buyers), await _entries(ctx)
    rng = Random(f"{group.seed}/history")  # noqa: S311 - reproducible demo material
    told = list(history.stories(rng, until, people, entries))
    done = 0
    for batch in _batches(told, STORY_BATCH):
        async with house.unit(ACTOR, Scope(tenant)) as ctx:
            if await ctx.uow.once(f"demo/history/{done}"):
                stage = history.Stage(ctx, Random(f"{group.seed}/history/{done}"), cast)  # noqa: S311
                for story in batch:
                    await stage.play(story)
        done += len(batch)
        yield Progress("history", done, len(told))


async def _cast(ctx: Ctx, buyers: dict[str, UUID]) -> history.Cast:
    agents = [m for m in await org.members(ctx) if org.contracts.Role.AGENT in m.roles]
    groups = {g.code: g.id for g in await org.skill_groups(ctx)}
    accounts = await channels.accounts(ctx)
    return history.Cast(accounts[0], tuple(agents), groups, buyers)


async def _entries(ctx: Ctx) -> list[knowledge.contracts.Entry]:
    """What customers are told in Chinese, in the order of the editors' keys."""
    found: list[knowledge.contracts.Entry] = []
    cursor: str | None = None
    while True:
        look = knowledge.contracts.Look(state="live", lang="zh", cursor=cursor, limit=200)
        page = await knowledge.page(ctx, look)
        found += page.items
        cursor = page.next
        if cursor is None:
            return sorted(found, key=lambda e: e.kb_id)


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(things)
    while batch := list(islice(waiting, size)):
        yield batch
