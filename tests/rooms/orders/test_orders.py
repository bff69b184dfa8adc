"""What the room of orders promises at its door."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.architecture.sources import ROOT
from tests.conftest import Units, member
from xiaoer.kit.ids import TenantId
from xiaoer.kit.money import Money
from xiaoer.kit.problem import BadCursor, Forbidden, NotFound
from xiaoer.modules import orders
from xiaoer.modules.orders.contracts import (
    Item,
    NewOrder,
    OrderSearch,
    Parcel,
    Payment,
    Return,
    Status,
    TrackingEvent,
)
from xiaoer.modules.orders.errors import BadOrder
from xiaoer.ports.ctx import Assistant, Scope, Shopper
from xiaoer.ports.house import House

NOON = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)
ITEM = Item("P1-01", "栖颜 精华水", 2, Money(19900), product="P1", variant="100ml",
            options={"容量": "100ml"})  # fmt: skip
EVENT = TrackingEvent(NOON, "collected", "【和光北京仓】青鸟快运已揽收")


def order(number: str = "HG2026010400137", **more: Any) -> NewOrder:
    given: dict[str, Any] = {
        "status": Status.SHIPPED, "placed_at": NOON, "items": (ITEM,), "total": Money(39800),
        "phone": "13812345678", "recipient": "王晓梅", "address": {"text": "和光路8号"},
        "payments": (Payment("wechat", Money(39800), at=NOON),),
        "parcels": (Parcel("QN7300000037", "青鸟快运", "collected", (0,), NOON, events=(EVENT,)),),
    }  # fmt: skip
    return NewOrder(number=number, **(given | more))


async def placed(unit: Units, *news: NewOrder) -> None:
    async with unit() as ctx:
        await orders.load(ctx, news)


async def test_an_order_comes_back_as_it_was_loaded(unit: Units) -> None:
    mei = uuid4()
    back = Return("R1", "approved", "尺码不合适", Money(39800), NOON)
    new = order(customer_id=mei, returned=back, discount=Money(100), shipping=Money(800),
                extra={"source": "erp", "raw": 1.5})  # fmt: skip
    await placed(unit, new)
    async with unit() as ctx:
        (found,) = await orders.of_customer(ctx, mei)
    for name in ("number", "status", "placed_at", "items", "total", "customer_id", "payments",
                 "parcels", "returned", "discount", "shipping", "address", "extra"):  # fmt: skip
        assert getattr(found, name) == getattr(new, name), name
    assert (found.goods, found.phone_last4) == (Money(39800), "5678")


async def test_loading_again_replaces_and_never_doubles(unit: Units) -> None:
    await placed(unit, order())
    async with unit() as ctx:
        first = await orders.get(ctx, "HG2026010400137")
        loaded = await orders.load(
            ctx, [order(status=Status.DELIVERED, parcels=()), order("HG2")]
        )
        again = await orders.get(ctx, "HG2026010400137")
    assert loaded.ids[0] == first.id == again.id
    assert (loaded.created, loaded.updated) == (1, 1)
    assert (again.status, again.parcels) == (Status.DELIVERED, ())


async def test_an_older_report_changes_nothing(unit: Units) -> None:
    await placed(unit, order(status=Status.DELIVERED, updated_at=NOON + timedelta(days=2)))
    async with unit() as ctx:
        late = order(status=Status.PAID, parcels=(), updated_at=NOON)
        loaded = await orders.load(ctx, [late])
        found = await orders.get(ctx, "HG2026010400137")
    assert loaded.ids == (found.id,)
    assert (loaded.updated, found.status, len(found.parcels)) == (0, Status.DELIVERED, 1)


async def test_a_customer_keeps_the_orders_of_every_id(unit: Units) -> None:
    one, absorbed = uuid4(), uuid4()
    await placed(unit, order("A", customer_id=one),
                 order("B", customer_id=absorbed, placed_at=NOON + timedelta(days=1)),
                 order("C", customer_id=uuid4()))  # fmt: skip
    async with unit() as ctx:
        found = await orders.of_customer(ctx, one, absorbed)
        newest = await orders.of_customer(ctx, one, absorbed, limit=1)
    assert [o.number for o in found] == ["B", "A"]
    assert [o.number for o in newest] == ["B"]


async def test_order_number_and_last_digits_prove_whose_it_is(unit: Units) -> None:
    mei = uuid4()
    await placed(unit, order(customer_id=mei), order("#W1", customer_id=mei, phone="13900001111"),
                 order("NOPHONE", customer_id=mei, phone=""))  # fmt: skip
    right = [("HG2026010400137", "5678"), (" hg2026010400137 ", "５６７８"), ("w1", "1111"),
             ("#w1", "1111")]  # fmt: skip
    wrong = [("HG2026010400137", "5679"), ("HG2026010400137", ""), ("", "5678"), ("HG9", "5678"),
             ("%", "5678"), ("NOPHONE", ""), ("NOPHONE", "----"), ("HG2026010400137", "12345678"),
             ("HG2026010400137\x00", "五六七八"), ("x" * 10_000, "5678")]  # fmt: skip
    async with unit() as ctx:
        assert [await orders.prove(ctx, *one) for one in right] == [mei] * 4
        assert [await orders.prove(ctx, *one) for one in wrong] == [None] * len(wrong)


async def test_the_parcel_on_its_way_is_the_one_asked_about(unit: Units) -> None:
    mei = uuid4()
    late = TrackingEvent(NOON + timedelta(days=3), "delivered", "已签收")
    done = Parcel("BL1", "白鹭速递", "delivered", (0,), NOON, events=(late,))
    await placed(unit, order("A", customer_id=mei), order("B", customer_id=mei, parcels=(done,)))
    async with unit(Assistant()) as ctx:
        track = await orders.latest_parcel(ctx, mei)
        nothing = await orders.latest_parcel(ctx, uuid4())
    assert track is not None
    assert (track.order_number, track.parcel.number) == ("A", "QN7300000037")
    assert nothing is None


async def test_a_carriers_news_counts_once_and_late_news_turns_nothing_back(
    unit: Units,
) -> None:
    await placed(unit, order())
    arrived = TrackingEvent(NOON + timedelta(days=2), "delivered", "已签收")
    middle = TrackingEvent(NOON + timedelta(days=1), "in_transit", "到达【郑州中转站】")
    async with unit() as ctx:
        for event in (arrived, middle, arrived):
            await orders.track(ctx, "qn7300000037", event)
        parcel = (await orders.parcel(ctx, "QN7300000037")).parcel
        with pytest.raises(NotFound):
            await orders.track(ctx, "QN0", arrived)
    assert parcel.status == "delivered"
    assert parcel.delivered_at == arrived.at
    assert [e.at for e in parcel.events] == [NOON, middle.at, arrived.at]


@pytest.mark.parametrize("wrong", [
    {"number": "\x00"}, {"number": "x" * 61}, {"total": Money(-1)},
    {"items": (Item("a", "b", 0, Money(1)),)},
    {"items": (Item("a", "b", 1, Money(1, "USD")),)},
    {"parcels": (Parcel("P", items=(1,)),)},
    {"items": (ITEM,) * 501},
])  # fmt: skip
async def test_an_order_that_contradicts_itself_is_refused_with_all_its_load(
    unit: Units, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadOrder):
        await placed(unit, order("GOOD"), order(**wrong))
    async with unit() as ctx:
        assert (await orders.page(ctx, OrderSearch())).items == ()


async def test_another_tenant_has_no_such_order(house: House, unit: Units) -> None:
    mei = uuid4()
    await placed(unit, order(customer_id=mei))
    async with house.unit(member(), Scope(TenantId(uuid4()))) as ctx:
        with pytest.raises(NotFound):
            await orders.get(ctx, "HG2026010400137")
        with pytest.raises(NotFound):
            await orders.parcel(ctx, "QN7300000037")
        assert await orders.of_customer(ctx, mei) == ()
        assert await orders.prove(ctx, "HG2026010400137", "5678") is None
        assert (await orders.load(ctx, [order()])).created == 1


async def test_a_shopper_sees_only_proven_own_orders(unit: Units) -> None:
    mei = uuid4()
    await placed(unit, order(customer_id=mei), order("OTHER", customer_id=uuid4()))

    async def sees(shopper: Shopper, number: str) -> bool:
        async with unit(shopper) as ctx:
            try:
                await orders.get(ctx, number)
            except NotFound:
                return False
        return True

    proven = Shopper(uuid4(), uuid4(), mei, proven=True)
    assert await sees(proven, "HG2026010400137")
    assert not await sees(proven, "OTHER")
    assert not await sees(Shopper(uuid4(), uuid4(), mei), "HG2026010400137")
    assert not await sees(Shopper(uuid4(), uuid4()), "HG2026010400137")
    async with unit(proven) as ctx:
        with pytest.raises(NotFound):
            await orders.of_customer(ctx, uuid4(), mei)


async def test_a_member_searches_what_was_sold_within_reach(unit: Units) -> None:
    await placed(unit, *(
        order(f"N{n}", unit_path=f"/g/s{n % 2}/", placed_at=NOON + timedelta(minutes=n),
              status=Status.PAID if n else Status.CANCELLED)
        for n in range(6)
    ))  # fmt: skip
    async with unit(member(), "/g/s0/") as ctx:
        first = await orders.page(ctx, OrderSearch(limit=2))
        second = await orders.page(ctx, OrderSearch(limit=2, cursor=first.next))
        paid = await orders.page(ctx, OrderSearch(status="paid"))
        with pytest.raises(NotFound):
            await orders.get(ctx, "N1")
        with pytest.raises(BadCursor):
            await orders.page(ctx, OrderSearch(cursor="nonsense"))
    assert [o.number for o in (*first.items, *second.items)] == ["N4", "N2", "N0"]
    assert second.next is None
    assert [o.number for o in paid.items] == ["N4", "N2"]


async def test_without_the_permission_no_order_is_read(unit: Units) -> None:
    await placed(unit, order(customer_id=UUID(int=5)))
    async with unit(member(permissions=frozenset())) as ctx:
        for tried in (orders.get(ctx, "HG2026010400137"), orders.page(ctx, OrderSearch()),
                      orders.of_customer(ctx, UUID(int=5))):  # fmt: skip
            with pytest.raises(Forbidden):
                await tried


async def test_a_card_speaks_the_readers_language_and_private_data_is_masked(
    unit: Units,
) -> None:
    await placed(unit, order())
    async with unit(member()) as ctx:
        found = await orders.get(ctx, "HG2026010400137")
        shown = orders.shown(ctx, found)
    assert (shown.phone, shown.recipient) == ("138****5678", "王**")
    assert "和光路" not in str(shown.address)
    assert orders.card(found)["status_text"] == "已发货"
    card = orders.card(found, "en")
    assert card["status_text"] == "On its way"
    assert card["parcels"][0]["last_event"] == EVENT.text


def test_the_example_of_the_guide_reads_as_the_policy_needs_it() -> None:
    page = (ROOT / "docs" / "guide" / "admin.md").read_text("utf-8")
    rows = list(csv.DictReader(page.split("```csv\n")[1].split("```")[0].splitlines()))
    presale, back = (orders.read_rows([row]).order for row in rows)
    assert (presale.extra["presale"], presale.extra["ship_by"]) == (True, "2026-11-30T09:00:00+08:00")
    assert (presale.items[0].worth, presale.items[0].price) == (Money(4500), Money(5000))
    assert back.extra["freight_insurance"] == {"cover": 1200, "claimed": False}
    assert back.extra["signed_at"] == "2026-11-11T15:00:00+08:00"
    assert back.returned is not None
    assert (back.returned.parcel, back.returned.shipping_by) == ("TH7300001", "buyer")
