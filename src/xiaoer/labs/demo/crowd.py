"""Simulated customers who write to a running demo through the widget's own doors.

They come one after another, some signed in at the shop, some standing in a store; each asks a
few things, waits for an answer as people do, and now and then rates it. A desk has work to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import httpx

from xiaoer.labs.demo.places import stores
from xiaoer.labs.demo.shop import ACCOUNT_KEY
from xiaoer.labs.demo.traffic import Mix

KNOWN_SHARE = 0.4
IN_STORE_SHARE = 0.55
RETURNING_SHARE = 0.6
RATING_SHARE = 0.3
LEAST_GAP_S = 6.0
MOST_AT_ONCE = 60

Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Customer:
    """One who is in conversation: the session's token, and how much is left to say."""

    token: str
    left: int
    orders: list[str] = field(default_factory=list)
    free_at: float = 0.0


class Crowd:
    """Writes messages at a steady mean rate; a failed call is left out, the next one goes on."""

    def __init__(self, client: httpx.AsyncClient, rng: Random, sleep: Sleep = asyncio.sleep):
        self.client = client
        self.rng = rng
        self.sleep = sleep
        self.mix = Mix(rng)
        self.places = [store.code for store in stores()]
        self.here: list[Customer] = []
        self.ids = count(1)
        self.sent = 0

    async def play(self, per_minute: float, messages: int | None = None) -> None:
        """Write until `messages` are sent, or for ever; arrivals are a Poisson process."""
        clock = 0.0
        while messages is None or self.sent < messages:
            gap = self.rng.expovariate(per_minute / 60)
            await self.sleep(gap)
            clock += gap
            try:
                await self._write(clock)
            except (httpx.HTTPError, KeyError, ValueError):
                await self.sleep(1)

    async def _write(self, clock: float) -> None:
        customer = await self._someone(clock)
        line = self.mix.next()
        text = line.text
        if customer.orders and line.topic == "track" and self.rng.random() < 0.5:
            text = f"{text} {self.rng.choice(customer.orders)}"
        body = {"client_id": self._client_id(), "parts": [{"kind": "text", "text": text}]}
        await self._post("messages", customer.token, body)
        self.sent += 1
        customer.left -= 1
        customer.free_at = clock + LEAST_GAP_S + self.rng.expovariate(1 / 15)
        if customer.left <= 0:
            self.here.remove(customer)
            await self._farewell(customer)

    async def _someone(self, clock: float) -> Customer:
        """One who waits with the next question, or one who comes."""
        free = [c for c in self.here if c.free_at <= clock]
        if free and (self.rng.random() < RETURNING_SHARE or len(self.here) >= MOST_AT_ONCE):
            return self.rng.choice(free)
        customer = await self._arrive()
        self.here.append(customer)
        return customer

    async def _arrive(self) -> Customer:
        rng = self.rng
        page: dict[str, str] = {"url": "/shop", "title": "和光商城"}
        if rng.random() < IN_STORE_SHARE:
            page["store"] = rng.choice(self.places)
        body: dict[str, Any] = {"lang": "zh-CN", "page": page}
        orders: list[str] = []
        if rng.random() < KNOWN_SHARE:
            body["customer_token"], orders = await self._sign_in()
        opened = await self._post("sessions", None, body)
        return Customer(opened["token"], rng.choice((1, 1, 2, 2, 3, 4)), orders)

    async def _sign_in(self) -> tuple[str, list[str]]:
        """As one of the demo's shoppers, with a token that the shop's server signs."""
        shoppers = await self._get("/demo/shoppers")
        one = self.rng.choice(shoppers["items"])
        found = await self._get(f"/demo/shoppers/{one['id']}/orders")
        answer = await self.client.post("/demo/token", json={"customer_id": one["id"]})
        answer.raise_for_status()
        return answer.json()["token"], [order["number"] for order in found["items"]]

    async def _farewell(self, customer: Customer) -> None:
        if self.rng.random() < RATING_SHARE:
            score = self.rng.choice((5, 5, 5, 4, 4, 3, 2, 1))
            await self._post("rating", customer.token, {"score": score})

    def _client_id(self) -> str:
        return f"crowd-{next(self.ids)}-{self.rng.getrandbits(64):016x}"

    async def _post(self, door: str, token: str | None, body: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        url = f"/widget/{ACCOUNT_KEY}/{door}"
        answer = await self.client.post(url, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def _get(self, url: str) -> Any:
        answer = await self.client.get(url)
        answer.raise_for_status()
        return answer.json()


async def play(address: str, per_minute: float, rng: Random) -> None:
    """Play customers against a running server until cancelled."""
    headers = {"origin": address.rstrip("/")}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
        await Crowd(client, rng).play(per_minute)
