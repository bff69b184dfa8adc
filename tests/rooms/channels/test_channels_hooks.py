"""Another system's hook: signed both ways, taken in once, carried out in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import Units
from tests.rooms.channels.conftest import Opened, call, message, opened
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.modules import conversations


@pytest.fixture
def now(clock: FakeClock) -> float:
    return clock.now().timestamp()


async def test_a_signed_message_opens_a_conversation(
    http: httpx.AsyncClient, hook: Opened, unit: Units, now: float
) -> None:
    answer = await call(http, hook, message("订单到哪了"), at=now)
    assert (answer.status_code, answer.json()["duplicate"]) == (200, False)
    async with unit() as ctx:
        conversation = await conversations.get(ctx, answer.json()["conversation_id"])
    assert (conversation.channel_kind, conversation.person.name) == ("webhook", "李雷")
    assert not conversation.person.proven


async def test_fifty_copies_at_once_become_one_message(
    http: httpx.AsyncClient, hook: Opened, unit: Units, now: float
) -> None:
    same = message(external_id="m-1")
    answers = await asyncio.gather(*(call(http, hook, same, at=now) for _ in range(50)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["id"] for a in answers}) == 1
    assert sum(not a.json()["duplicate"] for a in answers) == 1
    async with unit() as ctx:
        found = await conversations.reading.messages_of(
            ctx, answers[0].json()["conversation_id"]
        )
    assert [m.seq for m in found] == [1]


async def test_a_replay_inside_the_window_changes_nothing_and_outside_is_refused(
    http: httpx.AsyncClient, hook: Opened, unit: Units, clock: FakeClock, now: float
) -> None:
    same = message(external_id="m-1")
    first = (await call(http, hook, same, at=now)).json()
    clock.advance(299)
    again = (await call(http, hook, same, at=now)).json()
    assert (again["id"], again["duplicate"]) == (first["id"], True)
    clock.advance(2)
    refused = await call(http, hook, same, at=now)
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_signature")


async def test_a_message_sent_again_with_a_new_signature_is_the_same_message(
    http: httpx.AsyncClient, hook: Opened, clock: FakeClock, now: float
) -> None:
    same = message(external_id="m" * 150)
    first = (await call(http, hook, same, at=now)).json()
    clock.advance(hours=1)
    again = (await call(http, hook, same, at=now + 3600)).json()
    assert (again["id"], again["duplicate"]) == (first["id"], True)


async def test_two_senders_may_use_the_same_external_id(
    http: httpx.AsyncClient, hook: Opened, now: float
) -> None:
    one = (await call(http, hook, message(external_id="1", sender="a"), at=now)).json()
    other = (await call(http, hook, message(external_id="1", sender="b"), at=now)).json()
    assert one["conversation_id"] != other["conversation_id"]


async def test_only_the_right_secret_at_the_right_time_is_believed(
    http: httpx.AsyncClient, hook: Opened, unit: Units, now: float
) -> None:
    other = await opened(unit, "webhook", name="别的")
    refused = [
        await call(http, hook, message(), at=now, secret="wrong"),
        await call(http, hook, message(), at=now, secret=other.secret),
        await call(http, hook, message(), at=now - 301),
        await call(http, hook, message(), at=now + 301),
        await call(http, hook, message(), at=now, **{"X-Xiaoer-Timestamp": str(int(now) + 1)}),
        await call(http, hook, message(), at=now, **{"X-Xiaoer-Timestamp": "soon"}),
        await call(http, hook, message(), at=now, **{"X-Xiaoer-Timestamp": "9" * 400}),
        await call(http, hook, message(), at=now, **{"X-Xiaoer-Signature": ""}),
        await call(http, hook, message(), at=now, **{"X-Xiaoer-Signature": "v1=" + "0" * 64}),
        await http.post(f"/hooks/{hook.key}", json=message()),
    ]
    assert {(a.status_code, a.json()["code"]) for a in refused} == {(401, "bad_signature")}
    tampered = await call(http, hook, message("你好"), at=now)
    assert tampered.status_code == 200


async def test_two_secrets_are_active_while_the_other_side_changes_over(
    http: httpx.AsyncClient, hook: Opened, now: float
) -> None:
    url = f"/api/channels/accounts/{hook.account.id}/secret"
    second = (await http.post(url)).json()["secret"]
    for secret in (hook.secret, second):
        assert (await call(http, hook, message(), at=now, secret=secret)).status_code == 200
    await http.post(url)
    assert (await call(http, hook, message(), at=now, secret=hook.secret)).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_body"),
        (b"{", 400, "bad_body"),
        (b"[]", 400, "bad_body"),
        (b"\x00\xff\xfe", 400, "bad_body"),
        (b"[" * 100_000, 400, "bad_body"),
        ({"sender": {"id": "s"}, "text": "x"}, 400, "bad_body"),
        ({"external_id": "1", "text": "x"}, 400, "bad_body"),
        ({"external_id": "1", "sender": {}, "text": "x"}, 400, "bad_body"),
        ({"external_id": "1", "sender": {"id": "s", "name": 7}, "text": "x"}, 400, "bad_body"),
        ({"external_id": "\u0000", "sender": {"id": "s"}, "text": "x"}, 400, "bad_body"),
        ({"external_id": "x" * 201, "sender": {"id": "s"}, "text": "x"}, 400, "bad_body"),
        ({"external_id": True, "sender": {"id": "s"}, "text": "x"}, 400, "bad_body"),
        ({"external_id": "1", "sender": {"id": "s"}, "parts": "x"}, 400, "bad_body"),
        ({"external_id": "1", "sender": {"id": "s"}}, 422, "bad_message"),
        ({"external_id": "1", "sender": {"id": "s"}, "text": ""}, 422, "bad_message"),
        ({"external_id": "1", "sender": {"id": "s"}, "text": "长" * 4001}, 422,
         "message_too_long"),
        ({"external_id": "1", "sender": {"id": "s"},
          "parts": [{"kind": "image", "blob": "0" * 64, "name": "x"}]}, 422, "bad_message"),
        ({"external_id": "1", "sender": {"id": "s"}, "text": "长" * 400_000}, 413, "too_large"),
    ],
)
async def test_what_cannot_be_a_message_is_refused_with_a_code(
    http: httpx.AsyncClient, hook: Opened, now: float, body: Any, status: int, code: str
) -> None:
    answer = await call(http, hook, body, at=now)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    good = await call(http, hook, message(external_id="1", sender="s"), at=now)
    assert good.json()["duplicate"] is False


async def test_a_body_without_a_length_is_cut_at_the_limit(
    http: httpx.AsyncClient, hook: Opened
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    answer = await http.post(f"/hooks/{hook.key}", content=endless())
    assert answer.status_code == 413


async def test_a_widget_has_no_hook_and_a_closed_account_none_either(
    http: httpx.AsyncClient, web: Opened, hook: Opened, now: float
) -> None:
    assert (await call(http, web, message(), at=now)).status_code == 404
    body = {"kind": "webhook", "name": "x", "callback_url": "https://a.example", "version": 1}
    await http.put(f"/api/channels/accounts/{hook.account.id}", json=body | {"active": False})
    assert (await call(http, hook, message(), at=now)).status_code == 404
