"""What the room of customers promises at its door."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.modules import customers
from xiaoer.modules.customers.contracts import (
    Customer,
    Identity,
    IdentityKind,
    Kind,
    Newcomer,
    Purpose,
    Search,
)
from xiaoer.modules.customers.errors import (
    BadIdentity,
    IdentityTaken,
    MergeSettled,
    NoIdentity,
    TwoKnownCustomers,
)
from xiaoer.ports.ctx import Scope, Shopper, System
from xiaoer.ports.house import House


def phone(value: str) -> Identity:
    return Identity(IdentityKind.PHONE, value)


def member_no(value: str) -> Identity:
    return Identity(IdentityKind.MEMBER_NO, value)


def visitor(value: str) -> Identity:
    return Identity(IdentityKind.VISITOR, value)


async def joined(unit: Units, *identities: Identity, **more: object) -> Customer:
    async with unit() as ctx:
        loaded = await customers.load(ctx, [Newcomer(identities, **more)])  # type: ignore[arg-type]
        return await customers.get(ctx, loaded.ids[0])


async def test_fifty_sightings_at_once_make_one_customer(unit: Units) -> None:
    async def seen() -> Customer | None:
        async with unit() as ctx:
            return await customers.identify(
                ctx, phone("138 1234 5678"), Newcomer((visitor("v-1"),), name="王晓梅")
            )

    found = await asyncio.gather(*(seen() for _ in range(50)))
    assert len({one.id for one in found if one}) == 1
    async with unit() as ctx:
        assert len(await customers.find(ctx, "5678")) == 1


async def test_a_stranger_is_nobody(unit: Units) -> None:
    async with unit() as ctx:
        assert await customers.identify(ctx, phone("13800000000")) is None


async def test_one_person_comes_under_many_names(unit: Units) -> None:
    mei = await joined(unit, member_no("m0001"), phone("+86 138-1234-5678"), name="王晓梅")
    async with unit() as ctx:
        await customers.link(ctx, mei.id, visitor("browser-7"))
        for name in (member_no("M0001"), phone("13812345678"), visitor("browser-7")):
            found = await customers.identify(ctx, name)
            assert found is not None
            assert found.id == mei.id


async def test_a_load_completes_whom_it_knows_and_forgets_nothing(unit: Units) -> None:
    mei = await joined(unit, phone("13812345678"), name="王晓梅", city="北京", level="gold")
    async with unit() as ctx:
        loaded = await customers.load(ctx, [
            Newcomer((phone("13812345678"), member_no("M1")), points=1200),
            Newcomer((member_no("M2"),), name="李雷", kind=Kind.VIP),
        ])  # fmt: skip
        again = await customers.get(ctx, mei.id)
    assert loaded.ids[0] == mei.id
    assert (loaded.created, loaded.updated, loaded.conflicts) == (1, 1, ())
    assert (again.name, again.level, again.points, again.member_no) == (
        "王晓梅", "gold", 1200, "M1"
    )  # fmt: skip


async def test_a_load_that_says_nothing_new_changes_nothing(unit: Units) -> None:
    mei = await joined(unit, phone("13812345678"), name="王晓梅")
    async with unit() as ctx:
        loaded = await customers.load(ctx, [Newcomer((phone("13812345678"),), name="王晓梅")])
        assert loaded.updated == 0
        assert (await customers.get(ctx, mei.id)).version == mei.version


async def test_three_rows_about_one_customer_all_count(unit: Units) -> None:
    async with unit() as ctx:
        loaded = await customers.load(ctx, [
            Newcomer((member_no("M1"),), name="王晓梅"),
            Newcomer((member_no("M1"),), city="北京"),
            Newcomer((member_no("M1"), phone("13812345678")), points=7),
        ])  # fmt: skip
        mei = await customers.get(ctx, loaded.ids[0])
    assert len(set(loaded.ids)) == 1
    assert (mei.name, mei.city, mei.points, mei.phone) == ("王晓梅", "北京", 7, "13812345678")


async def test_a_shared_phone_never_melts_two_members_into_one(unit: Units) -> None:
    async with unit() as ctx:
        loaded = await customers.load(ctx, [
            Newcomer((member_no("M1"), phone("13812345678")), name="母亲"),
            Newcomer((member_no("M2"), phone("13812345678")), name="女儿"),
        ])  # fmt: skip
        daughter = await customers.get(ctx, loaded.ids[1])
    assert loaded.ids[0] != loaded.ids[1]
    assert [(c.place, c.identity) for c in loaded.conflicts] == [(1, phone("13812345678"))]
    assert daughter.phone == "13812345678"


@pytest.mark.parametrize(
    "value", ["", "abc", "123", "1" * 400, "13812345678; drop", "\x00", "‮13812345678x"]
)
async def test_what_is_no_phone_is_refused_and_leaves_nothing(unit: Units, value: str) -> None:
    with pytest.raises(BadIdentity):
        await joined(unit, member_no("M1"), phone(value))
    async with unit() as ctx:
        assert await customers.identify(ctx, member_no("M1")) is None


async def test_someone_who_could_never_be_found_again_is_refused(unit: Units) -> None:
    with pytest.raises(NoIdentity):
        await joined(unit, name="无名")


async def test_a_name_in_script_stays_a_name(unit: Units) -> None:
    bad = await joined(unit, member_no("M1"), name="<script>alert(1)</script>‮\x00😀")
    assert bad.name == "<script>alert(1)</script>😀"


async def test_people_are_found_as_the_desk_types(unit: Units) -> None:
    mei = await joined(unit, member_no("8600000001"), phone("13812345678"), name="王晓梅")
    await joined(unit, member_no("8600000002"), phone("13912340000"), name="李雷")
    async with unit(member()) as ctx:
        for text in ("王晓梅", "晓梅", "5678", "12345678", "138 1234 5678", "8600000001"):
            assert [one.id for one in await customers.find(ctx, text)] == [mei.id], text
        for text in ("", " ", "%", "张三", "9999", "' or 1=1"):
            assert await customers.find(ctx, text) == (), text


async def test_a_merge_can_be_undone_to_the_letter(unit: Units) -> None:
    known = await joined(unit, member_no("M1"), name="王晓梅")
    late = await joined(unit, phone("13812345678"), visitor("v-2"), name="小梅", city="上海")
    async with unit() as ctx:
        merge = await customers.merge(ctx, known.id, late.id, "同一部手机")
    async with unit() as ctx:
        one = await customers.get(ctx, late.id)
        assert (one.id, one.every_id) == (known.id, (known.id, late.id))
        assert (one.name, one.phone, one.phone_last4, one.city) == (
            "王晓梅", "13812345678", "5678", "上海"
        )  # fmt: skip
        found = await customers.identify(ctx, visitor("v-2"))
        assert found is not None
        assert found.id == known.id
        assert await customers.find(ctx, "小梅") == ()
        await customers.undo_merge(ctx, merge.id)
    async with unit() as ctx:
        first, second = [await customers.get(ctx, one.id) for one in (known, late)]
        again = await customers.identify(ctx, phone("13812345678"))
    assert again is not None
    assert again.id == late.id
    unlike = {"version", "updated_at"}
    for before, after in ((known, first), (late, second)):
        for name in Customer.__slots__:
            if name not in unlike:
                assert getattr(before, name) == getattr(after, name), name


async def test_what_was_corrected_after_a_merge_survives_its_undo(unit: Units) -> None:
    known = await joined(unit, member_no("M1"), name="王晓梅")
    late = await joined(unit, visitor("v-2"), city="上海")
    async with unit() as ctx:
        merge = await customers.merge(ctx, known.id, late.id)
        now = await customers.get(ctx, known.id)
        await customers.change(ctx, known.id, now.version, {"city": "广州"})
        await customers.undo_merge(ctx, merge.id)
        assert (await customers.get(ctx, known.id)).city == "广州"


async def test_two_different_known_ids_are_never_merged(unit: Units) -> None:
    one = await joined(unit, member_no("M1"))
    other = await joined(unit, member_no("M2"))
    async with unit() as ctx:
        with pytest.raises(TwoKnownCustomers):
            await customers.merge(ctx, one.id, other.id)
        with pytest.raises(TwoKnownCustomers):
            await customers.link(ctx, one.id, member_no("M3"))


async def test_a_merge_is_undone_once_and_not_under_a_later_one(unit: Units) -> None:
    first = await joined(unit, visitor("a"))
    second = await joined(unit, visitor("b"))
    third = await joined(unit, visitor("c"))
    async with unit() as ctx:
        inner = await customers.merge(ctx, second.id, third.id)
        outer = await customers.merge(ctx, first.id, second.id)
        assert (await customers.get(ctx, third.id)).id == first.id
        with pytest.raises(MergeSettled):
            await customers.undo_merge(ctx, inner.id)
        await customers.undo_merge(ctx, outer.id)
        with pytest.raises(MergeSettled):
            await customers.undo_merge(ctx, outer.id)
        assert (await customers.get(ctx, third.id)).id == second.id
        await customers.undo_merge(ctx, inner.id)
        assert (await customers.get(ctx, third.id)).id == third.id


async def test_merging_both_ways_at_once_merges_once(unit: Units) -> None:
    one, other = await joined(unit, visitor("a")), await joined(unit, visitor("b"))

    async def merged(keep: Customer, absorb: Customer) -> bool:
        try:
            async with unit() as ctx:
                await customers.merge(ctx, keep.id, absorb.id)
        except NotFound:
            return False
        return True

    tried = await asyncio.gather(merged(one, other), merged(other, one))
    assert sorted(tried) == [False, True]


async def test_nobody_merges_with_themselves(unit: Units) -> None:
    one = await joined(unit, visitor("a"))
    async with unit() as ctx:
        with pytest.raises(NotFound):
            await customers.merge(ctx, one.id, one.id)


async def test_an_identity_of_another_is_not_given_away(unit: Units) -> None:
    one, _ = await joined(unit, visitor("a")), await joined(unit, phone("13812345678"))
    async with unit() as ctx:
        with pytest.raises(IdentityTaken):
            await customers.link(ctx, one.id, phone("13812345678"))


async def test_a_stale_correction_is_refused(unit: Units) -> None:
    mei = await joined(unit, member_no("M1"), name="王晓梅")
    async with unit(member()) as ctx:
        changed = await customers.change(ctx, mei.id, mei.version, {"name": "王小梅"})
        assert [one.id for one in await customers.find(ctx, "小梅")] == [mei.id]
        with pytest.raises(Stale):
            await customers.change(ctx, mei.id, mei.version, {"points": 5})
    assert changed.version == mei.version + 1


async def test_a_yes_and_a_no_are_both_remembered(unit: Units) -> None:
    mei = await joined(unit, member_no("M1"), consents=frozenset({"marketing"}))
    async with unit() as ctx:
        await customers.consent(ctx, mei.id, Purpose.MEMORY, True, "widget")
        await customers.consent(ctx, mei.id, Purpose.MARKETING, False, "desk")
        await customers.consent(ctx, mei.id, Purpose.MARKETING, False, "desk")
        now = await customers.get(ctx, mei.id)
        said = await customers.consents(ctx, mei.id)
    assert now.consents == {"memory"}
    assert [(line.purpose, line.granted) for line in said] == [
        ("marketing", False), ("marketing", False), ("memory", True), ("marketing", True),
    ]  # fmt: skip


async def test_another_tenant_sees_nobody(house: House, unit: Units) -> None:
    mei = await joined(unit, member_no("M1"), phone("13812345678"), name="王晓梅")
    other = Scope(TenantId(uuid4()))
    async with house.unit(member(), other) as ctx:
        with pytest.raises(NotFound):
            await customers.get(ctx, mei.id)
        assert await customers.find(ctx, "王晓梅") == ()
        assert await customers.identify(ctx, member_no("M1")) is None
        assert (await customers.page(ctx, Search())).items == ()
        with pytest.raises(NotFound):
            await customers.merge(ctx, mei.id, mei.id)
    async with house.unit(System("t"), other) as ctx:
        assert (await customers.load(ctx, [Newcomer((member_no("M1"),))])).created == 1


async def test_a_shopper_sees_only_a_proven_self(unit: Units) -> None:
    mei = await joined(unit, member_no("M1"))
    for shopper, sees in (
        (Shopper(uuid4(), uuid4(), mei.id, proven=True), True),
        (Shopper(uuid4(), uuid4(), mei.id, proven=False), False),
        (Shopper(uuid4(), uuid4(), uuid4(), proven=True), False),
    ):
        async with unit(shopper) as ctx:
            if sees:
                assert (await customers.get(ctx, mei.id)).id == mei.id
            else:
                with pytest.raises(NotFound):
                    await customers.get(ctx, mei.id)


async def test_without_the_permission_there_is_no_reading_and_no_merging(unit: Units) -> None:
    mei = await joined(unit, member_no("M1"))
    async with unit(member(permissions=frozenset())) as ctx:
        for tried in (customers.get(ctx, mei.id), customers.find(ctx, "M1"),
                      customers.merge(ctx, mei.id, mei.id),
                      customers.change(ctx, mei.id, 1, {"name": "x"})):  # fmt: skip
            with pytest.raises(Forbidden):
                await tried


async def test_private_data_is_masked_unless_allowed(unit: Units) -> None:
    mei = await joined(unit, phone("13812345678"), Identity(IdentityKind.EMAIL, "Mei@Example.com"))
    async with unit(member()) as ctx:
        shown = customers.shown(ctx, await customers.get(ctx, mei.id))
        assert (shown.phone, shown.email) == ("138****5678", "m***@example.com")
    private = frozenset({"customers.read", "customers.read_private"})
    async with unit(member(permissions=private)) as ctx:
        assert customers.shown(ctx, await customers.get(ctx, mei.id)).phone == "13812345678"


async def test_a_list_shows_whose_home_is_within_reach_page_by_page(unit: Units) -> None:
    async with unit() as ctx:
        await customers.load(ctx, [
            Newcomer((member_no(f"M{n}"),), unit_path=f"/g/s{n % 2}/") for n in range(5)
        ])  # fmt: skip
    async with unit(member(), "/g/s0/") as ctx:
        first = await customers.page(ctx, Search(limit=2))
        second = await customers.page(ctx, Search(limit=2, cursor=first.next))
    names = [one.member_no for one in (*first.items, *second.items)]
    assert sorted(names) == ["M0", "M2", "M4"]
    assert second.next is None
