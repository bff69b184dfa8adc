"""The house's words go out in order, once, and their states never go back."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from tests.conftest import Units, member
from tests.rooms.channels.conftest import Opened, call, enter, opened
from tests.rooms.channels.outside import Outside, opened_outside
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.main.house import SUBSCRIPTIONS
from xiaoer.modules import conversations
from xiaoer.modules.channels import reactions
from xiaoer.modules.conversations.contracts import DeliveryState, HandOff, text_part
from xiaoer.ports.channel import Outgoing
from xiaoer.ports.ctx import Assistant
from xiaoer.ports.house import House


@pytest.fixture
async def outside(
    house: House, unit: Units, http: httpx.AsyncClient, hook: Opened
) -> Outside:
    return await opened_outside(house, unit, http, hook)


async def test_answers_go_out_in_order_to_the_sender_and_once(outside: Outside) -> None:
    first = await outside.answer("在的")
    await outside.answer("请说")
    await outside.carry()
    await outside.carry()
    assert outside.texts == ["在的", "请说"]
    [sent, _] = outside.taken
    assert (sent.message_id, sent.to, sent.conversation_id) == (
        first, "s-1", outside.conversation_id
    )
    assert sent.author == {"kind": "assistant", "name": "小二"}


async def test_the_customers_own_words_and_notes_stay_in_the_house(outside: Outside) -> None:
    async with outside.unit(member("小林")) as ctx:
        await conversations.claim(ctx, outside.conversation_id)
        for n, (text, internal) in enumerate((("客户着急", True), ("马上查", False))):
            await conversations.say(
                ctx, outside.conversation_id, [text_part(text)],
                client_id=str(n), internal=internal,
            )
    await outside.carry()
    assert outside.texts == ["马上查"]
    assert outside.taken[0].author == {"kind": "agent", "name": "小林"}


async def test_what_the_customer_is_told_at_a_hand_off_goes_out_too(outside: Outside) -> None:
    async with outside.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, outside.conversation_id)
        wanted = HandOff("asked", parts=(text_part("正在转人工"),))
        await conversations.hand_off(ctx, turn, wanted)
    await outside.carry()
    assert outside.texts == ["正在转人工"]


async def test_receipts_out_of_order_never_take_a_state_back(outside: Outside) -> None:
    message_id = await outside.answer("在的")
    await outside.carry()
    for state, moved in (("read", 1), ("sent", 0), ("delivered", 0), ("read", 0)):
        answer = await outside.report({"message_id": str(message_id), "state": state})
        assert answer.json() == {"moved": moved}
    assert await outside.state(message_id) is DeliveryState.READ


async def test_a_receipt_may_name_the_message_as_the_other_system_does(outside: Outside) -> None:
    message_id = await outside.answer("在的")
    await outside.carry()
    name = f"ext-{message_id}"
    assert (await outside.report({"external_id": name, "state": "delivered"})).json()["moved"] == 1
    assert await outside.state(message_id) is DeliveryState.DELIVERED


async def test_a_receipt_that_overtakes_our_own_answer_counts(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = await outside.answer("在的")

    async def receipt_first(self: MemoryWebhook, outlet: object, out: Outgoing) -> str:
        answer = await outside.report({"message_id": str(out.message_id), "state": "read"})
        assert answer.json() == {"moved": 1}
        return ""

    monkeypatch.setattr(MemoryWebhook, "send", receipt_first)
    await outside.carry()
    assert await outside.state(message_id) is DeliveryState.READ


async def test_a_receipt_for_a_message_of_another_account_is_not_found(
    outside: Outside, unit: Units, clock: FakeClock
) -> None:
    message_id = await outside.answer("在的")
    await outside.carry()
    other = await opened(unit, "webhook", name="别的")
    body = {"message_id": str(message_id), "state": "read"}
    answer = await call(
        outside.http, other, body, at=clock.now().timestamp(), path="/receipts"
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("body", [
    {}, {"state": "read"}, {"message_id": "x", "state": "read"}, {"message_id": 1, "state": "read"},
    {"external_id": "", "state": "read"}, {"external_id": "x", "state": "lost"}, b"\xff",
])
async def test_a_receipt_that_says_nothing_is_refused(outside: Outside, body: object) -> None:
    answer = await outside.report(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")


async def test_nothing_is_carried_for_a_widget(
    http: httpx.AsyncClient, web: Opened, house: House, unit: Units
) -> None:
    widget = await enter(http, web.key)
    receipt = (await widget.say("在吗")).json()
    there = Outside(house, unit, http, web, UUID(receipt["conversation_id"]))
    await there.answer("在的")
    await there.carry()
    assert there.taken == []


async def test_nothing_is_carried_for_an_account_that_is_switched_off(
    outside: Outside, http: httpx.AsyncClient
) -> None:
    await outside.answer("在的")
    body = {"kind": "webhook", "name": "x", "callback_url": "https://a.example",
            "version": 1, "active": False}
    await http.put(f"/api/channels/accounts/{outside.hook.account.id}", json=body)
    await outside.carry()
    assert outside.taken == []


def test_the_house_listens_for_all_that_may_have_to_go_out() -> None:
    heard = {s.fact.__name__ for s in SUBSCRIPTIONS if s.run is reactions.carry}
    assert heard == {"ReplyPosted", "AgentSpoke", "HandedOff", "QueuedAgain"}
