"""What a conversation promises at its door."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Units, member
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound, Stale
from xiaoer.modules import conversations
from xiaoer.modules.conversations.contracts import (
    Agent,
    Arrival,
    Assistant,
    HandOff,
    Person,
    Queue,
    Receipt,
    Status,
    Try,
    View,
    text_part,
)
from xiaoer.modules.conversations.errors import AlreadyClaimed, CustomerWrote, NotYours, Overtaken
from xiaoer.ports.ctx import Assistant as AssistantActor
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

ACCOUNT = uuid4()


def arrival(text: str, visitor: UUID, client_id: str | None = None, **more: Any) -> Arrival:
    return Arrival(
        account_id=ACCOUNT,
        channel_kind="web",
        channel_name="官网",
        person=Person(visitor),
        client_id=client_id or str(uuid4()),
        parts=(text_part(text),),
        **more,
    )


async def wrote(unit: Units, text: str, visitor: UUID, client_id: str | None = None) -> Receipt:
    async with unit() as ctx:
        return await conversations.receive(ctx, arrival(text, visitor, client_id))


async def handed_off(unit: Units, visitor: UUID) -> UUID:
    receipt = await wrote(unit, "转人工", visitor)
    async with unit(AssistantActor()) as ctx:
        turn = await conversations.turn(ctx, receipt.conversation_id)
        await conversations.hand_off(ctx, turn, HandOff("asked"))
    return receipt.conversation_id


async def test_fifty_copies_at_once_become_one_message(
    house: House, tenant: TenantId, unit: Units
) -> None:
    visitor = uuid4()
    same = arrival("你们几点关门", visitor, "c-1")
    receipts = await asyncio.gather(
        *(
            house.grouped(System("t"), Scope(tenant), lambda ctx: conversations.receive(ctx, same))
            for _ in range(50)
        )
    )
    assert len({r.message_id for r in receipts}) == 1
    assert sum(not r.duplicate for r in receipts) == 1
    async with unit() as ctx:
        found = await conversations.reading.messages_of(ctx, receipts[0].conversation_id)
    assert [m.text for m in found] == ["你们几点关门"]


async def test_two_first_messages_at_once_open_one_conversation(unit: Units) -> None:
    visitor = uuid4()
    first, second = await asyncio.gather(
        wrote(unit, "在吗", visitor), wrote(unit, "我想退货", visitor)
    )
    assert first.conversation_id == second.conversation_id
    assert sorted((first.seq, second.seq)) == [1, 2]


async def test_messages_keep_their_order(unit: Units) -> None:
    visitor = uuid4()
    receipts = [await wrote(unit, f"第{i}句", visitor) for i in range(5)]
    assert [r.seq for r in receipts] == [1, 2, 3, 4, 5]


async def test_a_reply_names_what_it_covers(unit: Units) -> None:
    visitor = uuid4()
    await wrote(unit, "停车怎么收费", visitor)
    receipt = await wrote(unit, "在朝阳店", visitor)
    async with unit(AssistantActor()) as ctx:
        turn = await conversations.turn(ctx, receipt.conversation_id)
        said = await conversations.reply(ctx, turn, [text_part("每小时五元")], tier="bot")
    assert said.covers == (1, 2)
    async with unit() as ctx:
        after = await conversations.turn(ctx, receipt.conversation_id)
    assert after.unanswered == ()


async def test_a_person_speaking_silences_the_assistant(unit: Units) -> None:
    visitor = uuid4()
    conversation_id = await handed_off(unit, visitor)
    async with unit(AssistantActor()) as ctx:
        turn = await conversations.turn(ctx, conversation_id)
    async with unit(member()) as ctx:
        await conversations.claim(ctx, conversation_id)
    async with unit(AssistantActor()) as ctx:
        with pytest.raises(Overtaken):
            await conversations.reply(ctx, turn, [text_part("我是机器人")], tier="bot")


async def test_a_draft_is_dropped_when_the_customer_writes_again_but_not_for_ever(
    unit: Units,
) -> None:
    visitor = uuid4()
    receipt = await wrote(unit, "你好", visitor)
    async with unit(AssistantActor()) as ctx:
        turn = await conversations.turn(ctx, receipt.conversation_id)
    await wrote(unit, "还有", visitor)
    async with unit(AssistantActor()) as ctx:
        with pytest.raises(Overtaken):
            await conversations.reply(ctx, turn, [text_part("答")], tier="bot")
    async with unit(AssistantActor()) as ctx:
        said = await conversations.reply(
            ctx, replace(turn, dropped=2), [text_part("答")], tier="bot"
        )
    assert said.covers == (1,)


@pytest.mark.parametrize("dropped", [0, 2])
async def test_what_was_answered_is_not_answered_again_from_the_same_turn(
    unit: Units, dropped: int
) -> None:
    receipt = await wrote(unit, "你好", uuid4())
    async with unit(AssistantActor()) as ctx:
        turn = replace(await conversations.turn(ctx, receipt.conversation_id), dropped=dropped)
        await conversations.reply(ctx, turn, [text_part("答")], tier="bot")
    async with unit(AssistantActor()) as ctx:
        with pytest.raises(Overtaken):
            await conversations.reply(ctx, turn, [text_part("答")], tier="bot")


async def test_two_agents_never_both_own_a_conversation(unit: Units) -> None:
    conversation_id = await handed_off(unit, uuid4())

    async def try_claim(name: str) -> object:
        async with unit(member(name)) as ctx:
            return await conversations.claim(ctx, conversation_id)

    results = await asyncio.gather(
        *(try_claim(f"坐席{i}") for i in range(8)), return_exceptions=True
    )
    assert sum(not isinstance(r, Exception) for r in results) == 1
    assert sum(isinstance(r, AlreadyClaimed) for r in results) == 7


async def test_claiming_next_is_oldest_first_and_never_the_same_twice(
    unit: Units, clock: FakeClock
) -> None:
    waiting = []
    for _ in range(4):
        waiting.append(await handed_off(unit, uuid4()))
        clock.advance(1)

    async def take() -> UUID:
        async with unit(member()) as ctx:
            claimed = await conversations.claim_next(ctx, [])
            assert claimed is not None
            return claimed.id

    one = await take()
    assert one == waiting[0]
    rest = await asyncio.gather(take(), take(), take())
    assert set(rest) == set(waiting[1:])
    async with unit(member()) as ctx:
        assert await conversations.claim_next(ctx, []) is None


async def test_only_the_owner_speaks_and_a_note_is_not_for_the_customer(unit: Units) -> None:
    conversation_id = await handed_off(unit, uuid4())
    owner, other = member("甲"), member("乙")
    async with unit(owner) as ctx:
        await conversations.claim(ctx, conversation_id)
    async with unit(other) as ctx:
        with pytest.raises(NotYours):
            await conversations.say(ctx, conversation_id, [text_part("我来")], client_id="a")
    async with unit(other) as ctx:
        note = await conversations.say(
            ctx, conversation_id, [text_part("他是老客户")], client_id="b", internal=True
        )
    assert note.internal
    async with unit(owner) as ctx:
        first = await conversations.say(ctx, conversation_id, [text_part("您好")], client_id="c")
    async with unit(owner) as ctx:
        again = await conversations.say(ctx, conversation_id, [text_part("您好")], client_id="c")
    assert (first.id, first.seq) == (again.id, again.seq)


async def test_a_decision_on_an_old_view_is_refused(unit: Units) -> None:
    conversation_id = await handed_off(unit, uuid4())
    owner = member()
    async with unit(owner) as ctx:
        seen = await conversations.get(ctx, conversation_id)
        claimed = await conversations.claim(ctx, conversation_id, seen.version)
    async with unit(owner) as ctx:
        with pytest.raises(Stale):
            await conversations.resolve(ctx, conversation_id, seen.version)
    async with unit(owner) as ctx:
        resolved = await conversations.resolve(ctx, conversation_id, claimed.version)
    assert resolved.status is Status.RESOLVED


async def test_what_the_customer_has_just_written_is_read_before_it_is_resolved(
    unit: Units,
) -> None:
    visitor = uuid4()
    conversation_id = await handed_off(unit, visitor)
    owner = member()
    async with unit(owner) as ctx:
        screen = await conversations.claim(ctx, conversation_id)
    news = await wrote(unit, "等等，还有一件事", visitor)
    async with unit(owner) as ctx:
        with pytest.raises(CustomerWrote) as refused:
            await conversations.resolve(
                ctx, conversation_id, screen.version, seen_seq=screen.last_seq
            )
        assert (await conversations.get(ctx, conversation_id)).status is Status.OPEN
    assert refused.value.fields["seq"] == news.seq
    async with unit(owner) as ctx:
        resolved = await conversations.resolve(
            ctx, conversation_id, screen.version, seen_seq=refused.value.fields["seq"]
        )
    assert resolved.status is Status.RESOLVED


async def test_a_colleagues_note_does_not_stop_a_resolution(unit: Units) -> None:
    conversation_id = await handed_off(unit, uuid4())
    owner = member()
    async with unit(owner) as ctx:
        screen = await conversations.claim(ctx, conversation_id)
        await conversations.say(
            ctx, conversation_id, [text_part("他是老客户")], client_id="n", internal=True
        )
        resolved = await conversations.resolve(
            ctx, conversation_id, screen.version, seen_seq=screen.last_seq
        )
    assert resolved.status is Status.RESOLVED


async def test_a_transfer_moves_ownership_in_one_step(unit: Units) -> None:
    conversation_id = await handed_off(unit, uuid4())
    first, second = member("甲"), member("乙")
    async with unit(first) as ctx:
        await conversations.claim(ctx, conversation_id)
        moved = await conversations.transfer(ctx, conversation_id, Agent(second.id, "乙"))
    assert moved.owner == Agent(second.id, "乙")
    async with unit(member("丙", permissions=frozenset())) as ctx:
        with pytest.raises(NotYours):
            await conversations.transfer(ctx, conversation_id, Queue())


async def test_coming_back_reopens_at_the_assistant(unit: Units, clock: FakeClock) -> None:
    visitor = uuid4()
    conversation_id = await handed_off(unit, visitor)
    async with unit(member()) as ctx:
        await conversations.claim(ctx, conversation_id)
        await conversations.resolve(ctx, conversation_id)
    clock.advance(hours=2)
    receipt = await wrote(unit, "还是不行", visitor)
    assert receipt.conversation_id == conversation_id
    async with unit() as ctx:
        now = await conversations.get(ctx, conversation_id)
    assert now.status is Status.OPEN
    assert now.owner == Assistant()
    clock.advance(hours=100)
    async with unit() as ctx:
        await conversations.measure(ctx, conversations.measuring.timedelta(hours=72))


async def test_another_tenants_conversation_does_not_exist(unit: Units, house: House) -> None:
    receipt = await wrote(unit, "在吗", uuid4())
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        with pytest.raises(NotFound):
            await conversations.get(ctx, receipt.conversation_id)


async def test_an_agent_of_another_store_does_not_see_it(unit: Units) -> None:
    async with unit() as ctx:
        receipt = await conversations.receive(
            ctx, arrival("在吗", uuid4(), unit_path="/dept/bj01/")
        )
    async with unit(member(), "/dept/bj01/") as ctx:
        assert (await conversations.get(ctx, receipt.conversation_id)).id
    async with unit(member(), "/dept/sh01/") as ctx:
        with pytest.raises(NotFound):
            await conversations.get(ctx, receipt.conversation_id)


async def test_words_of_two_characters_are_found(unit: Units) -> None:
    receipt = await wrote(unit, "我的退款什么时候到账", uuid4())
    async with unit(member()) as ctx:
        for words in ("退款", "到账", "什么时候", "退款 到账"):
            found = await conversations.reading.search(ctx, words)
            assert [m.conversation_id for m, _ in found.items] == [receipt.conversation_id], words
        assert (await conversations.reading.search(ctx, "发票")).items == ()


async def test_lists_page_without_gap_or_repeat(unit: Units, clock: FakeClock) -> None:
    made = set()
    for _ in range(7):
        made.add(await handed_off(unit, uuid4()))
        clock.advance(1)
    for name in ("queue", "all"):
        seen: list[UUID] = []
        cursor = None
        while True:
            async with unit(member()) as ctx:
                page = await conversations.reading.page(ctx, View(name, cursor=cursor, limit=3))
            seen += [c.id for c in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == 7, name
        assert set(seen) == made, name


async def test_four_numbers_follow_a_demand_through_its_window(
    unit: Units, clock: FakeClock
) -> None:
    from datetime import timedelta

    start = clock.now()
    solved, unlucky = uuid4(), uuid4()

    async def answered(visitor: UUID, text: str) -> None:
        receipt = await wrote(unit, text, visitor)
        async with unit(AssistantActor()) as ctx:
            turn = await conversations.turn(ctx, receipt.conversation_id)
            await conversations.record_tries(
                ctx, turn, [Try("bot", "answered", "", 0.9, ctx.now())], topic="停车"
            )
            await conversations.reply(ctx, turn, [text_part("答")], tier="bot")

    await answered(solved, "停车怎么收费")
    await answered(unlucky, "停车怎么收费")
    await handed_off(unit, uuid4())

    async def count() -> dict[str, int]:
        async with unit(member()) as ctx:
            await conversations.measure(ctx, timedelta(hours=72))
            [n] = await conversations.measuring.numbers(ctx, start, start + timedelta(days=30))
        return {
            k: getattr(n, k)
            for k in ("received", "contained", "confirmed_resolved", "reopened", "not_yet_known")
        }

    assert await count() == {
        "received": 3,
        "contained": 0,
        "confirmed_resolved": 0,
        "reopened": 0,
        "not_yet_known": 3,
    }
    clock.advance(hours=3)
    await answered(unlucky, "停车到底怎么收费")
    clock.advance(hours=80)
    assert await count() == {
        "received": 3,
        "contained": 2,
        "confirmed_resolved": 2,
        "reopened": 1,
        "not_yet_known": 0,
    }


async def test_the_place_follows_the_shopper_while_the_machine_answers(unit: Units) -> None:
    visitor = uuid4()
    for path in ("/dept/sh01/", "/dept/bj01/"):
        async with unit() as ctx:
            receipt = await conversations.receive(
                ctx, arrival("几点关门", visitor, unit_path=path)
            )
    async with unit() as ctx:
        assert (await conversations.get(ctx, receipt.conversation_id)).unit_path == "/dept/bj01/"


async def test_a_conversation_follows_the_demand_that_its_tries_belong_to(unit: Units) -> None:
    visitor = uuid4()

    async def climbed(topic: str, outcome: str, reason: str) -> tuple[Try, ...]:
        receipt = await wrote(unit, topic, visitor)
        async with unit(AssistantActor()) as ctx:
            turn = await conversations.turn(ctx, receipt.conversation_id)
            made = Try("bot", outcome, reason, None, ctx.now())
            await conversations.record_tries(ctx, turn, [made], topic=topic, subject="A-1")
            await conversations.reply(ctx, turn, (text_part("好"),), tier="bot")
        async with unit() as ctx:
            return (await conversations.turn(ctx, receipt.conversation_id)).tries

    await climbed("flow:price", "answered", "done:price_protect")
    await climbed("flow:cancel", "asked", "confirm:cancel_order")
    tries = await climbed("flow:price", "asked", "confirm:price_protect")
    assert tries[-1].reason == "confirm:price_protect"
