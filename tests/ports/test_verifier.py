"""What every way for a one-time code promises."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from starlette.responses import Response
from structlog.testing import capture_logs

from tests.ports.conftest import Loopback, Received
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.verifier.console import ConsoleVerifier
from xiaoer.engines.verifier.webhook import WebhookVerifier
from xiaoer.ports.verifier import CodeNotSent, Verifier


@dataclass(frozen=True)
class Way:
    """A verifier, and what has arrived at an address through it."""

    verifier: Verifier
    arrived: Callable[[str], str | None]


def console(_: pytest.FixtureRequest) -> Way:
    verifier = ConsoleVerifier()
    return Way(verifier, verifier.last)


def webhook(request: pytest.FixtureRequest) -> Way:
    gateway: Loopback = request.getfixturevalue("loopback")

    def arrived(address: str) -> str | None:
        rows = [json.loads(came.body) for came in gateway.received]
        return next((row["code"] for row in reversed(rows) if row["address"] == address), None)

    return Way(WebhookVerifier(gateway.url, "s3cret", FakeClock()), arrived)


@pytest.fixture(params=[console, webhook])
def way(request: pytest.FixtureRequest, loopback: Loopback) -> Way:
    made: Way = request.param(request)
    return made


async def test_the_code_reaches_the_address_and_no_other(way: Way) -> None:
    await way.verifier.send("13800000001", "428195", "zh-CN")
    await way.verifier.send("li@heguang.example", "771203", "en")
    assert way.arrived("13800000001") == "428195"
    assert way.arrived("li@heguang.example") == "771203"
    assert way.arrived("13800000002") is None


async def test_a_newer_code_takes_the_place_of_the_older(way: Way) -> None:
    await way.verifier.send("13800000001", "111111", "zh-CN")
    await way.verifier.send("13800000001", "222222", "zh-CN")
    assert way.arrived("13800000001") == "222222"


async def test_the_console_shows_the_code_and_hides_the_address() -> None:
    with capture_logs() as logs:
        await ConsoleVerifier().send("13812345678", "428195", "zh-CN")
    assert logs[0]["code"] == "428195"
    assert "13812345678" not in str(logs)
    assert "5678" in logs[0]["address"]


async def test_the_gateway_can_check_who_sent_it_and_when(loopback: Loopback) -> None:
    clock = FakeClock()
    await WebhookVerifier(loopback.url, "s3cret", clock).send("13800000001", "428195", "zh-CN")
    [came] = loopback.received
    timestamp = came.headers["x-xiaoer-timestamp"]
    assert timestamp == str(int(clock.now().timestamp()))
    expected = hmac.new(b"s3cret", timestamp.encode() + b"." + came.body, hashlib.sha256)
    assert came.headers["x-xiaoer-signature"] == f"v1={expected.hexdigest()}"
    assert json.loads(came.body) == {
        "address": "13800000001", "code": "428195", "locale": "zh-CN",
    }


@pytest.mark.parametrize("status", [404, 410, 422])
async def test_an_address_that_the_gateway_does_not_know_looks_like_any_other(
    loopback: Loopback, status: int
) -> None:
    async def reply(_: Received) -> Response:
        return Response(status_code=status)

    loopback.reply = reply
    await WebhookVerifier(loopback.url, "s3cret", FakeClock()).send("1", "428195", "zh-CN")
    assert len(loopback.received) == 1


@pytest.mark.parametrize("status", [301, 400, 401, 403, 429, 500, 503])
async def test_a_gateway_that_refuses_has_not_sent_the_code(
    loopback: Loopback, status: int
) -> None:
    async def reply(_: Received) -> Response:
        return Response(status_code=status, headers={"location": loopback.url})

    loopback.reply = reply
    with pytest.raises(CodeNotSent):
        await WebhookVerifier(loopback.url, "s3cret", FakeClock()).send("1", "428195", "zh-CN")
    assert len(loopback.received) == 1


async def test_a_gateway_that_is_slow_or_away_has_not_sent_the_code(loopback: Loopback) -> None:
    async def slowly(_: Received) -> Response:
        await asyncio.sleep(1)
        return Response()

    loopback.reply = slowly
    slow = WebhookVerifier(loopback.url, "s3cret", FakeClock(), timeout_s=0.05)
    with pytest.raises(CodeNotSent):
        await slow.send("1", "428195", "zh-CN")
    with pytest.raises(CodeNotSent):
        await WebhookVerifier("http://127.0.0.1:1", "s", FakeClock()).send("1", "4", "en")
