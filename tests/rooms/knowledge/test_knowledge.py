"""What knowledge promises at its door."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

import numpy as np
import pytest

from tests.conftest import Units, member
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.embedder.fake import FakeEmbedder
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.modules import knowledge
from xiaoer.modules.knowledge.contracts import Content, Entry, Look, NewEntry, State
from xiaoer.modules.knowledge.errors import BadEntry, NoSuchVersion, WrongState
from xiaoer.modules.knowledge.rules.dial import verdict
from xiaoer.modules.knowledge.rules.editing import holds_on, step, tidy_content
from xiaoer.modules.knowledge.rules.scoping import bonus
from xiaoer.modules.knowledge.service import consulting
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.embedder import EmbedderUnavailable, Vectors
from xiaoer.ports.house import House

PARKING = Content("停车怎么收费", "前两小时免费，之后每小时五元。", ("车停你们那儿收钱吗",), "停车")
HOURS = Content("商场几点关门", "每天 10:00 到 22:00。", ("几点打烊", "营业到几点"), "营业时间")
NURSING = Content("有没有母婴室", "三楼电梯旁有母婴室。", ("哪里可以给宝宝喂奶",), "设施服务")


async def published(unit: Units, *contents: Content) -> list[Entry]:
    made = []
    for content in contents:
        async with unit() as ctx:
            entry = await knowledge.add(ctx, NewEntry("", content))
            made.append(await knowledge.publish(ctx, entry.id, entry.version))
    async with unit() as ctx:
        await knowledge.refresh(ctx)
    return made


async def test_only_what_is_live_is_found(unit: Units) -> None:
    await published(unit, PARKING, HOURS)
    async with unit() as ctx:
        await knowledge.add(ctx, NewEntry("", NURSING))
        found = await knowledge.search(ctx, "停车怎么收费")
        assert found.candidates[0].answer == PARKING.answer
        names = {c.question for c in (await knowledge.search(ctx, "有没有母婴室")).candidates}
    assert NURSING.question not in names


async def test_a_question_before_the_first_refresh_is_answered(unit: Units) -> None:
    async with unit() as ctx:
        entry = await knowledge.add(ctx, NewEntry("", PARKING))
        await knowledge.publish(ctx, entry.id, entry.version)
    async with unit() as ctx:
        found = await knowledge.search(ctx, "停车怎么收费")
    assert found.candidates[0].question == PARKING.question


async def test_an_edit_stays_a_draft_until_it_is_published(unit: Units) -> None:
    [entry] = await published(unit, PARKING)
    better = Content(PARKING.question, "前三小时免费。", PARKING.similar, PARKING.category)
    async with unit() as ctx:
        draft = await knowledge.change(ctx, entry.id, entry.version, better)
        assert (draft.state, draft.live_version) == (State.DRAFT, entry.version)
        await knowledge.refresh(ctx)
        assert (await knowledge.search(ctx, "停车")).candidates[0].answer == PARKING.answer
        await knowledge.publish(ctx, entry.id, draft.version)
    async with unit() as ctx:
        assert await knowledge.refresh(ctx)
        assert (await knowledge.search(ctx, "停车")).candidates[0].answer == "前三小时免费。"


async def test_rolling_back_brings_the_earlier_words_back_as_a_new_version(unit: Units) -> None:
    [entry] = await published(unit, PARKING)
    async with unit() as ctx:
        worse = await knowledge.change(
            ctx, entry.id, entry.version, Content(PARKING.question, "不知道。")
        )
        await knowledge.publish(ctx, entry.id, worse.version)
        back = await knowledge.roll_back(ctx, entry.id, entry.version)
        assert (back.content, back.version, back.live_version) == (entry.content, 3, 3)
        versions = await knowledge.versions(ctx, entry.id)
        assert [(v.version, v.live) for v in versions] == [(3, True), (2, False), (1, False)]
        with pytest.raises(NoSuchVersion):
            await knowledge.roll_back(ctx, entry.id, 9)


async def test_what_is_retired_is_told_to_nobody(unit: Units) -> None:
    [entry, _] = await published(unit, PARKING, HOURS)
    async with unit() as ctx:
        await knowledge.retire(ctx, entry.id, entry.version)
    async with unit() as ctx:
        await knowledge.refresh(ctx)
        found = await knowledge.search(ctx, "停车怎么收费")
    assert PARKING.question not in {c.question for c in found.candidates}


async def test_an_entry_holds_only_between_its_dates(unit: Units, clock: FakeClock) -> None:
    today = clock.now().date()
    await published(
        unit,
        HOURS,
        Content(
            "春节营业到几点", "除夕 18:00 关门。", valid_from=today.replace(year=today.year + 1)
        ),
    )
    async with unit() as ctx:
        found = await knowledge.search(ctx, "春节营业到几点")
    assert "春节营业到几点" not in {c.question for c in found.candidates}


async def test_two_editors_do_not_overwrite_each_other(unit: Units) -> None:
    [entry] = await published(unit, PARKING)
    async with unit() as ctx:
        await knowledge.change(ctx, entry.id, entry.version, HOURS)
        with pytest.raises(Stale):
            await knowledge.change(ctx, entry.id, entry.version, NURSING)


async def test_who_may_not_publish_does_not(unit: Units) -> None:
    writer = member(permissions=frozenset({"knowledge.read", "knowledge.edit"}))
    async with unit(writer) as ctx:
        entry = await knowledge.add(ctx, NewEntry("", PARKING))
        with pytest.raises(Forbidden):
            await knowledge.publish(ctx, entry.id, entry.version)


async def test_nobody_writes_for_a_place_outside_their_own(unit: Units) -> None:
    async with unit(member(), "/dept/bj01/") as ctx:
        with pytest.raises(NotFound):
            await knowledge.add(ctx, NewEntry("", PARKING))
        here = Content("停车场在哪", "B2。", scope_path="/dept/bj01/")
        entry = await knowledge.add(ctx, NewEntry("", here))
    async with unit(member(), "/dept/sh01/") as ctx:
        with pytest.raises(NotFound):
            await knowledge.get(ctx, entry.id)


async def test_another_group_finds_nothing(unit: Units, house: House) -> None:
    [entry] = await published(unit, PARKING)
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        assert (await knowledge.search(ctx, "停车怎么收费")).verdict == "none"
        with pytest.raises(NotFound):
            await knowledge.get(ctx, entry.id)


async def test_an_import_tells_each_bad_row_and_changes_nothing_in_a_dry_run(unit: Units) -> None:
    rows = [
        (2, NewEntry("park", PARKING)),
        (3, NewEntry("bad", Content("", "答"))),
        (4, NewEntry("hours", HOURS)),
    ]
    async with unit() as ctx:
        tried = await knowledge.take_in(ctx, rows, dry_run=True, live=True)
        assert (tried.added, [p.row for p in tried.problems]) == (2, [3])
        assert (await knowledge.page(ctx, Look())).items == ()
        done = await knowledge.take_in(ctx, rows, dry_run=False, live=True)
        again = await knowledge.take_in(ctx, rows, dry_run=False, live=True)
    assert (done.added, again.added, again.unchanged) == (2, 0, 2)


async def test_entries_are_found_by_words_and_page_without_repeats(unit: Units) -> None:
    await published(unit, PARKING, HOURS, NURSING)
    async with unit() as ctx:
        assert [e.content for e in (await knowledge.page(ctx, Look("母婴"))).items] == [NURSING]
        first = await knowledge.page(ctx, Look(limit=2))
        rest = await knowledge.page(ctx, Look(limit=2, cursor=first.next))
    assert len({e.id for e in (*first.items, *rest.items)}) == 3


@pytest.mark.parametrize(
    "content",
    [
        Content("", "答"),
        Content("问", " "),
        Content("问" * 201, "答"),
        Content("问", "答", scope_path="nowhere"),
        Content("问", "答", lang="fr"),
        Content("问", "答", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)),
    ],
)
def test_what_cannot_be_an_entry_is_refused(content: Content) -> None:
    with pytest.raises(BadEntry):
        tidy_content(content)


@pytest.mark.parametrize(
    ("name", "state", "after"),
    [
        ("submit", State.DRAFT, State.IN_REVIEW),
        ("publish", State.IN_REVIEW, State.LIVE),
        ("publish", State.RETIRED, State.LIVE),
        ("retire", State.LIVE, State.RETIRED),
    ],
)
def test_a_step_leads_on(name: str, state: State, after: State) -> None:
    assert step(name, state) is after


@pytest.mark.parametrize(
    ("name", "state"), [("submit", State.LIVE), ("publish", State.LIVE), ("retire", State.RETIRED)]
)
def test_a_step_that_does_not_lead_on_is_refused(name: str, state: State) -> None:
    with pytest.raises(WrongState):
        step(name, state)


def test_both_ends_of_a_validity_are_included() -> None:
    content = Content("问", "答", valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 3))
    held = [holds_on(content, date(2026, 1, day)) for day in (1, 2, 3, 4)]
    assert held == [False, True, True, False]


def test_scope_prefers_and_does_not_hide() -> None:
    assert bonus("/dept/bj01/", "/dept/bj01/") > bonus("/", "/dept/bj01/")
    assert bonus("/", "/dept/bj01/") > bonus("/dept/sh01/", "/dept/bj01/")
    assert bonus("/dept/bj01/", "/") == 0.0


def test_a_verdict_follows_confidence() -> None:
    assert [verdict(c) for c in (0.9, 0.4, 0.1)] == ["answer", "suggest", "none"]


async def test_a_story_finds_each_entry_that_it_needs(unit: Units) -> None:
    late = Content("旧活动什么时候结束", "旧活动已经结束。", valid_to=date(2000, 1, 1))
    refund = Content("退货要几天到账", "审核通过后三个工作日原路退回。", kind="article")
    await published(unit, PARKING, HOURS, NURSING, refund, late)
    story = (
        "你好！我周六带宝宝开车过来。停车怎么收费？你们几点关门？对了，退货的钱几天到账？旧活动呢？"
    )
    async with unit() as ctx:
        found = await consulting.consult(ctx, story, limit=3)
    assert {needed.question for needed in found} == {
        PARKING.question,
        HOURS.question,
        refund.question,
    }


async def test_consulting_sees_what_was_published_since(unit: Units) -> None:
    await published(unit, PARKING)
    async with unit() as ctx:
        assert len(await consulting.consult(ctx, "几点打烊？")) == 1
    await published(unit, HOURS)
    async with unit() as ctx:
        found = await consulting.consult(ctx, "几点关门？")
    assert found[0].question == HOURS.question


async def test_a_second_opinion_is_fetched_once_and_decides_in_doubt(unit: Units) -> None:
    await published(unit, PARKING, HOURS, NURSING)
    async with unit() as ctx:
        assert await knowledge.deepening.wanted(ctx) is None
        ctx = replace(ctx, ports=replace(ctx.ports, second=Opinionated()))
        depth = await knowledge.deepening.wanted(ctx)
        assert depth is not None
        assert not depth.known
        doubtful = await knowledge.search(ctx, "喂喂")
        deepened = await asyncio.to_thread(knowledge.deepening.read, depth)
        assert await knowledge.deepening.adopt(ctx, depth, deepened)
        assert await knowledge.deepening.wanted(ctx) is None
        found = await knowledge.search(ctx, "喂喂")
        assert found.candidates[0].question == NURSING.question
        assert doubtful.confidence != found.confidence
        broken = replace(ctx, ports=replace(ctx.ports, second=Absent()))
        assert (await knowledge.search(broken, "哎哎哎")).candidates


async def test_rows_of_the_second_model_outlive_an_edit(unit: Units) -> None:
    [entry, _] = await published(unit, PARKING, HOURS)
    async with unit() as ctx:
        ctx = replace(ctx, ports=replace(ctx.ports, second=Opinionated()))
        depth = await knowledge.deepening.wanted(ctx)
        assert depth is not None
        deepened = await asyncio.to_thread(knowledge.deepening.read, depth)
        better = replace(PARKING, answer="前三小时免费。")
        draft = await knowledge.change(ctx, entry.id, entry.version, better)
        await knowledge.publish(ctx, entry.id, draft.version)
        assert not await knowledge.deepening.adopt(ctx, depth, deepened)
        await knowledge.refresh(ctx)
        again = await knowledge.deepening.wanted(ctx)
        assert again is not None
        assert again.name != depth.name
        assert set(knowledge.deepening.read_anew(again)) == {"前三小时免费。"}


class Opinionated(FakeEmbedder):
    """Sees one thing alone: whether a text speaks of feeding."""

    model_id = "opinionated"
    dimension = 2

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0] if "喂" in text else [0, 1] for text in texts], np.float32)


class Absent(FakeEmbedder):
    """Never has time."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderUnavailable(reason="busy")
