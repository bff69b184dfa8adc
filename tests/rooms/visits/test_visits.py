"""What the room of visits promises at its door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.modules import visits
from xiaoer.modules.visits.contracts import Count, Happening, Kept, Look, Looker, Window
from xiaoer.ports.ctx import Scope
from xiaoer.ports.house import House

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605.1"
NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
TODAY = date(2026, 1, 5)
VIEW = Look(Happening.PAGE_VIEW, "https://shop.example/p/1?token=SECRET#x", "product:P1")


@pytest.fixture(autouse=True)
def noon(clock: FakeClock) -> None:
    clock.set(NOON)


def looker(number: int = 1, **more: Any) -> Looker:
    given: dict[str, Any] = {"user_agent": BROWSER, "consent": True, "unit_path": "/g/s1/"}
    return Looker(UUID(int=number), UUID(int=9), **(given | more))


async def looked(unit: Units, who: Looker, *looks: Look, one_in: int = 1) -> Kept:
    async with unit() as ctx:
        return await visits.record(ctx, who, looks or (VIEW,), one_in)


async def counted(unit: Units, path: str = "/", **window: Any) -> Count:
    async with unit() as ctx:
        await visits.roll_up(ctx)
    async with unit(member(), path) as ctx:
        return await visits.denominator(ctx, Window(TODAY, TODAY, **window))


async def test_a_visit_is_one_visitor_on_one_day(unit: Units) -> None:
    await looked(unit, looker(1), VIEW, VIEW)
    await looked(unit, looker(2))
    await looked(unit, looker(1))
    assert await counted(unit) == Count(4, 2)
    assert await counted(unit, subject="product:P1") == Count(4, 2)
    assert await counted(unit, subject="product:P2") == Count(0, 0)
    assert await counted(unit, kind=Happening.CARD_SHOWN) == Count(0, 0)


async def test_counting_again_doubles_nothing(unit: Units) -> None:
    await looked(unit, looker())
    for _ in range(3):
        assert await counted(unit) == Count(1, 1)


async def test_without_consent_a_look_counts_and_names_nobody(unit: Units) -> None:
    await looked(unit, looker(consent=False))
    assert await counted(unit) == Count(1, 0)
    async with unit() as ctx:
        (row,) = await ctx.uow.rows("SELECT visitor_id, url FROM visits_look")
    assert (row.visitor_id, row.url) == (None, "")


async def test_addresses_are_kept_without_what_shops_hide_in_them(unit: Units) -> None:
    await looked(unit, looker(), VIEW, Look(Happening.PAGE_VIEW, "javascript:alert(1)"),
                 Look(Happening.PAGE_VIEW, "https://user:pw@shop.example:8/a"))  # fmt: skip
    async with unit() as ctx:
        rows = await ctx.uow.rows("SELECT url FROM visits_look ORDER BY id")
    assert [row.url for row in rows] == ["https://shop.example/p/1", "", "https://shop.example/a"]


@pytest.mark.parametrize("agent", [
    "", "Googlebot/2.1", "curl/8.5", "python-requests/2", "HeadlessChrome", "Baiduspider",
])  # fmt: skip
async def test_robots_do_not_count(unit: Units, agent: str) -> None:
    assert await looked(unit, looker(user_agent=agent)) == Kept(0, robots=1)
    assert await counted(unit) == Count(0, 0)


async def test_wrong_times_and_floods_are_left_out(unit: Units) -> None:
    times = [NOON - timedelta(hours=25), NOON + timedelta(hours=1), datetime(2026, 1, 5)]
    kept = await looked(unit, looker(), *(replace(VIEW, at=at) for at in times))
    assert kept == Kept(0, refused=3)
    assert await looked(unit, looker(), *[VIEW] * 130) == Kept(100, refused=30)


async def test_sampling_keeps_visitors_whole_and_undoes_itself(unit: Units) -> None:
    kept = [await looked(unit, looker(n), VIEW, VIEW, one_in=4) for n in range(1, 401)]
    assert {one.kept for one in kept} == {0, 2}
    total = await counted(unit)
    assert total.looks == 2 * total.visits
    assert 250 <= total.visits <= 550
    shown = Look(Happening.CARD_SHOWN, subject="answer:1")
    assert (await looked(unit, looker(401), shown, one_in=1000)).kept == 1


async def test_a_late_look_counts_on_its_own_day(unit: Units) -> None:
    await looked(unit, looker(), replace(VIEW, at=NOON - timedelta(hours=20)))
    assert await counted(unit) == Count(0, 0)
    async with unit() as ctx:
        (row,) = await visits.daily(ctx, Window(TODAY - timedelta(days=1), TODAY))
    assert (row.day, row.looks) == (TODAY - timedelta(days=1), 1)


async def test_old_single_looks_go_and_their_counts_stay(unit: Units, clock: FakeClock) -> None:
    await looked(unit, looker())
    assert await counted(unit) == Count(1, 1)
    clock.advance(days=40)
    assert await counted(unit) == Count(1, 1)
    async with unit() as ctx:
        assert await ctx.uow.rows("SELECT 1 FROM visits_look") == []


async def test_who_takes_consent_back_is_forgotten_and_still_counts(unit: Units) -> None:
    await looked(unit, looker(1))
    async with unit() as ctx:
        assert await visits.forget(ctx, UUID(int=1)) == 1
    assert (await counted(unit)).looks == 1


async def test_a_rate_needs_a_denominator(unit: Units) -> None:
    window = Window(TODAY, TODAY)
    async with unit() as ctx:
        assert await visits.rate(ctx, 3, window) is None
    await looked(unit, looker(), *[VIEW] * 50)
    await counted(unit)
    async with unit() as ctx:
        assert await visits.rate(ctx, 3, window) == 60.0
        assert await visits.rate(ctx, 3, window, of_visits=True) == 3000.0


async def test_numbers_reach_no_further_than_the_reader(house: House, unit: Units) -> None:
    await looked(unit, looker(1))
    await looked(unit, looker(2, unit_path="/g/s2/"))
    assert await counted(unit) == Count(2, 2)
    assert await counted(unit, "/g/s2/") == Count(1, 1)
    assert await counted(unit, unit_path="/g/s1/") == Count(1, 1)
    assert await counted(unit, "/g/s2/", unit_path="/g/s1/") == Count(0, 0)
    async with house.unit(member(), Scope(TenantId(uuid4()))) as ctx:
        assert await visits.denominator(ctx, Window(TODAY, TODAY)) == Count(0, 0)
