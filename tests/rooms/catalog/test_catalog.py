"""What the room of the catalogue promises at its door."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.kit.ids import TenantId
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Forbidden, NotFound
from xiaoer.modules import catalog
from xiaoer.modules.catalog.contracts import (
    Brand,
    Catalogue,
    Counter,
    Facility,
    Floor,
    Holiday,
    Hours,
    Loaded,
    NewProduct,
    NewPromotion,
    NewStore,
    Parking,
    ProductSearch,
    Span,
    Variant,
)
from xiaoer.modules.catalog.errors import BadCatalogue
from xiaoer.ports.ctx import Assistant, Scope
from xiaoer.ports.house import House

DAY = Span(time(10), time(22))
LATE = Span(time(10), time(0))
HOURS = Hours(
    week=((DAY,), (DAY,), (DAY,), (DAY,), (LATE,), (Span(time(9, 30), time(12)), DAY), ()),
    holidays=(Holiday(date(2027, 2, 5), (Span(time(10), time(18)),), "除夕"),
              Holiday(date(2027, 2, 6), (), "初一")),
)  # fmt: skip


def shanghai(*moment: int) -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(("now", "is_open", "until", "next_at"), [
    (shanghai(2026, 11, 23, 10, 0), True, shanghai(2026, 11, 23, 22, 0), None),
    (shanghai(2026, 11, 23, 9, 59), False, None, shanghai(2026, 11, 23, 10, 0)),
    (shanghai(2026, 11, 23, 22, 0), False, None, shanghai(2026, 11, 24, 10, 0)),
    (shanghai(2026, 11, 27, 23, 59), True, shanghai(2026, 11, 28, 0, 0), None),
    (shanghai(2026, 11, 28, 11, 0), True, shanghai(2026, 11, 28, 22, 0), None),
    (shanghai(2026, 11, 29, 12, 0), False, None, shanghai(2026, 11, 30, 10, 0)),
    (shanghai(2027, 2, 5, 19, 0), False, None, shanghai(2027, 2, 8, 10, 0)),
])  # fmt: skip
def test_a_place_is_open_by_weekday_holiday_and_zone(
    now: datetime, is_open: bool, until: datetime | None, next_at: datetime | None
) -> None:
    # 2027-02-06 is a holiday without hours, 2027-02-07 a Sunday.
    opening = catalog.open_now(HOURS, now)
    assert (opening.open, opening.until, opening.next_at) == (is_open, until, next_at)


def test_a_place_without_hours_is_never_open_and_one_that_never_closes_always() -> None:
    assert catalog.open_now(Hours(), shanghai(2026, 1, 1, 12, 0)).next_at is None
    always = Hours(week=((Span(time(0), time(0)),),) * 7)
    for hour in (0, 12, 23):
        assert catalog.open_now(always, shanghai(2026, 1, 1, hour, 0)).open


def shop(code: str, path: str, **more: Any) -> NewStore:
    return NewStore(code, path, **({"hours": HOURS} | more))


BJ = shop("bj01", "/g/dept/bj01/", name="和光百货北京朝阳店", short="朝阳店", city="北京",
          district="朝阳区", en="Heguang Department Store, Beijing Chaoyang",
          floors=(Floor("B1", "食品"), Floor("6F", "餐饮")), phone="010-0000-0101",
          facilities=(Facility("母婴室", "3F、5F"),), map_x=40, map_y=60,
          parking=Parking(text="首1小时免费", day_cap=Money(8000), spaces=620),
          hours_text="每天 10:00–22:00")  # fmt: skip
BJ2 = shop("bj02", "/g/dept/bj02/", name="和光百货北京中关村店", short="中关村店", city="北京")
SH = shop("sh02", "/g/mall/sh02/", name="上海浦东和光里", short="浦东和光里", city="上海",
          district="浦东新区")  # fmt: skip
WATER = NewProduct(
    "P100001", "栖颜 山茶系列 精华水", (
        Variant("P100001-01", "100ml", {"容量": "100ml"}, Money(19900)),
        Variant("P100001-02", "200ml", {"容量": "200ml"}, Money(32900), available=False),
    ), brand="qiyan", category="beauty", line_name="精华水", facts={"肤质": "干皮"},
)  # fmt: skip
MILK = NewProduct("P100002", "牧幼 2段 奶粉", (Variant("M2", "900g", {}, Money(26900)),),
                  brand="muyou", category="baby")  # fmt: skip
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def sale(code: str, *places: str, **more: Any) -> NewPromotion:
    given = {"starts_at": NOW - timedelta(days=1), "ends_at": NOW + timedelta(days=1)} | more
    return NewPromotion(code, code, places=places, **given)


async def stocked(unit: Units, **parts: Any) -> Loaded:
    async with unit() as ctx:
        return await catalog.load(ctx, Catalogue(**parts))


async def test_a_store_is_read_as_it_was_written(unit: Units) -> None:
    await stocked(unit, stores=(BJ, SH))
    async with unit(Assistant()) as ctx:
        found = await catalog.store(ctx, "/g/dept/bj01/qiyan/")
        nowhere = await catalog.store(ctx, "/g/dept/")
    assert found is not None
    assert {f: getattr(found, f) for f in NewStore.__slots__} == {
        f: getattr(BJ, f) for f in NewStore.__slots__
    }
    assert nowhere is None
    card = catalog.store_card(found, shanghai(2026, 11, 23, 12, 0), "en")
    assert (card["name"], card["hours"], card["facilities"]) == (
        BJ.en, "10:00–22:00", ["母婴室 3F、5F"]
    )  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), [
    ("朝阳店几点关门", ["bj01"]), ("朝阳几点关门", ["bj01"]), ("BJ01", ["bj01"]),
    ("北京的店在哪", ["bj01", "bj02"]), ("浦东和光里停车", ["sh02"]), ("浦东有母婴室吗", ["sh02"]),
    ("heguang department store, beijing chaoyang hours", ["bj01"]), ("几点关门", []),
    ("", []), ("广州店", []), ("上海和北京朝阳店", ["bj01"]),
])  # fmt: skip
async def test_people_name_stores_as_they_speak(
    unit: Units, text: str, codes: list[str]
) -> None:
    await stocked(unit, stores=(BJ, BJ2, SH))
    async with unit() as ctx:
        assert [s.code for s in await catalog.find_stores(ctx, text)] == codes
        one = await catalog.find_store(ctx, text)
    assert (one.code if one else None) == (codes[0] if len(codes) == 1 else None)


async def test_loading_again_replaces_and_never_doubles(unit: Units) -> None:
    brand = Brand("qiyan", "栖颜", "Qiyan", "beauty", 3)
    spot = Counter("qiyan", "bj01", "/g/dept/bj01/qiyan/", "1F", "1F-A01")
    for _ in range(2):
        await stocked(unit, stores=(BJ,), brands=(brand,), counters=(spot,),
                      products=(WATER, MILK), promotions=(sale("week", "/g/"),))  # fmt: skip
    cheaper = NewProduct("P100001", "栖颜 精华水", (Variant("P100001-02", "200ml", {}, Money(1)),))
    done = await stocked(unit, products=(cheaper,))
    assert (done.products, done.stores) == (1, 0)
    async with unit() as ctx:
        assert await catalog.brands(ctx) == (brand,)
        assert await catalog.counters(ctx, store="bj01") == (spot,)
        assert await catalog.counters(ctx, brand="baiyu") == ()
        assert len(await catalog.stores(ctx)) == 1
        water = await catalog.product(ctx, "P100001")
        with pytest.raises(NotFound):
            await catalog.product(ctx, "P100001-01")
        every = await catalog.page(ctx, ProductSearch())
    assert [v.sku for v in water.variants] == ["P100001-02"]
    assert water.price == Money(1)
    assert [p.code for p in every.items] == ["P100001", "P100002"]


async def test_products_are_found_by_words_code_and_sku(unit: Units) -> None:
    await stocked(unit, products=(WATER, MILK))
    async with unit() as ctx:
        for text in ("精华水", "栖颜 精华", "有没有适合干皮的精华水", "P100001"):
            assert [p.code for p in await catalog.find_products(ctx, text)] == ["P100001"], text
        for text in ("", "   ", "%", "手机", "' | '", "\x00"):
            assert await catalog.find_products(ctx, text) == (), text
        assert (await catalog.product(ctx, "M2")).code == "P100002"
        water = await catalog.product(ctx, "P100001")
        asked = await catalog.products(ctx, "P100002", "nope", "P100001", "P100002")
    assert water.variants == WATER.variants
    assert water.price == Money(19900)
    assert [p.code for p in asked] == ["P100002", "P100001"]


async def test_a_list_of_products_is_narrowed_and_paged(unit: Units) -> None:
    many = tuple(NewProduct(f"C{n}", f"唇膏 {n}", (Variant(f"S{n}", "", {}, Money(n * 100)),),
                            category="beauty") for n in range(5))  # fmt: skip
    await stocked(unit, products=(*many, MILK))
    async with unit() as ctx:
        first = await catalog.page(ctx, ProductSearch(category="beauty", limit=3))
        second = await catalog.page(
            ctx, ProductSearch(category="beauty", limit=3, cursor=first.next)
        )
        dear = await catalog.page(ctx, ProductSearch(text="唇膏", price_from=300, price_to=400))
    assert [p.code for p in (*first.items, *second.items)] == ["C0", "C1", "C2", "C3", "C4"]
    assert second.next is None
    assert [p.code for p in dear.items] == ["C3", "C4"]


async def test_what_is_on_depends_on_the_day_and_the_place(unit: Units) -> None:
    await stocked(unit, promotions=(
        sale("all", "/"), sale("dept", "/g/dept/"), sale("sh", "/g/mall/sh02/"),
        sale("over", "/", starts_at=NOW - timedelta(days=9), ends_at=NOW),
        sale("soon", "/", starts_at=NOW + timedelta(hours=1)),
        sale("baby", "/g/dept/", categories=("baby",)),
    ))  # fmt: skip

    async def on(path: str, category: str = "") -> set[str]:
        async with unit() as ctx:
            found = await catalog.active_promotions(ctx, path, NOW, category)
            return {p.code for p in found}

    assert await on("/g/dept/bj01/") == {"all", "dept", "baby"}
    assert await on("/g/mall/") == {"all", "sh"}
    assert await on("/g/dept/bj01/", "beauty") == {"all", "dept"}


@pytest.mark.parametrize("wrong", [
    {"products": (NewProduct("", "x", ()),)}, {"products": (NewProduct("a b\n", "x", ()),)},
    {"products": (NewProduct("P", "\x00", ()),)},
    {"products": (NewProduct("P", "x", (Variant("S", "", {}, Money(-1)),)),)},
    {"products": (WATER, NewProduct("P", "x", WATER.variants))},
    {"promotions": (sale("p", "/", ends_at=NOW - timedelta(days=2)),)},
    {"stores": (shop("s", "g/dept", name="x"),)},
    {"stores": (shop("s", "/g/", name="x", hours=Hours(zone="Mars/Olympus")),)},
])  # fmt: skip
async def test_a_wrong_thing_is_refused_with_all_its_load(
    unit: Units, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadCatalogue):
        await stocked(unit, brands=(Brand("b", "B"),), **wrong)
    async with unit() as ctx:
        assert await catalog.brands(ctx) == ()


async def test_another_tenant_sells_nothing_of_it(house: House, unit: Units) -> None:
    await stocked(unit, stores=(BJ,), products=(WATER,), promotions=(sale("all", "/"),),
                  brands=(Brand("b", "B"),))  # fmt: skip
    async with house.unit(member(), Scope(TenantId(uuid4()))) as ctx:
        assert await catalog.stores(ctx) == ()
        assert await catalog.store(ctx, "/g/dept/bj01/") is None
        assert await catalog.find_products(ctx, "精华水") == ()
        assert await catalog.active_promotions(ctx, "/", NOW) == ()
        assert await catalog.brands(ctx) == ()
        with pytest.raises(NotFound):
            await catalog.product(ctx, "P100001")


async def test_only_who_keeps_the_catalogue_changes_it(unit: Units) -> None:
    async with unit(member(permissions=frozenset({"catalog.read"}))) as ctx:
        with pytest.raises(Forbidden):
            await catalog.load(ctx, Catalogue(brands=(Brand("b", "B"),)))
