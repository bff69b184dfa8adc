"""Simulated agents at the real desk: signed in, connected, claiming, answering, resolving.

As many claim at a time as people wait, as in a room where one sees the others reach for the
phone. An agent answers each message of a customer once and resolves after the second, or when
the customer has gone quiet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xiaoer.labs.bench.wire import Live, Requests

HOLDS_AT_MOST = 5
ANSWERS = 2
QUIET_S = 8.0
HEARTBEAT_S = 25.0
PATIENCE_S = 20.0
AGAIN_S = 0.4
COOKIE = "xe_session"
WORDS = ("您好，我是人工客服，已看到您的问题，马上为您处理。", "已为您登记处理，请放心。")


@dataclass(slots=True)
class Held:
    """A conversation in an agent's hands."""

    id: str
    version: int
    seen_seq: int
    owes: bool = True
    answers: int = 0
    sending: str = ""
    resolving: bool = False
    touched_at: float = 0.0


@dataclass(slots=True)
class Claim:
    """The house said that this agent owns that conversation from this version on."""

    name: str
    conversation: str
    version: int


@dataclass(slots=True)
class Room:
    """What all agents see together: how many wait, and who is reaching for the next."""

    agents: list[Agent] = field(default_factory=list)
    waiting: int = 0
    asking: int = 0
    claims: list[Claim] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)
    grabs: bool = False
    _next: int = 0

    def told(self, waiting: int, rows: Sequence[dict[str, Any]]) -> None:
        """The queue has changed. With ``grabs``, two reach for the same one by its name."""
        self.waiting = waiting
        if self.grabs and rows:
            for agent in self._two():
                agent.claim(rows[0])
        self.spread()

    def _two(self) -> list[Agent]:
        self._next = (self._next + 2) % len(self.agents)
        return [self.agents[self._next], self.agents[self._next - 1]]

    def spread(self) -> None:
        """Let as many idle agents claim as people wait."""
        for _ in range(len(self.agents)):
            if self.waiting <= self.asking:
                return
            self._next = (self._next + 1) % len(self.agents)
            self.agents[self._next].claim_next()


class Account:
    """What an agent asks by plain requests."""

    def __init__(self, requests: Requests, login: str) -> None:
        self.login = login
        self.requests = requests
        self.headers: dict[str, str] = {}

    async def sign_in(self, group: str, password: str) -> str:
        """With login and password; returns the session's cookie."""
        body = {"login": self.login, "password": password, "group": group}
        answer = await self.requests.ask("POST", "/api/org/sign-in", json=body)
        return f"{COOKIE}={answer.cookies[COOKIE]}"

    async def me(self, cookie: str) -> tuple[str, str]:
        """Go on with a session; returns whose it is: id and name."""
        self.headers = {"Cookie": cookie}
        answer = await self.requests.ask("GET", "/api/org/me", headers=self.headers)
        member = answer.json()["member"]
        return member["id"], member["name"]

    async def mine(self) -> dict[str, dict[str, Any]]:
        """The open conversations that the house says are mine, by id."""
        path = "/api/desk/conversations?view=mine&limit=50"
        answer = await self.requests.ask("GET", path, headers=self.headers)
        return {row["id"]: row for row in answer.json()["items"] if row["status"] == "open"}

    async def audit_trail(self, conversation: str) -> list[dict[str, Any]]:
        """Who did what to a conversation, oldest first."""
        path = f"/api/conversations/{conversation}/audit"
        answer = await self.requests.ask("GET", path, headers=self.headers)
        return list(answer.json()["items"])


class Agent:
    """One person at one desk."""

    def __init__(self, room: Room, requests: Requests, login: str) -> None:
        self.account = Account(requests, login)
        self.id = ""
        self.name = ""
        self.held: dict[str, Held] = {}
        self._room = room
        self._live: Live | None = None
        self._asked_at: float | None = None
        self._beat_at = 0.0
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    async def sit_down(self, cookie: str) -> None:
        """Open the desk with a session."""
        self.id, self.name = await self.account.me(cookie)
        self._live = Live(self.account.requests.address, self, cookie)
        self._room.agents.append(self)
        await self._live.start()

    async def leave(self) -> None:
        """Close the desk."""
        if self._live is not None:
            await self._live.stop()

    def claim_next(self) -> None:
        """Take the next who waits, when there is a hand free."""
        self._ask({"t": "claim_next", "ref": "claim"})

    def claim(self, row: dict[str, Any]) -> None:
        """Take this one, when there is a hand free; somebody else may be quicker."""
        self._ask({
            "t": "claim", "conversation": row["id"], "version": row["version"], "ref": "claim"
        })

    def tick(self) -> None:
        """Now and then: heartbeat, customers who went quiet, answers that never came."""
        now = self._loop.time()
        if now - self._beat_at > HEARTBEAT_S and self._send({"t": "ping"}):
            self._beat_at = now
        if self._asked_at is not None and now - self._asked_at > PATIENCE_S and self._live:
            self._live.drop()
        for held in list(self.held.values()):
            if now - held.touched_at > QUIET_S:
                held.touched_at, held.resolving = now, False
                self._again(held)

    def path(self) -> str:
        """Where the desk's socket is."""
        return "/api/live"

    def opened(self) -> None:
        """Look at what is one's own; a claim may have succeeded without our knowing."""
        task = asyncio.create_task(self._refresh())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def closed(self) -> None:
        """What was asked will not be answered."""
        self._answered()

    def hear(self, frame: dict[str, Any]) -> None:
        """Act on a frame."""
        match frame["t"]:
            case "queue":
                self._room.told(int(frame["waiting"]), frame["items"])
            case "message":
                self._message(frame["message"])
            case "conversation":
                self._row(frame["conversation"])
            case "ack":
                self._acknowledged(frame)
            case "ok":
                self._ok(frame)
            case "error":
                self._refused(frame)

    def _ask(self, frame: dict[str, Any]) -> None:
        is_free = self._asked_at is None and len(self.held) < HOLDS_AT_MOST
        if is_free and self._send(frame):
            self._asked_at = self._loop.time()
            self._room.asking += 1

    def _send(self, frame: dict[str, Any]) -> bool:
        return self._live is not None and self._live.send(frame)

    def _answered(self) -> None:
        if self._asked_at is not None:
            self._asked_at = None
            self._room.asking -= 1

    def _ok(self, frame: dict[str, Any]) -> None:
        row = frame["conversation"]
        if frame["ref"] == "claim":
            self._answered()
            if row is None:
                self._room.waiting = min(self._room.waiting, self._room.asking)
                return
            self._room.waiting -= 1
            self._room.claims.append(Claim(self.name, row["id"], row["version"]))
            self._take(row)
            self._room.spread()
        elif row["id"] in self.held:
            self._let_go(row["id"])

    def _take(self, row: dict[str, Any]) -> None:
        if row["id"] in self.held:
            return
        held = Held(row["id"], row["version"], row["last"]["seq"], touched_at=self._loop.time())
        self.held[held.id] = held
        self._send({"t": "watch", "conversation": held.id, "after": held.seen_seq})
        self._go_on(held)

    def _let_go(self, conversation: str) -> None:
        if self.held.pop(conversation, None) is not None:
            self._send({"t": "unwatch", "conversation": conversation})
            self._room.spread()

    def _message(self, message: dict[str, Any]) -> None:
        held = self.held.get(message["conversation_id"])
        if held is None or message["seq"] <= held.seen_seq:
            return
        held.seen_seq = message["seq"]
        if message["author"]["kind"] == "customer":
            held.owes, held.touched_at = True, self._loop.time()
            self._go_on(held)

    def _row(self, row: dict[str, Any]) -> None:
        held = self.held.get(row["id"])
        if held is None:
            return
        held.version = max(held.version, row["version"])
        if row["status"] != "open" or row["owner"]["id"] != self.id:
            self._let_go(held.id)

    def _acknowledged(self, frame: dict[str, Any]) -> None:
        held = self.held.get(frame["conversation"])
        if held is not None and held.sending == frame["client_id"]:
            held.sending = ""
            held.answers += 1
            self._go_on(held)

    def _go_on(self, held: Held, *, is_quiet: bool = False) -> None:
        """Answer what is owed; resolve when enough was said."""
        if held.sending or held.resolving:
            return
        if held.owes:
            held.owes = False
            self._count += 1
            held.sending = f"{self.account.login}-{self._count:06d}"
            self._say(held)
        elif held.answers >= ANSWERS or is_quiet:
            held.resolving = self._send({
                "t": "resolve", "conversation": held.id, "version": held.version,
                "seen_seq": held.seen_seq, "ref": f"resolve {held.id}",
            })

    def _say(self, held: Held) -> None:
        words = WORDS[min(held.answers, len(WORDS) - 1)]
        self._send({
            "t": "send", "conversation": held.id, "client_id": held.sending,
            "parts": [{"kind": "text", "text": words}],
        })

    def _refused(self, frame: dict[str, Any]) -> None:
        code = str(frame["problem"].get("code"))
        self._room.problems[code] = self._room.problems.get(code, 0) + 1
        ref = str(frame.get("ref", ""))
        if ref == "claim":
            self._answered()
            return
        client_id = frame.get("client_id")
        for held in self.held.values():
            if (client_id and held.sending == client_id) or ref == f"resolve {held.id}":
                self._loop.call_later(AGAIN_S, self._again, held)

    def _again(self, held: Held) -> None:
        if self.held.get(held.id) is not held:
            return
        held.resolving = False
        if held.sending:
            self._say(held)
        else:
            self._go_on(held, is_quiet=True)

    async def _refresh(self) -> None:
        """After a reconnect: go on with what is mine, send again what was not acknowledged."""
        for held in self.held.values():
            held.resolving = False
            self._send({"t": "watch", "conversation": held.id, "after": held.seen_seq})
            if held.sending:
                self._say(held)
        mine = await self.account.mine()
        for conversation in [c for c in self.held if c not in mine]:
            self._let_go(conversation)
        for row in mine.values():
            self._take(row)


async def staff(
    requests: Requests, logins: Sequence[str], secret: tuple[str, str], tell: Callable[[str], None]
) -> tuple[Room, list[str]]:
    """Sign everybody in and seat them; ``secret`` is group and password. Returns the cookies."""
    room = Room()
    agents = [Agent(room, requests, login) for login in logins]
    cookies: list[str] = []
    for first in range(0, len(agents), 20):
        batch = agents[first : first + 20]
        cookies += await asyncio.gather(*(agent.account.sign_in(*secret) for agent in batch))
        tell(f"agents {first + len(batch)}/{len(agents)}")
    await seat(room, agents, cookies)
    return room, cookies


async def seat(room: Room, agents: Sequence[Agent], cookies: Sequence[str]) -> None:
    """Open the desks of people who have sessions."""
    for first in range(0, len(agents), 20):
        batch = list(zip(agents, cookies, strict=True))[first : first + 20]
        await asyncio.gather(*(agent.sit_down(cookie) for agent, cookie in batch))
