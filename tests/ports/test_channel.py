"""What every channel promises: belief only after the signature, and sending that may repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from starlette.responses import JSONResponse, Response

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.engines.channels.registry import find_channels
from xiaoer.engines.channels.web import WebChannel
from xiaoer.engines.channels.webhook import WebhookChannel, signature
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.outside.guarded import GuardedOutside
from xiaoer.engines.outside.memory import MemoryOutside
from xiaoer.kit.problem import NotFound, Problem
from xiaoer.ports.channel import (
    BadBody,
    BadSignature,
    Call,
    Channel,
    NotDelivered,
    Outgoing,
    Outlet,
)

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SECRETS = ["first-secret-first-secret-first", "second-secret-second-secret"]
MESSAGE = Outgoing(
    UUID(int=7), UUID(int=8), "s-1", {"kind": "assistant", "name": "小二"},
    [{"kind": "text", "text": "在的"}], NOW,
)
CHANNELS: Mapping[str, type[Any]] = {
    "web": WebChannel, "webhook": WebhookChannel, "memory": MemoryWebhook,
}
LOCAL = GuardedOutside(("127.0.0.1",))
SIGNED = {name: CHANNELS[name] for name in ("webhook", "memory")}


@pytest.fixture(params=list(CHANNELS))
def channel(request: pytest.FixtureRequest) -> Channel:
    made: Channel = CHANNELS[request.param](FakeClock(NOW), LOCAL)
    return made


@pytest.fixture(params=list(SIGNED))
def signed(request: pytest.FixtureRequest) -> Channel:
    made: Channel = SIGNED[request.param](FakeClock(NOW), LOCAL)
    return made


def call(body: Any, secret: str = SECRETS[0], at: float = NOW.timestamp()) -> Call:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    timestamp = str(int(at))
    return Call(raw, {
        "x-xiaoer-timestamp": timestamp,
        "x-xiaoer-signature": signature(secret, timestamp, raw),
    })


def test_nothing_unsigned_is_believed(channel: Channel) -> None:
    unsigned = Call(orjson.dumps({"external_id": "1", "sender": {"id": "s"}, "text": "x"}), {})
    for read in (channel.read, channel.read_receipts):
        with pytest.raises(Problem) as refused:
            read(unsigned, SECRETS, NOW)
        assert isinstance(refused.value, BadSignature | NotFound)


def test_without_a_secret_nothing_is_believed(channel: Channel) -> None:
    with pytest.raises((BadSignature, NotFound)):
        channel.read(call({}, secret=""), [], NOW)


def test_any_active_secret_will_do(signed: Channel) -> None:
    body = {"external_id": 12, "sender": {"id": "s-1"}, "text": "在吗"}
    for secret in SECRETS:
        [arrived] = signed.read(call(body, secret), SECRETS, NOW)
        assert (arrived.external_id, arrived.sender_id) == ("12", "s-1")
        assert list(arrived.parts) == [{"kind": "text", "text": "在吗"}]


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_or_early_call_is_refused(signed: Channel, seconds: int) -> None:
    with pytest.raises(BadSignature):
        signed.read(call({}, at=NOW.timestamp() + seconds), SECRETS, NOW)


def test_the_signature_comes_before_the_body(signed: Channel) -> None:
    with pytest.raises(BadSignature):
        signed.read(call(b"{", secret="wrong"), SECRETS, NOW)
    with pytest.raises(BadBody):
        signed.read(call(b"{"), SECRETS, NOW)


async def test_sending_again_is_no_error(channel: Channel, loopback: Loopback) -> None:
    outlet = Outlet("xw_1", f"{loopback.url}/in", SECRETS[0])
    names = [await channel.send(outlet, MESSAGE) for _ in range(2)]
    assert names[0] == names[1]


async def test_a_webhook_is_signed_over_its_raw_body_and_carries_its_key(
    loopback: Loopback,
) -> None:
    async def named(_: Received) -> Response:
        return JSONResponse({"external_id": "theirs-1"})

    loopback.reply = named
    outlet = Outlet("xw_1", f"{loopback.url}/in", SECRETS[0])
    name = await WebhookChannel(FakeClock(NOW), LOCAL).send(outlet, MESSAGE)
    [received] = loopback.received
    timestamp = received.headers["x-xiaoer-timestamp"]
    assert name == "theirs-1"
    assert timestamp == str(int(NOW.timestamp()))
    assert received.headers["x-xiaoer-signature"] == signature(
        SECRETS[0], timestamp, received.body
    )
    assert received.headers["idempotency-key"] == str(MESSAGE.message_id)
    assert orjson.loads(received.body)["parts"] == [{"kind": "text", "text": "在的"}]


@pytest.mark.parametrize(("status", "reason", "again"), [
    (302, "redirected", False), (304, "redirected", False), (400, "refused", False),
    (401, "refused", False), (404, "refused", False), (410, "refused", False),
    (408, "busy", True), (425, "busy", True), (429, "busy", True),
    (500, "failing", True), (503, "failing", True),
])
async def test_an_answer_that_is_no_yes_says_whether_to_come_again(
    loopback: Loopback, status: int, reason: str, again: bool
) -> None:
    async def refuse(_: Received) -> Response:
        return Response(status_code=status, headers={"Location": "/elsewhere"})

    loopback.reply = refuse
    refused = await _refused(f"{loopback.url}/in")
    assert (refused.reason, refused.http_status, refused.again) == (reason, status, again)
    assert len(loopback.received) == 1


@pytest.mark.parametrize(("said", "seconds"), [
    ("30", 30.0), ("Mon, 05 Jan 2026 02:02:00 GMT", 120.0), ("Mon, 05 Jan 2026 01:00:00 GMT", 0.0),
    ("soon", None), ("-5", None), ("", None), ("9" * 400, None),
])
async def test_when_to_come_again_is_told_in_seconds_or_as_a_date(
    loopback: Loopback, said: str, seconds: float | None
) -> None:
    async def busy(_: Received) -> Response:
        return Response(status_code=429, headers={"Retry-After": said})

    loopback.reply = busy
    assert (await _refused(f"{loopback.url}/in")).retry_after_s == seconds


@pytest.mark.parametrize(("url", "reason", "again"), [
    ("http://127.0.0.1:1/", "unreachable", True),
    ("http://[", "address_refused", False),
    ("gopher://x/", "address_refused", False),
    ("http://127.0.0.2/", "address_refused", False),
])
async def test_a_callback_that_cannot_be_reached_says_why(
    url: str, reason: str, again: bool
) -> None:
    refused = await _refused(url)
    assert (refused.reason, refused.again) == (reason, again)


async def _refused(url: str) -> NotDelivered:
    with pytest.raises(NotDelivered) as refused:
        await WebhookChannel(FakeClock(NOW), LOCAL).send(Outlet("k", url, SECRETS[0]), MESSAGE)
    return refused.value


@pytest.mark.parametrize("answer", [b"", b"ok", b"[]", b'{"external_id":""}', b'{"a":1}'])
async def test_an_answer_without_a_name_is_a_yes(loopback: Loopback, answer: bytes) -> None:
    async def say(_: Received) -> Response:
        return Response(answer)

    loopback.reply = say
    outlet = Outlet("xw_1", f"{loopback.url}/in", SECRETS[0])
    assert await WebhookChannel(FakeClock(NOW), LOCAL).send(outlet, MESSAGE) == ""


def test_the_built_in_channels_join_by_the_same_hook_as_others() -> None:
    found = find_channels(FakeClock(NOW), MemoryOutside())
    assert {"web", "webhook"} <= set(found)
    assert all(channel.kind == kind for kind, channel in found.items())
    assert [found["web"].carries, found["webhook"].carries] == [False, True]
