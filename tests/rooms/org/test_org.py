"""What the organisation promises at its door."""

from __future__ import annotations

import asyncio
import importlib.util
from uuid import uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId, UnitId
from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules import org
from xiaoer.modules.org import contracts
from xiaoer.modules.org.contracts import (
    MemberChange,
    NewMember,
    OrgUnit,
    Refused,
    Role,
    SignedIn,
    SkillGroup,
    SkillGroupId,
    UnitKind,
)
from xiaoer.modules.org.errors import LastAdministrator, LoginTaken, WeakPassword
from xiaoer.modules.org.rules import FREE_TRIES, check_path, permissions_of, wait_after
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

PASSWORD = "very-long-secret"


@pytest.fixture(scope="session")
async def hashed() -> str:
    return await org.hash_password(PASSWORD)


def person(login: str, hashed: str, *roles: Role, path: str = "/") -> NewMember:
    return NewMember(login, "林小满", frozenset(roles or {Role.AGENT}), path, (), hashed)


async def sign_in(ctx: Ctx, login: str, password: str, days: int) -> SignedIn | Refused:
    """As the route does it, in one unit."""
    claim = await org.claim(ctx, login)
    if isinstance(claim, Refused):
        return claim
    return await org.sign_in(ctx, await org.prove(claim, password), days)


def test_a_password_costs_who_tries_them_all_64_mebibytes_and_three_passes_each() -> None:
    """The product's own hasher, from a module that no test has made quick."""
    spec = importlib.util.find_spec("xiaoer.modules.org.rules")
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    assert fresh.hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_only_the_right_password_opens_a_session(unit: Units, hashed: str) -> None:
    async with unit() as ctx:
        await org.add_members(ctx, [person("lin", hashed)])
    async with unit() as ctx:
        assert isinstance(await sign_in(ctx, "lin", "wrong", 1), Refused)
        assert isinstance(await sign_in(ctx, "nobody", PASSWORD, 1), Refused)
        opened = await sign_in(ctx, " LIN ", PASSWORD, 1)
        assert isinstance(opened, SignedIn)
        session = await org.session(ctx, opened.token.partition(".")[2])
        assert session is not None
        assert session.member.login == "lin"
        assert await org.session(ctx, "made-up") is None


async def test_repeated_failures_hold_sign_in_back_even_for_the_right_password(
    unit: Units, hashed: str, clock: FakeClock
) -> None:
    async with unit() as ctx:
        await org.add_members(ctx, [person("lin", hashed)])
        for _ in range(FREE_TRIES):
            await sign_in(ctx, "lin", "wrong", 1)
        refused = await sign_in(ctx, "lin", PASSWORD, 1)
        assert isinstance(refused, Refused)
        assert refused.retry_after_s > 0
    clock.advance(refused.retry_after_s)
    async with unit() as ctx:
        assert isinstance(await sign_in(ctx, "lin", PASSWORD, 1), SignedIn)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 1), (8, 8), (40, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures).total_seconds() == seconds


async def test_signing_out_everywhere_ends_every_session(unit: Units, hashed: str) -> None:
    async with unit() as ctx:
        [member_id] = await org.add_members(ctx, [person("lin", hashed)])
        opened = [await sign_in(ctx, "lin", PASSWORD, 1) for _ in range(2)]
    async with unit(member(member_id=member_id)) as ctx:
        await org.sign_out_everywhere(ctx)
        for one in opened:
            assert isinstance(one, SignedIn)
            assert await org.session(ctx, one.token.partition(".")[2]) is None


async def test_a_session_expires(unit: Units, hashed: str, clock: FakeClock) -> None:
    async with unit() as ctx:
        await org.add_members(ctx, [person("lin", hashed)])
        opened = await sign_in(ctx, "lin", PASSWORD, 1)
        assert isinstance(opened, SignedIn)
    clock.advance(hours=25)
    async with unit() as ctx:
        assert await org.session(ctx, opened.token.partition(".")[2]) is None


async def test_a_switched_off_member_is_signed_out_and_stays_out(unit: Units, hashed: str) -> None:
    async with unit() as ctx:
        [member_id] = await org.add_members(ctx, [person("lin", hashed)])
        opened = await sign_in(ctx, "lin", PASSWORD, 1)
        assert isinstance(opened, SignedIn)
        before = await org.member(ctx, member_id)
        await org.change_member(ctx, member_id, before.version, MemberChange(active=False))
        assert await org.session(ctx, opened.token.partition(".")[2]) is None
        assert isinstance(await sign_in(ctx, "lin", PASSWORD, 1), Refused)


async def test_the_last_administrator_stays_one(unit: Units, hashed: str) -> None:
    async with unit() as ctx:
        [boss] = await org.add_members(ctx, [person("boss", hashed, Role.ADMINISTRATOR)])
        with pytest.raises(LastAdministrator):
            await org.change_member(ctx, boss, 1, MemberChange(active=False))
        with pytest.raises(LastAdministrator):
            await org.change_member(ctx, boss, 1, MemberChange(roles=frozenset({Role.AGENT})))


async def test_changes_on_an_old_view_are_refused(unit: Units, hashed: str) -> None:
    async with unit() as ctx:
        [member_id] = await org.add_members(ctx, [person("lin", hashed)])
        await org.change_member(ctx, member_id, 1, MemberChange(name="林大满"))
        with pytest.raises(Stale):
            await org.change_member(ctx, member_id, 1, MemberChange(name="林中满"))


async def test_logins_are_unique_in_a_group_and_free_in_another(
    unit: Units, house: House, hashed: str
) -> None:
    async with unit() as ctx:
        await org.add_members(ctx, [person("lin", hashed)])
    with pytest.raises(LoginTaken):
        async with unit() as ctx:
            await org.add_members(ctx, [person("LIN", hashed)])
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        assert await org.add_members(ctx, [person("lin", hashed)])


async def test_people_are_placed_only_below_ones_own_place(unit: Units, hashed: str) -> None:
    async with unit(member(), "/dept/") as ctx:
        await org.add_members(ctx, [person("a", hashed + "", path="/dept/bj01/")][:0])
        with pytest.raises(NotFound):
            await org.add_members(ctx, [person("ab", hashed, path="/mall/")])
    async with unit() as ctx:
        [elsewhere] = await org.add_members(ctx, [person("cd", hashed, path="/mall/")])
    async with unit(member(), "/dept/") as ctx:
        with pytest.raises(NotFound):
            await org.member(ctx, elsewhere)


async def test_without_the_permission_nobody_is_added(unit: Units, hashed: str) -> None:
    async with unit(member(permissions=permissions_of({Role.AGENT}))) as ctx:
        with pytest.raises(Forbidden):
            await org.add_members(ctx, [person("ef", hashed)])


async def test_a_short_password_is_refused() -> None:
    with pytest.raises(WeakPassword):
        await org.hash_password("short")


@pytest.mark.parametrize("path", ["", "dept/", "/dept", "/../", "/a b/", "//"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(Invalid):
        check_path(path)


async def test_the_tree_shows_ones_part_and_what_leads_to_it(unit: Units) -> None:
    places = [
        ("/", UnitKind.GROUP),
        ("/dept/", UnitKind.FORMAT),
        ("/dept/bj01/", UnitKind.STORE),
        ("/mall/", UnitKind.FORMAT),
    ]
    async with unit() as ctx:
        await org.put_units(
            ctx, [OrgUnit(UnitId(ctx.new_id()), path, kind, path) for path, kind in places]
        )
    async with unit(member(), "/dept/bj01/") as ctx:
        assert [u.path for u in await org.units(ctx)] == ["/", "/dept/", "/dept/bj01/"]


async def test_skill_groups_hold_exactly_the_members_they_are_given(
    unit: Units, hashed: str
) -> None:
    async with unit() as ctx:
        a, b = await org.add_members(ctx, [person("aa", hashed), person("bb", hashed)])
        group = SkillGroup(SkillGroupId(ctx.new_id()), "after", "售后", "After-sales", (a, b))
        await org.put_skill_group(ctx, group)
        await org.put_skill_group(
            ctx, contracts.SkillGroup(group.id, "after", "售后组", "After-sales", (b,))
        )
        assert [g.name for g in await org.skill_groups(ctx, b)] == ["售后组"]
        assert await org.skill_groups(ctx, a) == []


async def test_the_only_group_needs_no_name_to_sign_in(house: House) -> None:
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        tenant = contracts.Tenant(ctx.scope.tenant, f"g{ctx.scope.tenant.hex[:8]}", "和光", False)
        assert await org.found(ctx, tenant)
        assert not await org.found(ctx, tenant)
        assert await org.find_tenant(ctx, tenant.slug) == tenant
        await asyncio.sleep(0)
