"""From a customer's message to an answer, an offer, or a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.ladder import LADDER
from xiaoer.modules import bot, channels, conversations, customers, knowledge
from xiaoer.modules.conversations.contracts import (
    Agent,
    Arrival,
    Assistant,
    Message,
    Person,
    Queue,
    text_part,
)
from xiaoer.modules.knowledge.contracts import Content, NewEntry
from xiaoer.modules.knowledge.service import dialing

ACCOUNT = uuid4()
Drain = Callable[[], Awaitable[None]]


class Talk:
    """A customer who writes, and what comes back."""

    def __init__(self, unit: Units, drain: Drain, person: Person | None = None) -> None:
        self.unit = unit
        self.drain = drain
        self.person = person or Person(uuid4())
        self.id: UUID | None = None

    async def write(self, text: str) -> None:
        async with self.unit() as ctx:
            receipt = await conversations.receive(
                ctx, Arrival(ACCOUNT, "web", "官网", self.person, str(uuid4()), (text_part(text),))
            )
        self.id = receipt.conversation_id

    async def say(self, text: str) -> Message:
        await self.write(text)
        await self.drain()
        return (await self.messages())[-1]

    async def messages(self) -> list[Message]:
        async with self.unit() as ctx:
            assert self.id
            found = await conversations.reading.messages_of(ctx, self.id)
        return [m for m in found if not m.internal]

    async def conversation(self) -> conversations.contracts.Conversation:
        async with self.unit() as ctx:
            assert self.id
            return await conversations.get(ctx, self.id)


@pytest.fixture
async def talk(unit: Units, drain: Drain) -> Talk:
    async with unit() as ctx:
        rows = [
            (
                "park",
                "停车怎么收费",
                "前两小时免费，之后每小时五元。",
                ("车停你们那儿收钱吗", "停车费多少"),
            ),
            ("points", "积分怎么用", "积分可以抵现金。", ("积分能抵钱吗", "会员积分换什么")),
            ("gift", "礼品卡能退吗", "礼品卡售出后不能退。", ("购物卡可以退货吗", "礼品卡退款")),
        ]
        await knowledge.take_in(
            ctx,
            [(i, NewEntry(k, Content(q, a, s, "知识"))) for i, (k, q, a, s) in enumerate(rows)],
            dry_run=False,
            live=True,
        )
    async with unit() as ctx:
        await knowledge.refresh(ctx)
    return Talk(unit, drain)


def words(message: Message) -> str:
    return message.text


def options(message: Message) -> list[str]:
    return [
        o["value"]
        for p in message.parts
        if p.fields.get("card") == "choices"
        for o in p.fields["options"]
    ]


async def test_a_known_question_is_answered_word_for_word_with_its_source(talk: Talk) -> None:
    said = await talk.say("停车怎么收费")
    assert said.author.kind == "assistant"
    assert words(said) == "前两小时免费，之后每小时五元。"
    assert [s.title for s in said.sources] == ["停车怎么收费"]
    assert said.covers == (1,)


async def test_what_it_does_not_know_it_says_and_offers_a_person_in_one_step(talk: Talk) -> None:
    said = await talk.say("量子纠缠对烘焙有什么影响呢朋友")
    assert "action:person" in options(said)
    assert (await talk.conversation()).owner == Assistant()


async def test_two_unknown_questions_in_a_row_lead_to_a_person(talk: Talk) -> None:
    await talk.say("量子纠缠对烘焙有什么影响呢朋友")
    await talk.say("量子纠缠对烘焙有什么影响呢朋友")
    assert isinstance((await talk.conversation()).owner, Queue)


@pytest.mark.parametrize("text", ["转人工", "我要找真人", "human please", "叫你们经理来"])
async def test_a_person_is_always_one_step_away(talk: Talk, text: str) -> None:
    await talk.say(text)
    conversation = await talk.conversation()
    assert isinstance(conversation.owner, Queue)
    assert conversation.waiting_since is not None


@pytest.mark.parametrize(
    "text",
    ["我不舒服，用了面霜脸肿了", "孩子吃了你们的米粉拉肚子", "涂了之后很难受", "my lips are swollen"],
)
def test_a_body_in_trouble_is_heard_in_many_words(text: str) -> None:
    assert bot.read_tone(text).risk == "medical"


@pytest.mark.parametrize("text", ["这双鞋穿着不舒服想退", "红色皮肤能用吗", "嘴唇干涂什么", "有没有舒服的枕头"])
def test_discomfort_with_goods_is_no_emergency(text: str) -> None:
    assert bot.read_tone(text).risk == ""


@pytest.mark.parametrize("text", ["送妈妈的生日礼物", "给他妈妈买条围巾", "我妈的会员卡"])
def test_a_mother_is_no_curse(text: str) -> None:
    assert not bot.read_tone(text).is_abusive


@pytest.mark.parametrize("text", ["他妈的", "你他妈什么态度", "妈的等半天"])
def test_a_curse_is_one(text: str) -> None:
    assert bot.read_tone(text).is_abusive


async def test_a_grave_risk_goes_straight_to_a_person_with_priority(talk: Talk) -> None:
    said = await talk.say("用了你们面霜脸上过敏了很严重")
    conversation = await talk.conversation()
    assert isinstance(conversation.owner, Queue)
    assert conversation.priority >= 3
    assert "120" in words(said)


async def test_still_not_solved_twice_climbs(talk: Talk) -> None:
    await talk.say("停车怎么收费")
    for _ in range(2):
        async with talk.unit() as ctx:
            assert talk.id
            await conversations.unsolved(ctx, conversations.contracts.ConversationId(talk.id))
        await talk.say("没解决")
    assert isinstance((await talk.conversation()).owner, Queue)


async def test_still_not_solved_is_a_verdict_on_the_answer(talk: Talk) -> None:
    await talk.say("停车怎么收费")
    await talk.say("没解决")
    await talk.say("没解决")
    async with talk.unit(member("编辑")) as ctx:
        board = await dialing.board(ctx)
    assert board.counts == {"shopper": {"wrong": 1}}


async def test_a_complaint_about_no_answer_is_no_verdict(talk: Talk) -> None:
    await talk.say("你好")
    await talk.say("没解决")
    async with talk.unit(member("编辑")) as ctx:
        assert (await dialing.board(ctx)).counts == {}


async def test_messages_that_wait_together_are_answered_together(talk: Talk) -> None:
    await talk.write("你好")
    await talk.write("停车怎么收费")
    await talk.drain()
    said = (await talk.messages())[-1]
    assert said.covers == (1, 2)
    assert len(await talk.messages()) == 3


async def test_the_assistant_is_silent_once_a_person_owns_it(talk: Talk) -> None:
    await talk.say("转人工")
    agent = member("林小满")
    async with talk.unit(agent) as ctx:
        assert talk.id
        await conversations.claim(ctx, talk.id)
    await talk.say("停车怎么收费")
    found = await talk.messages()
    assert found[-1].author.kind == "customer"
    assert (await talk.conversation()).owner == Agent(agent.id, agent.name)


async def test_the_agent_sees_what_was_learnt(talk: Talk) -> None:
    await talk.say("停车怎么收费")
    await talk.say("转人工")
    async with talk.unit(member()) as ctx:
        assert talk.id
        (note,) = [m for m in await conversations.reading.messages_of(ctx, talk.id) if m.internal]
        found = (await conversations.reading.search(ctx, "客户要求人工")).items
    assert "转人工原因：客户要求人工" in note.text
    assert note.id in {message.id for message, _name in found}
    (part,) = note.as_json()["parts"]
    assert (part["kind"], part["code"]) == ("system", "hand_off_note")
    fields = part["fields"]
    assert (fields["reason"], fields["said"], fields["urgent"]) == ("asked", "转人工", False)
    assert [one["tier"] for one in fields["tried"]] == ["self_service", "bot"]


async def test_a_tier_that_breaks_ends_at_a_person(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the index is gone")

    monkeypatch.setattr(bot, "next_move", broken)
    await talk.say("停车怎么收费")
    assert isinstance((await talk.conversation()).owner, Queue)


async def test_an_unproven_visitor_learns_nothing_about_an_order(talk: Talk) -> None:
    first = await talk.say("我的订单 HG202611010001 到哪了")
    other = Talk(talk.unit, talk.drain)
    second = await other.say("我的订单到哪了")
    assert words(first) == words(second)
    assert "action:prove" in options(first)
    assert first.sources == ()


async def test_who_proves_it_gets_the_answer_that_had_to_wait(talk: Talk) -> None:
    await talk.say("我的订单到哪了")
    async with talk.unit() as ctx:
        loaded = await customers.load(ctx, [customers.contracts.Newcomer(
            (customers.contracts.Identity(customers.contracts.IdentityKind.MEMBER_NO, "M1"),),
            name="周小舟",
        )])
        assert talk.id
        await conversations.rekey_demands(
            ctx, talk.person.visitor_id, loaded.ids[0],
            replace(talk.person, customer_id=loaded.ids[0], proven=True),
        )
        ctx.uow.tell(channels.events.Identified(
            key=talk.id, visitor_id=talk.person.visitor_id, customer_id=loaded.ids[0],
            account_id=ACCOUNT, conversation_id=talk.id,
        ))
    await talk.drain()
    said = (await talk.messages())[-1]
    assert "没有找到这笔订单" in words(said)
    assert "action:prove" not in options(said)


async def test_an_insult_is_met_calmly(talk: Talk) -> None:
    said = await talk.say("你个垃圾机器人")
    assert "action:person" in options(said)
    assert "!" not in words(said)


async def test_english_is_answered_in_english(talk: Talk) -> None:
    said = await talk.say("hello")
    assert "automated assistant" in words(said)


def test_the_ladder_has_only_tiers_that_are_real() -> None:
    assert [name for name, _ in LADDER] == ["self_service", "bot"]


@pytest.mark.parametrize(
    ("text", "trait"),
    [
        ("转人工", "wants_person"),
        ("人工客服", "wants_person"),
        ("talk to a human", "wants_person"),
        ("没解决", "still_unsolved"),
        ("你好", "is_greeting"),
        ("谢谢啊", "is_thanks"),
        ("你们是傻逼吗", "is_abusive"),
    ],
)
def test_a_tone_is_read(text: str, trait: str) -> None:
    assert getattr(bot.read_tone(text), trait)


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("我要投诉你们", "complaint"),
        ("我要打12315", "regulator"),
        ("我要起诉", "legal"),
        ("我不想活了", "self_harm"),
        ("停车怎么收费", ""),
        ("人工智能是什么", ""),
    ],
)
def test_a_risk_is_read(text: str, risk: str) -> None:
    assert bot.read_tone(text).risk == risk
