"""The demo's simulated customers write through the widget's doors, and outlive a bad answer."""

from __future__ import annotations

import json
from random import Random

import httpx

from xiaoer.labs.demo.crowd import Crowd


class Shop:
    """Answers as the server's doors do, and remembers what was asked."""

    def __init__(self, broken_every: int = 0) -> None:
        self.broken_every = broken_every
        self.calls = 0
        self.sessions: list[dict[str, object]] = []
        self.messages: list[tuple[str, str]] = []
        self.client_ids: list[str] = []
        self.scores: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.broken_every and self.calls % self.broken_every == 0:
            return httpx.Response(503)
        return self._answer(request.url.path, json.loads(request.content or "{}"), request)

    def _answer(self, path: str, body: dict[str, object], request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        match path.rsplit("/", 1)[1]:
            case "shoppers":
                return httpx.Response(200, json={"items": [{"id": "c1", "name": "李芳"}]})
            case "orders":
                return httpx.Response(200, json={"items": [{"number": "HG2026110100001"}]})
            case "token":
                return httpx.Response(200, json={"token": "signed"})
            case "sessions":
                self.sessions.append(body)
                return httpx.Response(200, json={"token": f"t{len(self.sessions)}"})
            case "rating":
                self.scores.append(int(str(body["score"])))
                return httpx.Response(204)
            case _:
                parts = body["parts"]
                assert isinstance(parts, list)
                self.messages.append((token, parts[0]["text"]))
                self.client_ids.append(str(body["client_id"]))
                return httpx.Response(200, json={"seq": 1})


async def _no_wait(_seconds: float) -> None:
    return


async def _played(shop: Shop, messages: int) -> None:
    transport = httpx.MockTransport(shop)
    async with httpx.AsyncClient(transport=transport, base_url="http://demo.test") as client:
        await Crowd(client, Random(5), _no_wait).play(60, messages)


async def test_customers_come_ask_and_leave() -> None:
    shop = Shop()
    await _played(shop, 400)
    assert len(shop.messages) == 400
    assert len(set(shop.client_ids)) == 400
    assert 100 < len(shop.sessions) < 300
    assert {token for token, _ in shop.messages} == {f"t{n + 1}" for n in range(len(shop.sessions))}
    assert shop.scores


async def test_some_are_signed_in_and_some_stand_in_a_store() -> None:
    shop = Shop()
    await _played(shop, 400)
    known = [s for s in shop.sessions if s.get("customer_token") == "signed"]
    placed = [s for s in shop.sessions if "store" in dict(s["page"])]  # type: ignore[call-overload]
    assert 0.2 < len(known) / len(shop.sessions) < 0.6
    assert 0.35 < len(placed) / len(shop.sessions) < 0.75
    assert any("HG2026110100001" in text for _, text in shop.messages)


async def test_a_server_that_fails_now_and_then_does_not_end_the_crowd() -> None:
    shop = Shop(broken_every=7)
    await _played(shop, 200)
    assert len(shop.messages) == 200
