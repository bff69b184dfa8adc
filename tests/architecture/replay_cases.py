"""A real fact for every subscription, made by the product's own verbs.

The harness fails for a subscription without a case here. A case leaves facts of its kind owed to
its subscriber, about one key; what else is owed meanwhile is delivered or set aside by the case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID, uuid4

from tests.architecture.replay_stage import Stage
from tests.conftest import member
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.kit.money import Money
from xiaoer.modules import channels, conversations, customers, knowledge, orders
from xiaoer.modules.channels.contracts import Entry, Profile, Session
from xiaoer.modules.channels.service.carrying import send_again
from xiaoer.modules.conversations.contracts import HandOff, text_part
from xiaoer.modules.customers.contracts import Identity, IdentityKind, Newcomer
from xiaoer.modules.knowledge.contracts import Content, NewEntry
from xiaoer.modules.orders.contracts import Item, NewOrder, Status
from xiaoer.ports.channel import Arrived, NotDelivered
from xiaoer.ports.ctx import Assistant

Case = Callable[[Stage], Awaitable[None]]

WHERE = "我的订单到哪了"
UNKNOWN = "量子纠缠对烘焙有什么影响呢朋友"
NUMBER = "HG20260101001"


async def a_known_question(stage: Stage) -> None:
    session = await _widget(stage)
    await _teach(stage)
    await _write(stage, session, "停车怎么收费")


async def an_unknown_question(stage: Stage) -> None:
    await _write(stage, await _widget(stage), UNKNOWN)


async def a_wish_for_a_person(stage: Stage) -> None:
    await _write(stage, await _widget(stage), "转人工")


async def a_second_unknown_question(stage: Stage) -> None:
    """The machine gives up: two tiers climb, and the queue takes it."""
    session = await _widget(stage)
    await _write(stage, session, UNKNOWN)
    await stage.settle()
    await _write(stage, session, UNKNOWN)


async def two_messages_that_wait_together(stage: Stage) -> None:
    session = await _widget(stage)
    await _teach(stage)
    await _write(stage, session, "你好")
    await _write(stage, session, "停车怎么收费")


async def another_demand_in_one_conversation(stage: Stage) -> None:
    """The second topic splits a demand off."""
    session = await _widget(stage)
    await _teach(stage)
    await _write(stage, session, "停车怎么收费")
    await stage.settle()
    await _write(stage, session, WHERE)


async def a_message_that_a_person_overtook(stage: Stage) -> None:
    """Told while the machine owned the conversation, delivered when a person does."""
    session = await _widget(stage)
    receipt = await _write(stage, session, "停车怎么收费")
    async with stage.unit(member()) as ctx:
        await conversations.claim(ctx, receipt)


async def a_proof_that_a_question_waited_for(stage: Stage) -> None:
    await _prove(stage, WHERE)


async def a_proof_whose_answer_asks_again(stage: Stage) -> None:
    """The question names an order that is not theirs, so that even then it stays open."""
    await _prove(stage, "我的订单 HG20991231999 到哪了")


async def a_proof_that_nothing_waited_for(stage: Stage) -> None:
    await _prove(stage, "几点关门")


async def an_answer_for_another_system(stage: Stage) -> None:
    conversation = await _hook(stage)
    for text in ("在的", "请说"):
        async with stage.unit(Assistant()) as ctx:
            turn = await conversations.turn(ctx, conversation)
            await conversations.reply(ctx, turn, [text_part(text)], tier="bot")


async def an_agents_words_for_another_system(stage: Stage) -> None:
    conversation = await _hook(stage)
    async with stage.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, conversation)
        await conversations.hand_off(ctx, turn, HandOff("asked"))
    await stage.settle()
    async with stage.unit(member()) as ctx:
        await conversations.claim(ctx, conversation)
        await conversations.say(ctx, conversation, [text_part("您好")], client_id="c1")


async def a_hand_off_that_is_told_to_another_system(stage: Stage) -> None:
    conversation = await _hook(stage)
    async with stage.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, conversation)
        wanted = HandOff("asked", parts=(text_part("正在为您转接"),), note=(text_part("客户要求人工"),))
        await conversations.hand_off(ctx, turn, wanted)


async def a_failed_message_that_a_person_sends_again(stage: Stage) -> None:
    conversation = await _hook(stage)
    async with stage.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, conversation)
        said = await conversations.reply(ctx, turn, [text_part("在的")], tier="bot")
        account = await channels.account(ctx, turn.conversation.account_id)
    hook = stage.assembly.house.ports.channels["webhook"]
    assert isinstance(hook, MemoryWebhook)
    hook.refuse(account.key, 1, NotDelivered("refused", status=404, again=False))
    await stage.hand_over(await stage.owed("conversations.ReplyPosted", "channels"))
    async with stage.unit(member()) as ctx:
        await send_again(ctx, conversation, said.id)


CASES: Mapping[tuple[str, str], tuple[Case, ...]] = {
    ("conversations.MessageReceived", "ladder"): (
        a_known_question,
        an_unknown_question,
        a_wish_for_a_person,
        a_second_unknown_question,
        two_messages_that_wait_together,
        another_demand_in_one_conversation,
        a_message_that_a_person_overtook,
    ),
    ("channels.Identified", "ladder"): (
        a_proof_that_a_question_waited_for,
        a_proof_whose_answer_asks_again,
        a_proof_that_nothing_waited_for,
    ),
    ("conversations.ReplyPosted", "channels"): (an_answer_for_another_system,),
    ("conversations.AgentSpoke", "channels"): (an_agents_words_for_another_system,),
    ("channels.QueuedAgain", "channels"): (a_failed_message_that_a_person_sends_again,),
    ("conversations.HandedOff", "channels"): (a_hand_off_that_is_told_to_another_system,),
}

QUIET = {a_message_that_a_person_overtook, a_proof_that_nothing_waited_for}
"""Right is to do nothing, however often the fact comes."""


async def _widget(stage: Stage) -> Session:
    async with stage.unit(member()) as ctx:
        account, _ = await channels.open_account(
            ctx, Profile(kind="web", name="官网", allowed_origins=("https://shop.example",))
        )
    async with stage.unit() as ctx:
        return (await channels.begin(ctx, account.id, Entry())).session


async def _write(stage: Stage, session: Session, text: str) -> UUID:
    async with stage.unit() as ctx:
        receipt = await channels.accept(ctx, session, str(uuid4()), [text_part(text)])
    return receipt.conversation_id


async def _teach(stage: Stage) -> None:
    content = Content("停车怎么收费", "前两小时免费，之后每小时五元。", ("停车费多少",), "知识")
    async with stage.unit() as ctx:
        entries = [(0, NewEntry("park", content))]
        await knowledge.take_in(ctx, entries, dry_run=False, live=True)
    async with stage.unit() as ctx:
        await knowledge.refresh(ctx)


async def _prove(stage: Stage, asked: str) -> None:
    """A buyer with one order asks, is answered, and proves who they are by that order."""
    session = await _widget(stage)
    async with stage.unit() as ctx:
        phone = Identity(IdentityKind.PHONE, "13800001234")
        loaded = await customers.load(ctx, [Newcomer((phone,), name="王芳")])
        item = Item(sku="s", title="口红", quantity=1, price=Money(9900))
        await orders.load(ctx, [NewOrder(
            NUMBER, Status.SHIPPED, ctx.now(), (item,), Money(9900),
            customer_id=loaded.ids[0], phone=phone.value,
        )])
    await _write(stage, session, asked)
    await stage.settle()
    async with stage.unit() as ctx:
        proof = await channels.prove_order(ctx, session, NUMBER, "1234")
    assert proof.proven


async def _hook(stage: Stage) -> UUID:
    """A conversation that another system brought."""
    async with stage.unit(member()) as ctx:
        account, _ = await channels.open_account(
            ctx, Profile(kind="webhook", name="接口", callback_url="https://elsewhere.example/in")
        )
        arrived = Arrived(str(uuid4()), "s-1", "李雷", [{"kind": "text", "text": "在吗"}])
        receipt = await channels.hear(ctx, account, arrived)
    await stage.forget_owed()
    return receipt.conversation_id
