"""A retailer loads their own files: checked whole, written whole, resumed where cut."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import EVERYTHING, Units, member
from xiaoer.edge import imports
from xiaoer.edge.imports import ImportRefused, NoSuchKind, Outcome, Wish, run_import
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Forbidden
from xiaoer.modules import catalog, customers, orders
from xiaoer.ports.ctx import Scope
from xiaoer.ports.house import House

KEEPER = member(permissions=EVERYTHING | {"orders.manage"})
PEOPLE = "会员号,姓名,手机号,积分,类型,生日,授权\n" + "".join(
    f"M{n},客户{n},1380000{n:04d},{n},普通客户,1990/1/{n % 28 + 1},营销\n" for n in range(2500)
)


class Desk:
    """Imports as a person at the desk does."""

    def __init__(self, house: House, unit: Units) -> None:
        self.house, self.unit = house, unit

    async def put(
        self, content: str | bytes, room: str = "customers", kind: str = "", path: str = "/",
        **more: Any,
    ) -> Outcome:  # fmt: skip
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        wish = Wish(room, kind or room, **({"run": "r1"} | more))
        return await run_import(self.house, KEEPER, Scope(self.unit.tenant, path), wish, file)

    async def count(self) -> int:
        async with self.unit() as ctx:
            row = await ctx.uow.row("SELECT count(*) AS n FROM customers_customer")
        assert row is not None
        return int(row.n)


@pytest.fixture
def desk(house: House, unit: Units) -> Desk:
    return Desk(house, unit)


async def test_customers_of_a_spreadsheet_become_customers(desk: Desk, unit: Units) -> None:
    done = await desk.put(PEOPLE)
    assert (done.rows, done.created, done.wrong) == (2500, 2500, 0)
    async with unit() as ctx:
        (found,) = await customers.find(ctx, "M77")
    assert (found.name, found.phone, found.points) == ("客户77", "13800000077", 77)
    assert (found.kind, str(found.birthday), found.consents) == (
        "shopper", "1990-01-22", {"marketing"}
    )  # fmt: skip


async def test_a_second_import_of_the_same_changes_nothing(desk: Desk) -> None:
    await desk.put(PEOPLE)
    again = await desk.put(PEOPLE, run="r2")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2500)


async def test_a_dry_run_tells_and_writes_nothing(desk: Desk) -> None:
    tried = await desk.put(PEOPLE + "M9,坏,123,x,火星人,,\n", dry_run=True)
    assert (tried.rows, tried.created, tried.wrong) == (2501, 2500, 1)
    assert [(e.row, e.field) for e in tried.errors] == [(2502, "kind")]
    assert await desk.count() == 0


async def test_one_bad_row_far_down_and_nothing_stays(desk: Desk) -> None:
    for harm in ("M9,坏,abc,1,,,\n", "too,few\n", '"never closed'):
        with pytest.raises(ImportRefused) as told:
            await desk.put(PEOPLE + harm)
        assert told.value.fields["row"] == 2502
        assert "2502" in told.value.sentence("zh-CN")
        assert await desk.count() == 0


async def test_the_good_rows_go_in_when_bad_ones_may_be_left_out(desk: Desk) -> None:
    done = await desk.put(PEOPLE + "M9,坏,abc,1,,,\n", skip_errors=True)
    assert (done.created, done.wrong) == (2500, 1)


async def test_a_run_that_was_cut_goes_on_after_its_last_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = imports._put, []

    async def cut(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        await put(*given)

    monkeypatch.setattr(imports, "_put", cut)
    with pytest.raises(RuntimeError):
        await desk.put(PEOPLE)
    assert await desk.count() == imports.BATCH
    done = await desk.put(PEOPLE)
    assert (done.resumed, done.created) == (imports.BATCH, 2500 - imports.BATCH)
    assert await desk.count() == 2500


async def test_a_batch_that_fails_leaves_nothing_of_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = customers.load

    async def fails(*given: Any) -> Any:
        await load(*given)
        raise RuntimeError("lost the database")

    monkeypatch.setattr(customers, "load", fails)
    with pytest.raises(RuntimeError):
        await desk.put(PEOPLE)
    monkeypatch.undo()
    assert await desk.count() == 0
    assert (await desk.put(PEOPLE)).created == 2500


ORDERS = """订单号,会员号,下单时间,订单状态,规格编号,商品名称,数量,单价,运费,快递单号,快递公司,收货人手机
A1,M7,2026-01-04 12:00,已发货,S1,精华水,2,"¥1,199.00",8,QN1,青鸟快运,13800000007
A1,M7,2026-01-04 12:00,已发货,S2,口红,1,59.9,,QN2,青鸟快运,
A2,nobody,2026/1/5 9:05,paid,S1,精华水,1,1199,,,,
"""


async def test_orders_find_their_lines_parcels_and_buyers(desk: Desk, unit: Units) -> None:
    await desk.put(PEOPLE)
    done = await desk.put(ORDERS, "orders")
    assert (done.rows, done.created) == (3, 2)
    assert [(n.row, n.field) for n in done.notes] == [(4, "customer")]
    async with unit() as ctx:
        (mei,) = await customers.find(ctx, "M7")
        (order,) = await orders.of_customer(ctx, mei.id)
        assert await orders.prove(ctx, "A1", "0007") == mei.id
        other = await orders.get(ctx, "A2")
    assert (order.total, order.status) == (Money(239800 + 5990 + 800), "shipped")
    assert [(i.sku, i.quantity, i.price.minor) for i in order.items] == [
        ("S1", 2, 119900), ("S2", 1, 5990)
    ]  # fmt: skip
    assert [(p.number, p.items) for p in order.parcels] == [("QN1", (0,)), ("QN2", (1,))]
    assert order.placed_at.isoformat() == "2026-01-04T04:00:00+00:00"
    assert other.customer_id is None


async def test_whole_orders_nest_in_json_lines(desk: Desk, unit: Units) -> None:
    line = {"number": "B1", "placed_at": "2026-01-04T04:00:00Z", "status": "delivered",
            "items": [{"sku": "S1", "title": "水", "qty": 1, "price": 10}],
            "parcels": [{"number": "P1", "carrier": "白鹭速递", "parcel_status": "delivered",
                         "events": [{"at": "2026-01-05T00:00:00Z", "text": "已签收"}]}]}  # fmt: skip
    await desk.put(json.dumps(line), "orders")
    async with unit() as ctx:
        track = await orders.parcel(ctx, "P1")
    assert track.parcel.last_event is not None
    assert (track.parcel.last_event.text, track.order_status) == ("已签收", "delivered")


@pytest.mark.parametrize(("row", "column"), [
    ("A1,,,paid,S1,水,1,9,,,,", "placed_at"), ("A1,,yesterday,paid,S1,水,1,9,,,,", "placed_at"),
    ("A1,,2026-01-04,lost,S1,水,1,9,,,,", "status"), ("A1,,2026-01-04,,S1,水,0,9,,,,", "number"),
    ("A1,,2026-01-04,,S1,水,1,9.999,,,,", "price"), ("A1,,2026-01-04,,S1,水,1,-9,,,,", "price"),
    (",,2026-01-04,,S1,水,1,9,,,,", "number"), ("A1,,2026-13-04,,S1,水,1,9,,,,", "placed_at"),
])  # fmt: skip
async def test_a_bad_cell_is_named(desk: Desk, row: str, column: str) -> None:
    tried = await desk.put(ORDERS.splitlines()[0] + "\n" + row + "\n", "orders", dry_run=True)
    assert [(e.row, e.field) for e in tried.errors] == [(2, column)]


async def test_stores_and_products_come_from_tables(desk: Desk, unit: Units) -> None:
    stores = ("code,name,city,floor,hours,facilities,parking\n"
              "bj01,朝阳店,北京,B1 食品;1F 美妆,周一至周五 10:00-22:00；周末 9:30-22:30,"
              "母婴室 3F;ATM B1,首1小时免费\n")  # fmt: skip
    goods = ("code,sku,title,variant,price,brand,category\n"
             "P1,S1,精华水,100ml,199,qiyan,beauty\nP1,S2,精华水,200ml,329,,\n"
             ",S9,口红,,59.90,,\n")  # fmt: skip
    sale = "code,title,start,end,places,rule\nW,护肤周,2020-01-01,2099-02-01,/bj01/,满减\n"
    for kind, table in (("stores", stores), ("products", goods), ("promotions", sale)):
        await desk.put(table, "catalog", kind, run=kind)
    async with unit() as ctx:
        (store,) = await catalog.stores(ctx)
        water, lipstick = await catalog.products(ctx, "P1", "S9")
        (promotion,) = await catalog.active_promotions(ctx, "/bj01/")
    assert [(f.name, f.place) for f in store.facilities] == [("母婴室", "3F"), ("ATM", "B1")]
    assert [len(day) for day in store.hours.week] == [1] * 7
    assert store.hours.week[6] != store.hours.week[0]
    assert [v.sku for v in water.variants] == ["S1", "S2"]
    assert lipstick.price == Money(5990)
    assert promotion.code == "W"


async def test_an_importer_reaches_no_further_than_their_place(desk: Desk, unit: Units) -> None:
    rows = "会员号,组织路径\nM1,\nM2,/g/bj01/qiyan/\n"
    await desk.put(rows, path="/g/bj01/")
    async with unit() as ctx:
        homes = [(await customers.find(ctx, name))[0].unit_path for name in ("M1", "M2")]
    assert homes == ["/g/bj01/", "/g/bj01/qiyan/"]
    with pytest.raises(ImportRefused) as told:
        await desk.put(rows + "M3,/g/sh01/\n", path="/g/bj01/", run="r2")
    assert told.value.fields["row"] == 4


async def test_an_identity_of_somebody_else_is_noted_and_left_there(desk: Desk) -> None:
    done = await desk.put("会员号,手机号\nM1,13800000001\nM2,13800000001\n")
    assert (done.created, [n.row for n in done.notes]) == (2, [3])
    assert "138****0001" in done.notes[0].message


async def test_only_who_may_imports_and_only_what_there_is(
    desk: Desk, house: House, unit: Units
) -> None:
    with pytest.raises(NoSuchKind):
        await desk.put(PEOPLE, "catalog", "planets")
    reader = member(permissions=frozenset({"customers.read"}))
    wish = Wish("customers", "customers", "r")
    with pytest.raises(Forbidden):
        await run_import(house, reader, Scope(unit.tenant), wish, io.BytesIO(PEOPLE.encode()))
    assert await desk.count() == 0


async def test_two_runs_of_the_same_file_at_once_write_it_once(desk: Desk) -> None:
    import asyncio

    done = await asyncio.gather(*(desk.put(PEOPLE, run=f"r{n}") for n in range(3)))
    assert sum(one.created for one in done) == 2500
    assert await desk.count() == 2500
    assert isinstance(desk.unit.tenant, UUID)
