"""The studio joins what conversations hold with what knowledge lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.conftest import Units, member
from tests.ladder.test_ladder import Talk
from xiaoer.edge import studying
from xiaoer.ladder.rehearsing import rehearse
from xiaoer.modules import conversations, knowledge
from xiaoer.modules.conversations.contracts import View, text_part
from xiaoer.modules.knowledge.contracts import Content, Gap, GapLook, MissKind, NewEntry
from xiaoer.ports.ctx import System

Drain = Callable[[], Awaitable[None]]
UNKNOWN = "你们商场能带宠物狗进去吗"


async def study(unit: Units) -> list[Gap]:
    async with unit(System("clockwork")) as ctx:
        await studying.hear_misses(ctx)
    async with unit() as ctx:
        return list((await knowledge.gaps.page(ctx, GapLook())).items)


async def teach(unit: Units) -> None:
    async with unit() as ctx:
        entry = await knowledge.add(
            ctx, NewEntry("", Content("停车怎么收费", "前两小时免费。", ("停车费多少",)))
        )
        await knowledge.publish(ctx, entry.id, entry.version)
        await knowledge.refresh(ctx)


async def test_what_the_bot_did_not_know_is_heard_once_with_its_customer(
    unit: Units, drain: Drain
) -> None:
    first, second = Talk(unit, drain), Talk(unit, drain)
    await first.say(UNKNOWN)
    await second.say(UNKNOWN + "？")
    [gap] = await study(unit)
    assert (gap.customers, gap.times) == (2, 2)
    assert {gap.question, *gap.examples} == {UNKNOWN, UNKNOWN + "？"}
    assert await study(unit) == [gap]


async def test_not_solved_speaks_of_the_question_that_was_answered(
    unit: Units, drain: Drain
) -> None:
    await teach(unit)
    talk = Talk(unit, drain)
    assert (await talk.say("停车怎么收费")).sources
    assert await study(unit) == []
    await talk.say("没解决")
    [gap] = await study(unit)
    assert (gap.question, gap.kinds) == ("停车怎么收费", (MissKind.UNSOLVED,))


async def test_asking_for_a_person_after_an_answer_counts_and_before_one_does_not(
    unit: Units, drain: Drain
) -> None:
    await teach(unit)
    await Talk(unit, drain).say("转人工")
    assert await study(unit) == []
    talk = Talk(unit, drain)
    await talk.say("停车怎么收费")
    await talk.say("转人工")
    [gap] = await study(unit)
    assert (gap.question, gap.kinds) == ("停车怎么收费", (MissKind.HANDED_OFF,))


async def test_a_draft_holds_what_the_agent_said(unit: Units, drain: Drain) -> None:
    talk = Talk(unit, drain)
    await talk.say(UNKNOWN)
    await talk.say("转人工")
    agent = member("宋妍")
    async with unit(agent) as ctx:
        found = await conversations.get(ctx, talk.id)  # type: ignore[arg-type]
        await conversations.claim(ctx, found.id, found.version)
    for words in ("您好，很高兴为您服务。", "小型犬装进推车或提包可以进商场，餐饮区除外。"):
        async with unit(agent) as ctx:
            await conversations.say(ctx, found.id, [text_part(words)], client_id=words)
    [gap] = await study(unit)
    async with unit(agent) as ctx:
        _, said = await studying.with_words(ctx, gap.id)
        assert [len(words) for words in said.values()] == [2]
        entry = await studying.draft(ctx, gap.id)
    assert entry.content.answer == "小型犬装进推车或提包可以进商场，餐饮区除外。"
    assert entry.content.question == UNKNOWN


async def test_what_was_asked_is_read_back_newest_first_and_each_wording_once(
    unit: Units, drain: Drain
) -> None:
    for text in ("停车怎么收费", "几点关门", "停车怎么收费"):
        await Talk(unit, drain).write(text)
    async with unit() as ctx:
        found = await conversations.reading.asked(ctx, 10)
        assert len(await conversations.reading.asked(ctx, 1)) == 1
    assert len(found) == 2
    assert {one.text for one in found} == {"停车怎么收费", "几点关门"}


async def written(unit: Units) -> list[tuple[str, int]]:
    """How much stands where a conversation would leave something."""
    tables = ("conversations_message", "conversations_try", "bot_dialogue", "kernel_outbox")
    counts = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS n FROM {table}" for table in tables)
    async with unit() as ctx:
        return sorted((row.name, row.n) for row in await ctx.uow.rows(counts))


async def test_a_rehearsal_shows_every_step_and_leaves_nothing(unit: Units) -> None:
    async with unit(member()) as ctx:
        unknown = await rehearse(ctx, UNKNOWN, "/", "zh-CN")
    assert [step.tier for step in unknown.outcome.steps] == ["self_service", "bot", "human"]
    await teach(unit)
    before = await written(unit)
    for text, tiers, flows in (
        ("停车怎么收费", ["self_service", "bot"], []),
        ("我要退货", ["self_service", "bot"], ["return"]),
        ("转人工", ["self_service", "bot", "human"], []),
    ):
        async with unit(member()) as ctx:
            seen = await rehearse(ctx, text, "/", "zh-CN")
        assert [step.tier for step in seen.outcome.steps] == tiers, text
        assert [flow.id for flow in seen.flows] == flows
        assert seen.outcome.answer.parts
    async with unit() as ctx:
        assert not (await conversations.reading.page(ctx, View("all"))).items
    assert await written(unit) == before
    assert seen.tone.wants_person


async def test_a_rehearsal_answers_in_the_language_of_the_words(unit: Units) -> None:
    async with unit(member()) as ctx:
        assert (await rehearse(ctx, "where can I park", "/", "zh-CN")).locale == "en"
        assert (await rehearse(ctx, "123", "/", "en")).locale == "en"
