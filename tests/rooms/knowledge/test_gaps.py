"""What knowledge misses is grouped by what is asked, and drafted from how agents solved it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import numpy as np
import pytest

from tests.conftest import Units, member
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.modules import knowledge
from xiaoer.modules.knowledge.contracts import (
    Asked,
    Content,
    Gap,
    GapLook,
    GapState,
    Miss,
    MissKind,
    NewEntry,
    Reply,
    State,
    Verdict,
)
from xiaoer.modules.knowledge.errors import NothingSaid
from xiaoer.modules.knowledge.rules import drafting, gaps
from xiaoer.modules.knowledge.service import labelling
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

EDITOR = member(permissions=frozenset({"knowledge.read", "knowledge.edit"}))
READER = member(permissions=frozenset({"knowledge.read"}))


def unit_rows(*rows: tuple[float, ...]) -> gaps.Floats:
    found = np.array(rows, np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


async def heard(
    unit: Units, clock: FakeClock, *questions: str, customer: UUID | None = None, path: str = "/"
) -> list[Miss]:
    """A miss each, a minute apart, each of another customer unless one is given."""
    made = []
    for question in questions:
        clock.advance(60)
        made.append(Miss(
            uuid4(), 1, question, MissKind.NOTHING_KNOWN, customer or uuid4(), path, "zh-CN", None,
            clock.now(),
        ))  # fmt: skip
    async with unit() as ctx:
        await knowledge.gaps.hear(ctx, made)
    return made


async def listed(unit: Units, path: str = "/", **look: object) -> list[Gap]:
    async with unit(EDITOR, path) as ctx:
        return list((await knowledge.gaps.page(ctx, GapLook(**look))).items)  # type: ignore[arg-type]


def test_near_vectors_and_shared_letters_make_a_group_and_far_ones_do_not() -> None:
    texts = ["能带狗进商场吗", "商场能带狗进吗", "礼品卡丢了"]
    rows = unit_rows((1, 0, 0), (0.9, 0.4, 0), (0, 0, 1))
    assert gaps.place(texts, rows, [], np.zeros((0, 3), np.float32)) == [0, 0, 1]
    later = gaps.place(["狗能带进商场吗"], unit_rows((1, 0.1, 0)), texts[:1], rows[:1])
    assert later == [0]


def test_a_group_is_the_same_whatever_comes_after_it() -> None:
    rng = Random(5)
    texts = [f"第{rng.randrange(9)}类问题的第{n}种问法" for n in range(40)]
    rows = unit_rows(*[tuple(rng.gauss(0, 1) for _ in range(8)) for _ in texts])
    none = np.zeros((0, 8), np.float32)
    whole = gaps.place(texts, rows, [], none)
    assert whole[:20] == gaps.place(texts[:20], rows[:20], [], none)


def test_the_central_question_names_nobody() -> None:
    texts = ["我的订单20260101998877能带狗取吗", "能带狗吗", "带狗可以吗"]
    rows = unit_rows((1, 0.1), (1, 0), (1, 0.3))
    assert gaps.central(texts, rows) == 1


@pytest.mark.parametrize(
    ("text", "worth"), [("？？", False), ("13800138000", False), ("能开发票吗", True), ("ok", True)]
)
def test_numbers_and_signs_alone_are_no_question(text: str, worth: bool) -> None:
    assert gaps.is_worth(text) is worth


@pytest.mark.parametrize("cell", ["=1+1", "+8", "-2", "@x", "\t=1", "  =1", "＝1", "\r=1"])
def test_no_exported_cell_computes(cell: str) -> None:
    assert gaps.table(["问题"], [[cell]]).split("\n")[1].lstrip('"').startswith("'")


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("您好，很高兴为您服务。", False),
        ("请问您是在哪家店呢？", False),
        ("您的订单20260101998877已改好地址了。", False),
        ("好的", False),
        ("您好，小型犬装进推车或提包可以进商场，餐饮区除外。", True),
        ("Small dogs are welcome in a carrier, except in the food hall.", True),
    ],
)
def test_courtesies_questions_back_and_one_persons_matter_are_no_answers(
    text: str, fit: bool
) -> None:
    assert drafting.is_answer(text) is fit


def test_the_answer_is_what_several_agents_say() -> None:
    one, other, third = uuid4(), uuid4(), uuid4()
    replies = [
        Reply(one, "今天天气确实不错，祝您愉快。"), Reply(one, "装进推车可以带进商场。"),
        Reply(other, "宠物用推车可以带进来。"), Reply(third, "推车里可以，餐饮区不行。"),
    ]  # fmt: skip
    rows = unit_rows((1, 0.2, 0), (0, 0, 1), (1, 0, 0), (0.9, 0.2, 0), (0.8, 0, 0.1))
    assert drafting.answer("能带狗吗", replies, rows) == "装进推车可以带进商场。"


@pytest.mark.parametrize(
    ("paths", "shared"),
    [
        (["/a/b/", "/a/c/"], "/a/"),
        (["/a/b/"], "/a/b/"),
        (["/a/", "/"], "/"),
        ([], "/"),
        (["/a/", "/ab/"], "/"),
    ],
)
def test_a_draft_is_for_the_place_that_its_questions_share(paths: list[str], shared: str) -> None:
    assert drafting.shared_place(paths) == shared


async def test_gaps_are_ranked_by_customers_and_not_by_noise(
    unit: Units, clock: FakeClock
) -> None:
    await heard(unit, clock, "能带狗进商场吗", "能带狗进商场吗？", "商场能带狗进吗")
    loud = uuid4()
    await heard(unit, clock, *(["礼品卡密码刮花了怎么办"] * 5), customer=loud)
    first, second = await listed(unit)
    assert (first.customers, first.times, second.customers, second.times) == (3, 3, 1, 5)
    assert "狗" in first.question
    assert first.examples
    assert [one.id for one in await listed(unit, text="礼品卡")] == [second.id]
    assert await listed(unit, kind="unsolved") == []
    async with unit(EDITOR) as ctx:
        page = await knowledge.gaps.page(ctx, GapLook(limit=1))
        rest = await knowledge.gaps.page(ctx, GapLook(limit=1, cursor=page.next))
    assert [one.id for one in (*page.items, *rest.items)] == [first.id, second.id]
    assert rest.next is None


async def test_the_same_miss_again_changes_nothing_and_ids_stay(
    unit: Units, clock: FakeClock
) -> None:
    made = await heard(unit, clock, "能带狗进商场吗", "充电宝怎么还")
    before = await listed(unit)
    async with unit() as ctx:
        assert await knowledge.gaps.hear(ctx, made[::-1]) == 0
    await heard(unit, clock, "请问能带狗进商场吗")
    after = await listed(unit)
    assert {one.id for one in before} == {one.id for one in after}
    assert {one.times for one in after} == {1, 2}


async def test_who_sees_a_branch_sees_its_customers_only(unit: Units, clock: FakeClock) -> None:
    await heard(unit, clock, "能带狗进商场吗", path="/east/")
    await heard(unit, clock, "能带狗进商场么", "你们能带狗进商场吗", path="/west/")
    [east] = await listed(unit, path="/east/")
    assert (east.customers, east.question, east.examples) == (1, "能带狗进商场吗", ())
    assert [one.customers for one in await listed(unit)] == [3]
    async with unit(EDITOR, "/north/") as ctx:
        with pytest.raises(NotFound):
            await knowledge.gaps.get(ctx, east.id)
        with pytest.raises(NotFound):
            await knowledge.gaps.members(ctx, east.id)


async def test_another_tenant_sees_and_changes_nothing(
    house: House, unit: Units, clock: FakeClock
) -> None:
    await heard(unit, clock, "能带狗进商场吗")
    [gap] = await listed(unit)
    async with house.unit(EDITOR, Scope(TenantId(uuid4()))) as ctx:
        assert not (await knowledge.gaps.page(ctx, GapLook(state=""))).items
        with pytest.raises(NotFound):
            await knowledge.gaps.dismiss(ctx, gap.id, gap.version)


async def test_a_dismissal_can_be_taken_back(unit: Units, clock: FakeClock) -> None:
    await heard(unit, clock, "能带狗进商场吗")
    [gap] = await listed(unit)
    async with unit(READER) as ctx:
        with pytest.raises(Forbidden):
            await knowledge.gaps.dismiss(ctx, gap.id, gap.version)
    async with unit(EDITOR) as ctx:
        gone = await knowledge.gaps.dismiss(ctx, gap.id, gap.version)
        assert gone.state is GapState.DISMISSED
        with pytest.raises(Stale):
            await knowledge.gaps.dismiss(ctx, gap.id, gap.version)
    assert await listed(unit) == []
    assert [one.id for one in await listed(unit, state="dismissed")] == [gap.id]
    async with unit(EDITOR) as ctx:
        back = await knowledge.gaps.put_back(ctx, gap.id, gone.version)
    assert [one.id for one in await listed(unit)] == [back.id]


async def test_what_is_old_is_forgotten(unit: Units, clock: FakeClock) -> None:
    await heard(unit, clock, "能带狗进商场吗")
    clock.advance(timedelta(days=91).total_seconds())
    await heard(unit, clock, "充电宝怎么还")
    async with unit(System("clockwork")) as ctx:
        await knowledge.gaps.heard_all(ctx, await knowledge.gaps.begin(ctx) + 7)
        assert await knowledge.gaps.begin(ctx) == 7
    assert [one.question for one in await listed(unit)] == ["充电宝怎么还"]


async def test_the_nearest_entry_is_the_one_that_is_live_now(
    unit: Units, clock: FakeClock
) -> None:
    await heard(unit, clock, "能带狗进商场吗")
    assert (await listed(unit))[0].nearest is None
    async with unit() as ctx:
        entry = await knowledge.add(ctx, NewEntry("", Content("能带狗进商场吗", "装进推车可以。")))
        await knowledge.publish(ctx, entry.id, entry.version)
        await knowledge.refresh(ctx)
    nearest = (await listed(unit))[0].nearest
    assert nearest is not None
    assert (nearest.entry_id, nearest.verdict) == (entry.id, "answer")


async def test_an_editors_mark_is_a_miss_until_it_is_taken_back(unit: Units) -> None:
    asked = Asked("能带狗进商场吗")
    async with unit(EDITOR) as ctx:
        await labelling.label(ctx, asked, Verdict.UNKNOWN)
    [gap] = await listed(unit, kind="marked")
    assert (gap.customers, gap.times) == (0, 1)
    async with unit(EDITOR) as ctx:
        await labelling.unlabel(ctx, asked)
    assert await listed(unit) == []


async def test_a_draft_is_made_once_is_not_live_and_knows_its_gap(
    unit: Units, clock: FakeClock
) -> None:
    made = await heard(
        unit, clock, "能带狗进商场吗", "商场能带狗进吗", "能带狗进商场吗13800138000", path="/east/"
    )
    [gap] = await listed(unit)
    replies = [Reply(made[0].conversation_id, "您好，小型犬装进推车可以进商场。")]
    async with unit(EDITOR) as ctx:
        with pytest.raises(NothingSaid):
            await knowledge.gaps.draft(ctx, gap.id, [Reply(uuid4(), "好的")])
        entry = await knowledge.gaps.draft(ctx, gap.id, replies)
        again = await knowledge.gaps.draft(ctx, gap.id, replies)
        assert await knowledge.gaps.of_entry(ctx, entry.id) == gap.id
    assert again.id == entry.id
    assert (entry.state, entry.live_version) == (State.DRAFT, None)
    assert entry.content.answer == replies[0].text
    assert entry.content.scope_path == "/east/"
    said = (entry.content.question, *entry.content.similar)
    assert len(said) == 2
    assert not any("138" in text for text in said)
    async with unit() as ctx:
        await knowledge.refresh(ctx)
        assert not (await knowledge.search(ctx, gap.question)).candidates
    assert [one.entry_id for one in await listed(unit, state="drafted")] == [entry.id]
