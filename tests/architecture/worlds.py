"""A group with one of everything, and a marker in every name that must never leave it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from tests.architecture.schema import tenant_tables
from tests.conftest import browser
from xiaoer.kit.ids import MemberId, TenantId
from xiaoer.kit.money import Money
from xiaoer.modules import catalog, channels, conversations, customers, desk, knowledge, orders, org
from xiaoer.modules.conversations.contracts import HandOff, text_part
from xiaoer.modules.customers.contracts import Identity, IdentityKind, Newcomer
from xiaoer.modules.org.contracts import NewMember, Role, SkillGroup, SkillGroupId, Tenant
from xiaoer.ports.ctx import Assistant, Ctx, Member, Scope, System
from xiaoer.ports.house import House

MARKER = "ZEBRA7"
PASSWORD = "a-long-enough-one"
FINGERPRINT = " UNION ALL ".join(
    f"SELECT '{table.name}' AS place, "
    f"md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM {table.name} t"
    for table in tenant_tables()
    if not table.name.startswith("kernel_")
)


@dataclass
class World:
    """Ids of everything in a group, by the name that routes give them."""

    house: House
    tenant: TenantId
    slug: str
    ids: dict[str, Any] = field(default_factory=dict)

    def unit(self, actor: Any = None) -> Any:
        return self.house.unit(actor or System("test"), Scope(self.tenant))

    async def fingerprint(self) -> dict[str, str]:
        """A digest of the rows of every tenant table."""
        async with self.unit() as ctx:
            return {row.place: row.digest for row in await ctx.uow.rows(FINGERPRINT)}


async def make_world(house: House, password_hash: str) -> World:
    """Found a group with one of everything."""
    tenant = TenantId(uuid4())
    world = World(house, tenant, f"t{tenant.hex[:12]}")
    async with world.unit() as ctx:
        await org.found(ctx, Tenant(tenant, world.slug, f"{MARKER} 集团", False))
        await _people(ctx, world, password_hash)
        await _goods(ctx, world)
        await _knowledge(ctx, world)
        account, _ = await channels.open_account(ctx, channels.contracts.Profile(
            kind="web", name=f"{MARKER} 官网", allowed_origins=("http://testserver",)))
        hook, _ = await channels.open_account(ctx, channels.contracts.Profile(
            kind="webhook", name=f"{MARKER} 接口", callback_url="https://example.com/hook"))
    world.ids |= {"account": account.key, "account_id": account.id, "hook": hook.key}
    await _talk(world, account)
    return world


async def signed_in(application: FastAPI, world: World) -> AsyncIterator[Any]:
    """A browser of the group's administrator."""
    async with browser(application) as client:
        answer = await client.post("/api/org/sign-in", json={
            "login": "admin", "password": PASSWORD, "group": world.slug})
        assert answer.status_code == 200, answer.text
        yield client


async def _people(ctx: Ctx, world: World, password_hash: str) -> None:
    admin, agent = await org.add_members(ctx, [
        NewMember("admin", f"{MARKER} 管理员", frozenset({Role.ADMINISTRATOR}), "/", (),
                  password_hash),
        NewMember("agent", f"{MARKER} 坐席", frozenset({Role.AGENT}), "/", (), password_hash),
    ])
    group = SkillGroup(SkillGroupId(ctx.new_id()), "pre", f"{MARKER} 售前", "", (agent,))
    await org.put_skill_group(ctx, group)
    world.ids |= {"member_id": agent, "admin": admin, "skill_group": group.id}
    member = ctx.acting_as(Member(MemberId(agent), "坐席", frozenset(), frozenset(
        {"desk.serve", "desk.macros"})))
    macro = await desk.add_macro(member, ("hi", MARKER, f"{MARKER} 您好"), shared=True)
    world.ids["macro_id"] = macro.id


async def _goods(ctx: Ctx, world: World) -> None:
    loaded = await customers.load(ctx, [
        Newcomer((Identity(IdentityKind.MEMBER_NO, f"{MARKER}1"),), name=f"{MARKER} 甲"),
        Newcomer((Identity(IdentityKind.PHONE, "19900000001"),), name=f"{MARKER} 乙"),
        Newcomer((Identity(IdentityKind.PHONE, "19900000002"),), name=f"{MARKER} 丙"),
    ])
    merge = await customers.merge(ctx, loaded.ids[0], loaded.ids[1], reason="test")
    own = f"{MARKER}{world.tenant.hex[:8]}"
    number = f"{own}-1"
    await orders.load(ctx, [orders.contracts.NewOrder(
        number, orders.contracts.Status.SHIPPED, ctx.now(),
        (orders.contracts.Item("s1", f"{MARKER} 面霜", 1, Money(9900)),), Money(9900),
        customer_id=loaded.ids[0], phone="19900000001",
    )])
    await catalog.load(ctx, catalog.contracts.Catalogue(
        stores=(catalog.contracts.NewStore("zz", "/dept/zz/", f"{MARKER} 店"),),
        products=(catalog.contracts.NewProduct(f"{own}p", f"{MARKER} 面霜", (
            catalog.contracts.Variant("s1", "一瓶", {}, Money(9900)),)),),
        promotions=(catalog.contracts.NewPromotion(
            f"{MARKER}m", f"{MARKER} 满减", ctx.now(), ctx.now().replace(year=2030)),),
    ))
    world.ids |= {
        "customer_id": loaded.ids[0], "other_customer": loaded.ids[2], "merge_id": merge.id,
        "number": number, "code": f"{own}p",
    }


async def _knowledge(ctx: Ctx, world: World) -> None:
    entry = await knowledge.add(ctx, knowledge.contracts.NewEntry(
        f"{MARKER}-kb", knowledge.contracts.Content(f"{MARKER} 停车", f"{MARKER} 免费")))
    live = await knowledge.publish(ctx, entry.id, entry.version)
    missed = knowledge.contracts.Miss(
        uuid4(), 1, f"{MARKER} 没有答案的问题", knowledge.contracts.MissKind.NOTHING_KNOWN, uuid4(),
        "/", "zh-CN", None, ctx.now())
    await knowledge.gaps.hear(ctx, [missed])
    gaps = await knowledge.gaps.page(ctx, knowledge.contracts.GapLook())
    change = await knowledge.replaying.prepare(ctx, live.id)
    failed = knowledge.replaying.Seen(1, 1, 0, 1, ())
    world.ids["replay_id"] = (await knowledge.replaying.keep(ctx, change, failed)).id
    world.ids |= {"entry_id": live.id, "entry_version": live.version, "gap_id": gaps.items[0].id}


async def _talk(world: World, account: channels.contracts.Account) -> None:
    async with world.unit() as ctx:
        entered = await channels.begin(ctx, account.id, channels.contracts.Entry())
        parts = conversations.read_parts([{"kind": "text", "text": f"{MARKER} 转人工"}])
        receipt = await channels.accept(ctx, entered.session, str(uuid4()), parts)
    async with world.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, receipt.conversation_id)
        await conversations.hand_off(ctx, turn, HandOff("asked", note=(text_part(MARKER),)))
    world.ids |= {
        "conversation_id": receipt.conversation_id, "token": entered.token,
        "message_id": receipt.message_id, "blob": "0" * 64,
        "source_id": world.ids["entry_id"], "fact_id": UUID(int=7),
    }
