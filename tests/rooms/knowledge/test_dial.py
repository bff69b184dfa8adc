"""What the dial promises: thresholds that keep their word, and a way back."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Units, member
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, Stale
from xiaoer.modules import knowledge
from xiaoer.modules.knowledge.contracts import (
    Asked,
    Content,
    Label,
    LabelSource,
    NewEntry,
    Offer,
    Shortfall,
    Thresholds,
    Verdict,
)
from xiaoer.modules.knowledge.errors import (
    NothingFound,
    NothingToUndo,
    PromiseOutOfReach,
    TooFewLabels,
)
from xiaoer.modules.knowledge.rules import dial
from xiaoer.modules.knowledge.rules.dial import FEWEST, SHIPPED, Judged
from xiaoer.modules.knowledge.service import dialing, labelling
from xiaoer.modules.knowledge.store import dials
from xiaoer.ports.ctx import Assistant, Scope, System
from xiaoer.ports.house import House

chances = st.floats(0, 1, allow_nan=False)
judged = st.builds(Judged, chances, st.booleans())
many = st.lists(judged, min_size=FEWEST, max_size=300)


def calibrated(seed: int, count: int, risk: float = 1.0) -> list[Judged]:
    """Questions whose first entry is wrong as often as the confidence says, times ``risk``."""
    rng = Random(seed)
    found = []
    for _ in range(count):
        confidence = rng.random()
        found.append(Judged(confidence, rng.random() > (1 - confidence) * risk))
    return found


@settings(max_examples=40, deadline=None)
@given(many)
def test_a_curve_answers_more_and_more_down_to_everything(rows: list[Judged]) -> None:
    seen = dial.outlook(rows)
    for one, next_one in pairwise(seen.points):
        assert one.answer_from > next_one.answer_from
        assert one.answered < next_one.answered
        assert one.wrong <= next_one.wrong
    assert seen.points[-1].coverage == 1
    for point in seen.points:
        among = [row for row in rows if row.confidence >= point.answer_from]
        assert (point.answered, point.wrong) == (len(among), sum(not r.right for r in among))
        assert point.risk <= point.bound <= 1


@settings(max_examples=40, deadline=None)
@given(many, st.floats(dial.LEAST, dial.MOST))
def test_an_offer_is_within_its_promise_and_a_looser_one_answers_no_less(
    rows: list[Judged], promise: float
) -> None:
    made, looser = dial.offer(rows, promise), dial.offer(rows, min(1.0, promise * 1.5))
    if isinstance(made, Shortfall):
        assert made.least is None or made.least > promise
        return
    assert made.point.bound <= promise
    assert 0 <= made.thresholds.suggest_from <= made.thresholds.answer_from <= 1
    assert isinstance(looser, Offer)
    assert looser.point.answered >= made.point.answered


@settings(max_examples=40, deadline=None)
@given(many, st.floats(dial.LEAST, dial.MOST), st.randoms(use_true_random=False))
def test_the_order_of_the_labels_does_not_matter(
    rows: list[Judged], promise: float, rng: Random
) -> None:
    shuffled = rng.sample(rows, len(rows))
    assert dial.outlook(shuffled) == dial.outlook(rows)
    assert dial.offer(shuffled, promise) == dial.offer(rows, promise)


@pytest.mark.parametrize("wrong", [0, 1, 7, 30])
def test_the_bound_is_the_share_that_makes_so_few_errors_just_that_unlikely(wrong: int) -> None:
    bound = dial.upper_bound(wrong, 120, 0.05)
    chance = sum(comb(120, k) * bound**k * (1 - bound) ** (120 - k) for k in range(wrong + 1))
    assert chance == pytest.approx(0.05, abs=1e-6)


def test_the_bound_agrees_with_published_values() -> None:
    """Rule of three and a table of one-sided 95 % Clopper-Pearson limits."""
    assert dial.upper_bound(0, 100, 0.05) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert dial.upper_bound(2, 50, 0.05) == pytest.approx(0.12061, abs=5e-5)
    assert dial.upper_bound(5, 5, 0.05) == 1


def test_a_promise_is_broken_for_at_most_one_shop_in_twenty() -> None:
    promised = broken = 0
    for seed in range(150):
        rows = calibrated(seed, 600)
        made = dial.offer(rows, 0.2)
        if isinstance(made, Offer):
            promised += 1
            answered = [r.confidence for r in rows if r.confidence >= made.thresholds.answer_from]
            broken += sum(1 - c for c in answered) / len(answered) > 0.2
    assert promised >= 100
    assert broken <= 0.05 * promised


def test_too_few_rows_promise_nothing_and_say_how_many_are_missing() -> None:
    rows = [Judged(0.9, True)] * (FEWEST - 7)
    assert dial.outlook(rows).points == ()
    assert dial.outlook(rows).missing == 7
    assert dial.offer(rows, 0.2) == Shortfall(0.2, 7, None)
    strict = dial.offer([Judged(0.9, True)] * FEWEST, 0.02)
    assert isinstance(strict, Shortfall)
    assert strict.missing == dial.rows_needed(0.02) - FEWEST
    enough = dial.offer([Judged(0.9, True)] * dial.rows_needed(0.02), 0.02)
    assert isinstance(enough, Offer)


def test_a_promise_that_no_threshold_keeps_says_which_one_could_be_made() -> None:
    made = dial.offer([Judged(i / 200, i % 2 == 0) for i in range(200)], 0.1)
    assert isinstance(made, Shortfall)
    assert made.missing == 0
    assert made.least is not None
    assert isinstance(dial.offer([Judged(i / 200, i % 2 == 0) for i in range(200)], made.least), Offer)


def test_it_suggests_down_to_where_a_third_is_right() -> None:
    rows = [Judged(0.9, True)] * 100 + [Judged(0.3, i < 40) for i in range(100)]
    made = dial.offer(rows + [Judged(0.1, False)] * 50, 0.2)
    assert isinstance(made, Offer)
    assert made.thresholds == Thresholds(0.9, 0.3)


def test_a_verdict_follows_the_thresholds_and_the_edges_belong_to_the_upper_side() -> None:
    given_ = Thresholds(0.8, 0.5)
    told = [dial.verdict(c, given_) for c in (0.8, 0.79, 0.5, 0.49)]
    assert told == ["answer", "suggest", "suggest", "none"]


QUESTION = "停车怎么收费"


async def planted(unit: Units) -> None:
    async with unit() as ctx:
        for question in (QUESTION, "商场几点关门"):
            entry = await knowledge.add(ctx, NewEntry("", Content(question, f"{question}：见公告。")))
            await knowledge.publish(ctx, entry.id, entry.version)
    async with unit() as ctx:
        await knowledge.refresh(ctx)


async def labelled(unit: Units, rows: list[Judged]) -> None:
    async with unit() as ctx:
        for i, row in enumerate(rows):
            verdict = Verdict.RIGHT if row.right else Verdict.WRONG
            await dials.keep_label(
                ctx,
                Label(
                    f"q{i}", "/", "zh-CN", LabelSource.EDITOR, verdict, row.confidence, None,
                    ctx.now(), "林小满",
                ),
            )


async def test_a_set_dial_changes_what_the_assistant_says(unit: Units) -> None:
    await planted(unit)
    async with unit() as ctx:
        before = await knowledge.search(ctx, QUESTION)
        assert before.verdict == "answer"
    strict = [Judged(0.999, True)] * 120 + [Judged(0.96, False)] * 60
    await labelled(unit, strict)
    async with unit(member("林小满")) as ctx:
        made = await dialing.turn(ctx, 0.1, 0)
    assert made.thresholds.answer_from == 0.999
    async with unit() as ctx:
        after = await knowledge.search(ctx, QUESTION)
    assert after.confidence == before.confidence < 0.999
    assert after.verdict != "answer"
    async with unit(member("林小满")) as ctx:
        await dialing.undo(ctx, made.number)
    async with unit() as ctx:
        assert (await knowledge.search(ctx, QUESTION)).verdict == "answer"


async def test_who_turned_it_when_and_from_what_is_kept(unit: Units) -> None:
    await labelled(unit, calibrated(3, 800, 0.5))
    async with unit(member("林小满")) as ctx:
        one = await dialing.turn(ctx, 0.2, 0)
        two = await dialing.turn(ctx, 0.1, 1)
    async with unit(member("王店长")) as ctx:
        three = await dialing.undo(ctx, 2)
        told = await dialing.history(ctx)
    assert [(s.number, s.by, s.undoes) for s in told] == [
        (3, "王店长", 2), (2, "林小满", None), (1, "林小满", None), (0, "", None)]
    assert three.thresholds == one.thresholds
    assert two.thresholds.answer_from > one.thresholds.answer_from
    assert (three.promise, three.rows) == (0.2, 800)
    async with unit(member("王店长")) as ctx:
        again = await dialing.undo(ctx, 3)
    assert again.thresholds == two.thresholds


async def test_a_dial_that_moved_meanwhile_is_not_overwritten(unit: Units) -> None:
    await labelled(unit, calibrated(3, 800, 0.5))
    async with unit(member()) as ctx:
        with pytest.raises(NothingToUndo):
            await dialing.undo(ctx, 0)
        await dialing.turn(ctx, 0.2, 0)
        with pytest.raises(Stale):
            await dialing.turn(ctx, 0.1, 0)
        with pytest.raises(Stale):
            await dialing.undo(ctx, 5)


async def test_a_promise_without_ground_is_refused(unit: Units) -> None:
    async with unit(member()) as ctx:
        with pytest.raises(TooFewLabels) as few:
            await dialing.turn(ctx, 0.1, 0)
    assert few.value.fields["missing"] == FEWEST
    await labelled(unit, [Judged(i / 300, i % 2 == 0) for i in range(300)])
    async with unit(member()) as ctx:
        with pytest.raises(PromiseOutOfReach):
            await dialing.turn(ctx, 0.05, 0)
        assert (await dialing.board(ctx)).setting.thresholds == SHIPPED


async def test_only_who_publishes_for_the_whole_group_turns_it(unit: Units) -> None:
    reader = member(permissions=frozenset({"knowledge.read", "knowledge.edit"}))
    for actor, path in ((reader, "/"), (member(), "/dept/bj01/")):
        async with unit(actor, path) as ctx:
            with pytest.raises(Forbidden):
                await dialing.turn(ctx, 0.1, 0)
            with pytest.raises(Forbidden):
                await dialing.undo(ctx, 0)
    async with unit(member(permissions=frozenset({"knowledge.read"}))) as ctx:
        await dialing.board(ctx)
        with pytest.raises(Forbidden):
            await labelling.label(ctx, Asked(QUESTION), Verdict.RIGHT)


async def test_the_same_question_counts_once_with_its_last_verdict(unit: Units) -> None:
    await planted(unit)
    async with unit(member("林小满")) as ctx:
        found = await knowledge.search(ctx, QUESTION)
        for text, verdict in ((QUESTION, Verdict.WRONG), (f" {QUESTION}\n", Verdict.RIGHT)):
            kept = await labelling.label(ctx, Asked(text), verdict)
        await labelling.label(ctx, Asked("能不能带狗"), Verdict.UNKNOWN)
        board = await dialing.board(ctx)
        assert await labelling.unlabel(ctx, Asked("能不能带狗"))
        assert not await labelling.unlabel(ctx, Asked("能不能带狗"))
        left = await dialing.board(ctx)
    assert (kept.entry_id, kept.confidence) == (found.candidates[0].entry_id, found.confidence)
    assert board.counts == {"editor": {"right": 1, "unknown": 1}}
    assert left.counts == {"editor": {"right": 1}}
    assert board.outlook.missing == FEWEST - 2


async def test_what_finds_nothing_can_only_be_unknown(unit: Units) -> None:
    async with unit(member()) as ctx:
        with pytest.raises(NothingFound):
            await labelling.label(ctx, Asked("什么都没有"), Verdict.RIGHT)
        with pytest.raises(NothingFound):
            await labelling.label(ctx, Asked(" \n"), Verdict.UNKNOWN)
        assert (await labelling.label(ctx, Asked("什么都没有"), Verdict.UNKNOWN)).confidence == 0


async def test_a_shoppers_word_counts_for_the_entry_that_answered(unit: Units) -> None:
    await planted(unit)
    async with unit(Assistant()) as ctx:
        first, second = (await knowledge.search(ctx, QUESTION)).candidates[:2]
        await knowledge.hear_shopper(ctx, Asked(QUESTION), second.entry_id)
        assert (await dialing.board(ctx)).counts == {}
        await knowledge.hear_shopper(ctx, Asked(QUESTION), first.entry_id)
        assert (await dialing.board(ctx)).counts == {"shopper": {"wrong": 1}}


async def test_old_labels_and_those_of_others_do_not_count(
    unit: Units, house: House, tenant: TenantId
) -> None:
    await labelled(unit, calibrated(5, 150))
    stranger = TenantId(type(tenant)(int=tenant.int ^ 1))
    async with house.unit(System("test"), Scope(stranger)) as ctx:
        board = await dialing.board(ctx)
    assert (board.outlook.rows, board.counts, board.setting.number) == (0, {}, 0)
    async with unit() as ctx:
        late = replace(
            await labelling._made(ctx, Asked("很久以前"), LabelSource.EDITOR, Verdict.UNKNOWN),
            at=ctx.now() - dialing.AGE * 1.01,
        )
        await dials.keep_label(ctx, late)
        assert (await dialing.board(ctx)).outlook.rows == 150
