"""A message is sent when the other side has it; until then it is tried, and then it has failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from tests.conftest import Units, member
from tests.ports.conftest import (  # noqa: F401
    Loopback,
    Received,
    loopback,
    loopback_server,
)
from tests.rooms.channels.conftest import Desk, Opened, enter, opened
from tests.rooms.channels.outside import Outside, opened_outside
from xiaoer.edge.live.deliveries import tell_deliveries
from xiaoer.edge.live.line import Line
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.engines.channels.webhook import WebhookChannel, signature
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.outside.guarded import GuardedOutside
from xiaoer.modules import conversations
from xiaoer.modules.channels.rules import carrying as rules
from xiaoer.modules.conversations.contracts import DeliveryState, text_part
from xiaoer.ports.channel import NotDelivered, Outgoing, Outlet
from xiaoer.ports.ctx import Assistant, Scope
from xiaoer.ports.house import House

REFUSED = NotDelivered("refused", status=404, again=False)
FORGET = "DELETE FROM kernel_delivery WHERE tenant_id = %(tenant)s"
Drain = Callable[[], Awaitable[None]]


@pytest.fixture
async def outside(
    house: House, unit: Units, http: httpx.AsyncClient, hook: Opened
) -> AsyncIterator[Outside]:
    there = await opened_outside(house, unit, http, hook)
    yield there
    there.refuse(0)
    async with unit() as ctx:
        await ctx.uow.run(FORGET, {"tenant": unit.tenant})


def send_again_path(outside: Outside, message_id: UUID) -> str:
    place = f"/api/channels/conversations/{outside.conversation_id}"
    return f"{place}/messages/{message_id}/send-again"


async def test_a_message_is_queued_until_the_other_side_has_it(outside: Outside) -> None:
    async with outside.unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, outside.conversation_id)
        said = await conversations.reply(ctx, turn, [text_part("在的")], tier="bot")
    assert said.state is DeliveryState.QUEUED
    assert await outside.state(said.id) is DeliveryState.QUEUED
    await outside.carry()
    assert await outside.state(said.id) is DeliveryState.SENT


async def test_notes_and_what_a_widget_reads_are_where_they_are_read(
    outside: Outside, http: httpx.AsyncClient, web: Opened
) -> None:
    async with outside.unit(member("小林")) as ctx:
        await conversations.claim(ctx, outside.conversation_id)
        note = await conversations.say(
            ctx, outside.conversation_id, [text_part("急")], client_id="1", internal=True
        )
    assert note.state is DeliveryState.SENT
    widget = await enter(http, web.key)
    receipt = (await widget.say("在吗")).json()
    there = Outside(outside.house, outside.unit, http, web, UUID(receipt["conversation_id"]))
    assert await there.state(await there.answer("在的")) is DeliveryState.SENT


async def test_what_is_tried_again_keeps_its_order_and_arrives_once(
    outside: Outside, drain: Drain, clock: FakeClock
) -> None:
    first = await outside.answer("一")
    outside.refuse(2)
    await drain()
    await outside.answer("二")
    await drain()
    assert (outside.texts, outside.refuses) == ([], 1), "the second waits behind the first"
    assert await outside.state(first) is DeliveryState.QUEUED
    clock.advance(rules.FIRST_WAIT_S)
    await drain()
    assert (outside.texts, outside.refuses) == ([], 0)
    clock.advance(rules.FIRST_WAIT_S * rules.GROWTH)
    await drain()
    assert outside.texts == ["一", "二"]
    await outside.carry()
    assert outside.texts == ["一", "二"]


@pytest.mark.parametrize(("asked_s", "waits_s"), [(60.0, 60), (1e9, 900), (0.0, 1)])
async def test_the_other_side_may_say_when_within_bounds(
    outside: Outside, drain: Drain, clock: FakeClock, asked_s: float, waits_s: int
) -> None:
    await outside.answer("一")
    outside.refuse(1, NotDelivered("busy", status=429, retry_after_s=asked_s))
    await drain()
    clock.advance(waits_s - 0.1)
    await drain()
    assert outside.texts == []
    clock.advance(1.2)
    await drain()
    assert outside.texts == ["一"]


async def test_a_refusal_fails_at_once_with_its_reason_and_the_next_goes(
    outside: Outside, drain: Drain
) -> None:
    first, second = await outside.answer("一"), await outside.answer("二")
    outside.refuse(1, REFUSED)
    await drain()
    assert outside.texts == ["二"]
    failed = (await outside.message(first)).as_json()
    assert (failed["state"], failed["failure"]["reason"], failed["failure"]["tries"]) == (
        "failed", "refused", 1
    )
    assert "404" in failed["failure"]["texts"]["zh-CN"]
    assert "404" in failed["failure"]["texts"]["en"]
    assert (await outside.message(second)).as_json()["state"] == "sent"


async def test_after_the_last_try_it_has_failed_and_the_next_goes(
    outside: Outside, drain: Drain, clock: FakeClock
) -> None:
    first = await outside.answer("一")
    await outside.answer("二")
    outside.refuse(rules.MOST_TRIES)
    for left in range(rules.MOST_TRIES - 1, -1, -1):
        assert (await outside.message(first)).failure is None
        await drain()
        assert outside.refuses == left
        clock.advance(rules.LONGEST_WAIT_S)
    failure = (await outside.message(first)).failure
    assert failure
    assert (failure.reason, failure.tries) == ("unreachable", rules.MOST_TRIES)
    assert outside.texts == ["二"]
    async with outside.unit() as ctx:
        rows = await ctx.uow.rows(
            "SELECT 1 AS one FROM kernel_dead_letter WHERE key = %(key)s",
            {"key": outside.conversation_id},
        )
    assert rows == [], "a message that failed is the desk's, and no dead letter"


async def test_a_channel_that_breaks_is_a_try_in_vain(
    outside: Outside, drain: Drain, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = await outside.answer("一")

    async def breaks(self: MemoryWebhook, outlet: Outlet, message: Outgoing) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(MemoryWebhook, "send", breaks)
        await drain()
    assert await outside.state(message_id) is DeliveryState.QUEUED
    clock.advance(rules.FIRST_WAIT_S)
    await drain()
    assert await outside.state(message_id) is DeliveryState.SENT


async def test_having_no_room_is_no_try(outside: Outside, drain: Drain, clock: FakeClock) -> None:
    message_id = await outside.answer("一")
    outside.refuse(3 * rules.MOST_TRIES, NotDelivered("crowded", counts=False))
    for _ in range(3 * rules.MOST_TRIES):
        await drain()
        clock.advance(1)
    assert outside.refuses == 0
    await drain()
    assert await outside.state(message_id) is DeliveryState.SENT


async def test_a_long_backlog_goes_out_whole_and_in_order(outside: Outside, drain: Drain) -> None:
    said = [str(n) for n in range(45)]
    for text in said:
        await outside.answer(text)
    await drain()
    assert outside.texts == said


async def test_what_is_said_while_the_account_is_off_fails_and_can_be_sent_later(
    outside: Outside, http: httpx.AsyncClient, drain: Drain
) -> None:
    message_id = await outside.answer("在的")
    body = {"kind": "webhook", "name": "x", "callback_url": "https://a.example"}
    path = f"/api/channels/accounts/{outside.hook.account.id}"
    await http.put(path, json=body | {"version": 1, "active": False})
    await drain()
    failure = (await outside.message(message_id)).failure
    assert failure
    assert failure.reason == "switched_off"
    await http.put(path, json=body | {"version": 2, "active": True})
    later = await outside.answer("还在吗")
    await drain()
    assert outside.texts == ["还在吗"]
    await http.post(send_again_path(outside, message_id))
    await drain()
    assert outside.texts == ["还在吗", "在的"]
    assert {await outside.state(one) for one in (message_id, later)} == {DeliveryState.SENT}


async def test_a_receipt_ends_the_tries_and_takes_a_failure_back(
    outside: Outside, drain: Drain, clock: FakeClock
) -> None:
    waits, failed = await outside.answer("一"), await outside.answer("二")
    outside.refuse(1)
    await drain()
    await outside.report({"message_id": str(waits), "state": "delivered"})
    outside.refuse(1, REFUSED)
    clock.advance(rules.FIRST_WAIT_S)
    await drain()
    assert (await outside.message(failed)).failure
    await outside.report({"message_id": str(failed), "state": "read"})
    shown = [(await outside.message(one)).as_json() for one in (waits, failed)]
    assert [(one["state"], one["failure"]) for one in shown] == [("delivered", None), ("read", None)]
    answer = await outside.http.post(send_again_path(outside, failed))
    assert answer.json()["state"] == "read"
    await drain()
    assert outside.texts == []


async def test_sending_again_is_audited_and_done_once(outside: Outside, drain: Drain) -> None:
    message_id = await outside.answer("一")
    outside.refuse(1, REFUSED)
    await drain()
    path = send_again_path(outside, message_id)
    answers = await asyncio.gather(*(outside.http.post(path) for _ in range(5)))
    assert {(a.status_code, a.json()["state"], a.json()["failure"]) for a in answers} == {
        (200, "queued", None)
    }
    await drain()
    await outside.http.post(path)
    await drain()
    assert outside.texts == ["一"]
    assert await outside.state(message_id) is DeliveryState.SENT
    async with outside.unit() as ctx:
        trail = await conversations.reading.audit_trail(ctx, outside.conversation_id)
    assert [line.verb for line in trail].count("send_again") == 1


async def test_what_is_sent_again_has_all_its_tries_anew(
    outside: Outside, drain: Drain, clock: FakeClock
) -> None:
    message_id = await outside.answer("一")
    outside.refuse(1, REFUSED)
    await drain()
    await outside.http.post(send_again_path(outside, message_id))
    outside.refuse(rules.MOST_TRIES - 1, NotDelivered("failing", status=500))
    for _ in range(rules.MOST_TRIES):
        await drain()
        clock.advance(rules.LONGEST_WAIT_S)
    assert outside.texts == ["一"]


async def test_only_who_serves_customers_within_reach_sends_again(
    outside: Outside, desk: Desk, http: httpx.AsyncClient
) -> None:
    message_id = await outside.answer("一")
    assert (await http.post(send_again_path(outside, uuid4()))).status_code == 404
    desk.path = "/elsewhere/"
    assert (await http.post(send_again_path(outside, message_id))).status_code == 404
    desk.path, desk.member = "/", member(permissions=frozenset({"channels.manage"}))
    assert (await http.post(send_again_path(outside, message_id))).json()["code"] == "forbidden"


async def test_an_account_that_reaches_nobody_is_named_until_it_does(
    outside: Outside, desk: Desk, http: httpx.AsyncClient, drain: Drain, clock: FakeClock
) -> None:
    async def troubles() -> list[tuple[object, ...]]:
        found = (await http.get("/api/channels/troubles")).json()["items"]
        return [(t["account_id"], t["failed"], t["waiting"], t["reason"]) for t in found]

    account = str(outside.hook.account.id)
    outside.refuse(2, REFUSED)
    await outside.answer("一")
    await outside.answer("二")
    await drain()
    assert await troubles() == []
    outside.refuse(1, NotDelivered("timeout"))
    clock.advance(1)
    await outside.answer("三")
    await drain()
    assert await troubles() == [(account, 2, 1, "timeout")]
    desk.path = "/elsewhere/"
    assert await troubles() == []
    desk.path = "/"
    clock.advance(rules.FIRST_WAIT_S)
    await drain()
    assert outside.texts == ["三"]
    assert await troubles() == []
    desk.member = member(permissions=frozenset({"desk.serve"}))
    assert (await http.get("/api/channels/troubles")).json()["code"] == "forbidden"


async def test_a_desk_that_watches_is_told_how_far_words_have_come(
    outside: Outside, drain: Drain
) -> None:
    where = Scope(outside.unit.tenant)
    line = Line(cast(WebSocket, None), member(), where, "zh-CN")
    watching = {(where.tenant, outside.conversation_id): {line}}

    async def told() -> list[str]:
        async with outside.unit() as ctx:
            rows = await conversations.reading.many(ctx, [outside.conversation_id])
        await tell_deliveries(outside.house, where.tenant, rows, watching)
        frames = [orjson.loads(line._frames.get_nowait()) for _ in range(line._frames.qsize())]
        return [item["state"] for frame in frames for item in frame["items"]]

    message_id = await outside.answer("一")
    assert await told() == ["queued"]
    assert await told() == [], "only what is new"
    outside.refuse(1, REFUSED)
    await drain()
    assert await told() == ["failed"]
    await outside.http.post(send_again_path(outside, message_id))
    assert await told() == ["queued"]
    await drain()
    assert await told() == ["sent"]


def test_the_waits_grow_within_bounds_and_are_spread() -> None:
    longest = [rules.wait_s(n, 1.0, None) for n in range(1, rules.MOST_TRIES)]
    assert longest == [2, 6, 18, 54, 162, 300, 300]
    assert [rules.wait_s(n, 0.0, None) for n in range(1, 8)] == [w / 2 for w in longest]
    assert rules.wait_s(1, 0.5, 30) == 30
    assert rules.wait_s(7, 1.0, 30) == 300
    assert rules.wait_s(1, 0.5, 1e12) == 900


@pytest.mark.parametrize("reason", [
    "refused", "redirected", "busy", "failing", "timeout", "unreachable", "unknown_host", "broken",
    "address_refused", "switched_off", "something of a plugin",
])
def test_every_reason_has_words_in_both_languages(reason: str) -> None:
    said = rules.said(reason, 418, 8)
    assert set(said) == {"zh-CN", "en"}
    assert said["zh-CN"] != said["en"]
    assert not any("{" in text for text in said.values())


async def test_over_real_http_the_product_tries_fails_and_sends_again(
    house: House, unit: Units, http: httpx.AsyncClient, clock: FakeClock, drain: Drain,
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    """From the account's address through the courier to another system, and back by receipt."""
    there = GuardedOutside(("127.0.0.1",))
    monkeypatch.setitem(house.ports.channels, "webhook", WebhookChannel(clock, there))  # type: ignore[arg-type]
    monkeypatch.setattr(house.ports.outside, "admit", there.admit)
    hook = await opened(unit, "webhook", callback_url=f"{loopback.url}/in")
    outside = await opened_outside(house, unit, http, hook)
    answers = [
        Response(status_code=503, headers={"Retry-After": "20"}),
        JSONResponse({"external_id": "theirs-1"}),
        Response(status_code=410),
        Response(status_code=204),
    ]

    async def in_turn(_: Received) -> Response:
        return answers.pop(0)

    loopback.reply = in_turn
    message_id = await outside.answer("在的")
    await drain()
    clock.advance(19)
    await drain()
    assert len(loopback.received) == 1
    clock.advance(2)
    await drain()
    assert await outside.state(message_id) is DeliveryState.SENT
    await outside.report({"external_id": "theirs-1", "state": "read"})
    assert await outside.state(message_id) is DeliveryState.READ

    gone = await outside.answer("请说")
    await drain()
    assert (await outside.message(gone)).as_json()["failure"]["reason"] == "refused"
    await outside.http.post(send_again_path(outside, gone))
    await drain()
    assert (await outside.message(gone)).as_json()["state"] == "sent"

    said = [(r.headers["idempotency-key"], orjson.loads(r.body)) for r in loopback.received]
    ids = [str(message_id)] * 2 + [str(gone)] * 2
    assert [key for key, _ in said] == ids
    assert [body["message_id"] for _, body in said] == ids
    for came in loopback.received:
        stamp = came.headers["x-xiaoer-timestamp"]
        assert came.headers["x-xiaoer-signature"] == signature(hook.secret, stamp, came.body)
