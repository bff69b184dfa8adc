"""Several questions in one message, half a question after an answer, and other ways of writing."""

from __future__ import annotations

import pytest

from tests.conftest import Units
from tests.ladder.test_ladder import Drain, Talk, words
from xiaoer.ladder import sentences
from xiaoer.modules import bot, knowledge
from xiaoer.modules.knowledge.contracts import Content, NewEntry

SHOP = (
    ("停车怎么收费", "工作日前两小时免费，之后每小时5元，节假日相同。", ("车停你们那儿收钱吗", "停车费多少")),
    ("周末停车怎么收费", "周六周日每小时8元。", ("周末停车费多少", "星期天停车要多少钱")),
    ("会员卡怎么办理", "在服务台填表就能办会员卡。", ("怎么成为会员", "我想办会员卡")),
    ("怎么开发票", "在小票上扫码即可开票。", ("发票怎么开", "能开电子发票吗")),
    ("礼品卡怎么买", "服务台可以买到礼品卡。", ("购物卡在哪买", "我要买礼品卡")),
    ("礼品卡能退款吗", "礼品卡售出后不能退。", ("购物卡可以退吗", "礼品卡退款")),
    ("会员积分怎么用", "积分可以抵现金。", ("积分能抵钱吗", "积分换什么")),
)  # fmt: skip


@pytest.fixture
async def talk(unit: Units, drain: Drain) -> Talk:
    entries = [
        (i, NewEntry(f"e{i}", Content(q, a, s, "知识"))) for i, (q, a, s) in enumerate(SHOP)
    ]
    async with unit() as ctx:
        await knowledge.take_in(ctx, entries, dry_run=False, live=True)
    async with unit() as ctx:
        await knowledge.refresh(ctx)
    return Talk(unit, drain)


@pytest.mark.parametrize("text", [
    "停车怎么收费？会员卡怎么办理？", "你好，停车怎么收费，会员卡怎么办理", "停车怎么收费还有会员卡怎么办理", "停車怎麼收費？會員卡怎麼辦理？",
])  # fmt: skip
async def test_two_questions_are_answered_each_with_its_source(talk: Talk, text: str) -> None:
    said = await talk.say(text)
    assert [p.words for p in said.parts if p.kind == "text"] == [SHOP[0][1], SHOP[2][1]]
    assert [s.title for s in said.sources] == ["停车怎么收费", "会员卡怎么办理"]


async def test_an_errand_beside_a_question_does_not_swallow_it(talk: Talk) -> None:
    said = await talk.say("停车怎么收费？几点关门？")
    assert [p.words for p in said.parts if p.kind == "text"] == [SHOP[0][1], "您想问哪一家店？"]


async def test_a_second_question_that_nobody_can_answer_is_not_passed_over(talk: Talk) -> None:
    said = await talk.say("停车怎么收费？量子纠缠对烘焙有什么影响？")
    assert len(said.sources) < 2


@pytest.mark.parametrize(("first", "half", "title"), [
    ("停车怎么收费", "那周末呢", "周末停车怎么收费"),
    ("停车怎么收费", "那節假日呢", "停车怎么收费"),
    ("周末停车怎么收费", "多少钱", "周末停车怎么收费"),
    ("礼品卡怎么买", "那退款呢", "礼品卡能退款吗"),
])  # fmt: skip
async def test_half_a_question_is_made_whole_with_the_one_before(
    talk: Talk, first: str, half: str, title: str
) -> None:
    await talk.say(first)
    said = await talk.say(half)
    assert [s.title for s in said.sources] == [title]


async def test_half_a_question_follows_the_newest_topic(talk: Talk) -> None:
    await talk.say("停车怎么收费")
    await talk.say("发票怎么开")
    said = await talk.say("那周末呢")
    assert "停车" not in words(said)
    assert not {s.title for s in said.sources} & {"停车怎么收费", "周末停车怎么收费"}


@pytest.mark.parametrize("text", ["那月亮呢", "那童装在几楼", "要预约吗", "那量子纠缠呢"])
async def test_what_the_topic_does_not_answer_is_not_dragged_along(talk: Talk, text: str) -> None:
    await talk.say("停车怎么收费")
    said = await talk.say(text)
    assert not said.sources


async def test_a_whole_question_stands_alone(talk: Talk) -> None:
    await talk.say("停车怎么收费")
    assert words(await talk.say("会员卡怎么办理")) == SHOP[2][1]


@pytest.mark.parametrize("text", [
    "停車怎麼收費", "停车怎么收費", "ｔｉｎｇ车　停车怎么收费？？", "听车怎么收费", "停车肿么收费", "停车咋收费", "停车怎么受费",
])  # fmt: skip
async def test_other_ways_of_writing_find_the_entry(talk: Talk, text: str) -> None:
    async with talk.unit() as ctx:
        found = await knowledge.search(ctx, text)
    assert found.candidates[0].question == "停车怎么收费"


@pytest.mark.parametrize(("text", "wish"), [("我要轉人工", True), ("我要退貨", False)])
def test_traditional_characters_are_read(text: str, wish: bool) -> None:
    assert bot.read_tone(text).wants_person is wish


@pytest.mark.parametrize("text", [
    "停车怎么收费", "我买的奶粉坏了。怎么退？", "买了两件，一件能退吗", "你好，请问停车怎么收费？", "谢谢！几点关门？",
])  # fmt: skip
def test_one_question_stays_whole(text: str) -> None:
    assert sentences.apart(text) == ()


@pytest.mark.parametrize("text", ["那算了", "那好吧", "那就退吧", "那我不要了", "还有呢", "停车怎么收费", "那童装在几楼", ""])
def test_no_half_is_heard_in_what_is_none(text: str) -> None:
    assert sentences.half_of(text) == ""


@pytest.mark.parametrize(("question", "subject"), [
    ("礼品卡能退吗", "礼品卡"), ("怎么退款", "退款"), ("几点关门", "关门"), ("会员积分怎么用", "会员积分"), ("母婴室在哪里", "母婴室"),
])  # fmt: skip
def test_the_subject_of_a_question(question: str, subject: str) -> None:
    assert sentences.subject_of(question) == subject
