"""A change is held against past questions before customers hear it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.modules import knowledge
from xiaoer.modules.knowledge.contracts import (
    Asked,
    Content,
    Entry,
    EntryId,
    Label,
    LabelSource,
    NewEntry,
    State,
    Verdict,
)
from xiaoer.modules.knowledge.contracts.replays import Outcome, Replay
from xiaoer.modules.knowledge.errors import NoSuchVersion, ReasonMissing, ReplayFirst, WorseVersion
from xiaoer.modules.knowledge.rules import replaying as rules
from xiaoer.modules.knowledge.service import gating, labelling
from xiaoer.ports.ctx import Scope
from xiaoer.ports.house import House

MINE, OTHER = EntryId(uuid4()), EntryId(uuid4())
PARKING = Content(
    "停车怎么收费", "前两小时免费，之后每小时五元。", ("车停你们那儿收钱吗", "停车费多少")
)
DOGS = Content("能带狗进商场吗", "装进推车可以。", ("宠物狗可以进吗",))
EDITOR = member("编辑")
ADMIN = member("管理员", permissions=frozenset({"knowledge.read", "knowledge.edit", "knowledge.publish", "knowledge.override"}))  # fmt: skip


def told(verdict: str, *entries: EntryId, words: str = "") -> Outcome:
    return Outcome(verdict, entries, words or str(entries), 0.9)


def label(verdict: Verdict, entry: EntryId | None) -> Label:
    return Label("q", "/", "zh-CN", LabelSource.EDITOR, verdict, 0.5, entry, datetime.now(UTC), "")


RIGHT_OTHER = label(Verdict.RIGHT, OTHER)
WRONG_OTHER = label(Verdict.WRONG, OTHER)
UNKNOWN = label(Verdict.UNKNOWN, None)


@pytest.mark.parametrize(
    ("before", "after", "known", "own", "judged"),
    [
        (told("answer", OTHER), told("answer", MINE), RIGHT_OTHER, False, "worse"),
        (told("answer", OTHER), told("suggest", MINE, OTHER), RIGHT_OTHER, False, "worse"),
        (told("answer", OTHER), told("none"), RIGHT_OTHER, False, "worse"),
        (told("suggest", MINE, OTHER), told("answer", OTHER), RIGHT_OTHER, False, "better"),
        (told("answer", OTHER), told("answer", OTHER, words="新"), RIGHT_OTHER, False, ""),
        (told("answer", OTHER), told("answer", MINE), WRONG_OTHER, False, "better"),
        (told("answer", OTHER), told("none"), WRONG_OTHER, False, "better"),
        (told("none"), told("answer", OTHER), WRONG_OTHER, False, "worse"),
        (told("none"), told("answer", OTHER), UNKNOWN, False, "worse"),
        (told("none"), told("answer", MINE), UNKNOWN, False, ""),
        (told("none"), told("answer", MINE), UNKNOWN, True, "better"),
        (told("none"), told("answer", MINE), None, True, "better"),
        (told("answer", MINE), told("answer", OTHER), None, True, "worse"),
        (told("none"), told("answer", MINE), None, False, ""),
        (told("answer", MINE), told("suggest", MINE), label(Verdict.RIGHT, MINE), False, "worse"),
    ],
)
def test_only_a_known_verdict_judges(
    before: Outcome, after: Outcome, known: Label | None, own: bool, judged: str
) -> None:
    assert rules.judge(before, after, known, MINE, is_own=own) == judged


@pytest.mark.parametrize(
    ("better", "worse", "passed"), [(0, 0, True), (1, 0, True), (2, 2, True), (1, 2, False)]
)
def test_as_many_must_get_better_as_get_worse(better: int, worse: int, passed: bool) -> None:
    assert rules.passes(better, worse) is passed


def test_a_customer_notices_other_words_and_not_another_confidence() -> None:
    one = Outcome("answer", (MINE,), "好", 0.9)
    assert not rules.is_changed(one, Outcome("answer", (MINE, OTHER), "好", 0.7))
    assert rules.is_changed(one, Outcome("answer", (MINE,), "不好", 0.9))
    assert rules.is_changed(one, Outcome("suggest", (MINE,), "好", 0.9))


async def drafted(unit: Units, content: Content) -> Entry:
    async with unit() as ctx:
        return await knowledge.add(ctx, NewEntry("", content))


async def live(unit: Units, *contents: Content) -> list[Entry]:
    made = []
    for content in contents:
        entry = await drafted(unit, content)
        async with unit() as ctx:
            made.append(await knowledge.publish(ctx, entry.id, entry.version))
    async with unit() as ctx:
        await knowledge.refresh(ctx)
    return made


async def replayed(
    unit: Units, entry: Entry, *past: str, version: int | None = None
) -> tuple[Replay, knowledge.replaying.Seen]:
    async with unit(EDITOR) as ctx:
        change = await knowledge.replaying.prepare(ctx, entry.id, version)
        indexes = knowledge.learn(change.now), knowledge.learn(change.then)
        asked = [Asked(text) for text in past]
        seen = await knowledge.replaying.compare(ctx.ports, change, indexes, asked)
        return await knowledge.replaying.keep(ctx, change, seen), seen


async def test_a_new_entry_makes_its_own_questions_better(unit: Units) -> None:
    await live(unit, PARKING)
    entry = await drafted(unit, DOGS)
    made, seen = await replayed(unit, entry, "停车怎么收费", "能带狗进商场吗", "今天天气如何")
    assert (made.better, made.worse, made.passed) == (2, 0, True)
    assert made.asked == 4
    own = next(one for one in seen.differences if one.asked.text == DOGS.question)
    assert (own.before.verdict, own.after.verdict, own.label) != ("answer", "answer", "own")
    assert own.after.words == DOGS.answer
    assert not any(one.asked.text == PARKING.question for one in seen.differences)
    async with unit() as ctx:
        await knowledge.refresh(ctx)
        assert (await knowledge.search(ctx, DOGS.question)).verdict != "answer", "nothing is live"
        assert (await knowledge.publish(ctx, entry.id, entry.version)).state is State.LIVE


async def stolen(unit: Units) -> tuple[Entry, Replay]:
    """A change of an entry that takes away phrasings which an editor had marked as right."""
    [parking] = await live(unit, PARKING)
    async with unit(EDITOR) as ctx:
        for text in (PARKING.question, *PARKING.similar):
            await labelling.label(ctx, Asked(text), Verdict.RIGHT)
        spoilt = await knowledge.change(
            ctx, parking.id, parking.version, Content("礼品卡能退吗", "不能退。")
        )
    made, seen = await replayed(unit, spoilt)
    assert seen.differences[0].judged == "worse"
    return spoilt, made


async def test_a_worse_version_is_not_published_until_an_administrator_lets_it_pass(
    unit: Units,
) -> None:
    spoilt, made = await stolen(unit)
    assert (made.passed, made.worse) == (False, 3)
    async with unit(ADMIN) as ctx:
        with pytest.raises(WorseVersion):
            await knowledge.publish(ctx, spoilt.id, spoilt.version)
    async with unit(EDITOR) as ctx:
        with pytest.raises(Forbidden):
            await knowledge.replaying.override(ctx, made.id, "急")
    async with unit(ADMIN) as ctx:
        with pytest.raises(ReasonMissing):
            await knowledge.replaying.override(ctx, made.id, "  ")
        await knowledge.replaying.override(ctx, made.id, "礼品卡更急")
        with pytest.raises(Stale):
            await knowledge.replaying.override(ctx, made.id, "再一次")
        await knowledge.publish(ctx, spoilt.id, spoilt.version)
        [line] = await knowledge.replaying.of_entry(ctx, spoilt.id)
    assert (line.overridden_by, line.reason, line.passed) == ("管理员", "礼品卡更急", False)


async def test_words_that_are_improved_are_other_words(unit: Units) -> None:
    spoilt, _ = await stolen(unit)
    async with unit(EDITOR) as ctx:
        better = await knowledge.change(ctx, spoilt.id, spoilt.version, PARKING)
        await knowledge.publish(ctx, better.id, better.version)


async def test_with_enough_verdicts_nothing_is_published_unseen(unit: Units) -> None:
    await live(unit, PARKING)
    async with unit(EDITOR) as ctx:
        for n in range(gating.FEWEST_LABELS):
            await labelling.label(ctx, Asked(f"第{n}个没人答得上的问题"), Verdict.UNKNOWN)
    entry = await drafted(unit, DOGS)
    async with unit(EDITOR) as ctx:
        with pytest.raises(ReplayFirst):
            await knowledge.publish(ctx, entry.id, entry.version)
    await replayed(unit, entry)
    async with unit(EDITOR) as ctx:
        first = await knowledge.publish(ctx, entry.id, entry.version)
        second = await knowledge.change(ctx, entry.id, first.version, PARKING)
        with pytest.raises(ReplayFirst):
            await knowledge.publish(ctx, entry.id, second.version)
    async with unit(EDITOR) as ctx:
        back = await knowledge.roll_back(ctx, entry.id, 1)
    assert back.state is State.LIVE, "the way back is never closed"


async def test_an_earlier_version_can_be_replayed_and_an_unknown_one_cannot(unit: Units) -> None:
    [entry] = await live(unit, PARKING)
    async with unit(EDITOR) as ctx:
        await knowledge.change(ctx, entry.id, entry.version, DOGS)
    made, _ = await replayed(unit, entry, version=1)
    assert made.changed == 0
    async with unit(EDITOR) as ctx:
        with pytest.raises(NoSuchVersion):
            await knowledge.replaying.prepare(ctx, entry.id, 9)


async def test_another_tenant_replays_and_overrides_nothing(house: House, unit: Units) -> None:
    spoilt, made = await stolen(unit)
    async with house.unit(ADMIN, Scope(TenantId(uuid4()))) as ctx:
        with pytest.raises(NotFound):
            await knowledge.replaying.prepare(ctx, spoilt.id)
        with pytest.raises(NotFound):
            await knowledge.replaying.override(ctx, made.id, "x")
        with pytest.raises(NotFound):
            await knowledge.replaying.of_entry(ctx, spoilt.id)
