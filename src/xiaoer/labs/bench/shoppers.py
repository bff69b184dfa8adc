"""Simulated shoppers: each has a widget session and a socket, and writes in order.

A message goes out when the one before it is acknowledged; unacknowledged, it is sent again
under the same client id after a reconnect, as the widget does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from xiaoer.labs.bench.wire import Live, Requests
from xiaoer.labs.ledger import Said, Thread, Verdict

AGAIN_S = 0.5
PATIENCE_S = 30.0
PAGE = 200
STORES = ("", "bj01", "bj02", "sh01", "sh02", "hz01", "gz01", "cd01", "wh01")


class Shopper:
    """One visitor of the shop."""

    def __init__(self, account: str, name: str, requests: Requests) -> None:
        self.thread = Thread(name)
        self.problems: dict[str, int] = {}
        self._account = account
        self._requests = requests
        self._token = ""
        self._live = Live(requests.address, self)
        self._outbox: deque[Said] = deque()
        self._under_way_since: float | None = None
        self._loop = asyncio.get_running_loop()

    async def enter(self, store: str, token: str = "") -> str:
        """Open the widget; returns the session's token, by which one can enter again."""
        page = {"url": f"https://shop.example/{store}", "title": "和光商城"}
        if store:
            page["store"] = store
        body = {"lang": "zh-CN", "page": page, "visitor_token": token or None}
        path = f"/widget/{self._account}/sessions"
        answer = await self._requests.ask("POST", path, json=body)
        self._token = str(answer.json()["token"])
        await self._live.start()
        return self._token

    async def leave(self) -> None:
        """Close the page."""
        await self._live.stop()

    def write(self, text: str, due: float, *, counted: bool = True) -> None:
        """Send a message that was due at that time, behind those that wait."""
        self._outbox.append(self.thread.write(text, due, counted=counted))
        self._push()

    def tick(self) -> None:
        """Now and then: a socket that does not acknowledge is given up."""
        since = self._under_way_since
        if since is not None and self._loop.time() - since > PATIENCE_S:
            self._under_way_since = None
            self._live.drop()

    async def read_back(self) -> list[dict[str, Any]]:
        """The whole conversation through the public interface, oldest first."""
        found: list[dict[str, Any]] = []
        after = 0
        while True:
            path = f"/widget/{self._account}/messages?after={after}&limit={PAGE}"
            headers = {"Authorization": f"Bearer {self._token}"}
            page = (await self._requests.ask("GET", path, headers=headers)).json()["items"]
            found += page
            if len(page) < PAGE:
                return found
            after = page[-1]["seq"]

    async def settle(self) -> Verdict:
        """What became of everything this shopper has written."""
        return self.thread.settle(await self.read_back() if self.thread.said else [])

    def path(self) -> str:
        """The socket goes on behind the last message seen."""
        after = self.thread.last_seq
        return f"/widget/{self._account}/live?token={self._token}&after={after}"

    def opened(self) -> None:
        """What is not acknowledged goes out again."""
        self._push()

    def closed(self) -> None:
        """Nothing that is under way will be acknowledged on this socket."""
        self._under_way_since = None

    def hear(self, frame: dict[str, Any]) -> None:
        """Write it into the ledger."""
        now = self._loop.time()
        match frame["t"]:
            case "ack":
                self._acknowledged(frame, now)
            case "message":
                self.thread.heard(frame["message"], now)
            case "queue":
                self.thread.queued(now)
            case "owner":
                self.thread.owned_by(frame["owner"]["kind"])
            case "error":
                self._refused(frame["problem"])

    def _push(self) -> None:
        if not self._outbox or self._under_way_since is not None:
            return
        one = self._outbox[0]
        parts = [{"kind": "text", "text": one.text}]
        if self._live.send({"t": "send", "client_id": one.client_id, "parts": parts}):
            self._under_way_since = self._loop.time()
            one.sent_at = one.sent_at or self._under_way_since

    def _acknowledged(self, frame: dict[str, Any], now: float) -> None:
        one = self.thread.acknowledged(frame, now)
        if one is not None and self._outbox and self._outbox[0] is one:
            self._outbox.popleft()
            self._under_way_since = None
            self._push()

    def _refused(self, problem: dict[str, Any]) -> None:
        code = str(problem.get("code"))
        self.problems[code] = self.problems.get(code, 0) + 1
        if self._under_way_since is not None:
            self._loop.call_later(AGAIN_S, self._again)

    def _again(self) -> None:
        self._under_way_since = None
        self._push()


async def crowd(
    requests: Requests, account: str, count: int, tell: Callable[[str], None]
) -> list[Shopper]:
    """That many shoppers, in different stores, connected."""
    shoppers = [Shopper(account, f"s{number:05d}", requests) for number in range(count)]
    for first in range(0, count, 100):
        batch = shoppers[first : first + 100]
        await asyncio.gather(
            *(s.enter(STORES[(first + i) % len(STORES)]) for i, s in enumerate(batch))
        )
        tell(f"shoppers {first + len(batch)}/{count}")
    return shoppers


def said_by(shoppers: Sequence[Shopper]) -> list[Said]:
    """Every message of all of them."""
    return [one for shopper in shoppers for one in shopper.thread.said]
