"""One seed: a server under traffic is killed again and again, and must have lost nothing.

Shoppers send again under the same client id, agents claim (two of them often the same
conversation) and reply, an administrator's import goes on, and the server is restarted after
kills that nothing inside it can survive.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from xiaoer.labs.bench.agents import Agent, Room, seat
from xiaoer.labs.bench.chat import Load, Play
from xiaoer.labs.bench.shoppers import STORES, Shopper, said_by
from xiaoer.labs.bench.stage import ACCOUNT, Stage, logins
from xiaoer.labs.bench.wire import Requests
from xiaoer.labs.demo.traffic import Mix
from xiaoer.labs.ledger import Verdict
from xiaoer.labs.torture.plan import Blow, Trial, Victim

STUCK_S = 30.0
PROBE_S = 0.03
GIVEN_UP_S = 120.0
IMPORTED = 3000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """Sessions that were opened when the folder was prepared, and go on in every copy."""

    agents: tuple[str, ...]
    shoppers: tuple[str, ...]
    keeper: str


@dataclass(slots=True)
class Outcome:
    """What one seed showed."""

    sent: int = 0
    acknowledged: int = 0
    double_owned: int = 0
    stuck: int = 0
    import_lost: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    ready_ms: list[float] = field(default_factory=list)
    victims: list[Victim] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)


class Run:
    """One trial against one server."""

    def __init__(self, stage: Stage, trial: Trial, keys: Keys, tell: Tell) -> None:
        self.stage = stage
        self.trial = trial
        self.keys = keys
        self.tell = tell
        self.outcome = Outcome()
        self.requests = Requests(stage.address)
        self.room = Room(grabs=True)
        self.shoppers: list[Shopper] = []

    async def go(self) -> Outcome:
        """Traffic with kills, then silence, then the reckoning."""
        play = await self._take_seats()
        aside = asyncio.create_task(play.tend())
        imported = asyncio.create_task(self._import("first"))
        blows = asyncio.create_task(self._strike())
        await play.run(lambda line: None)
        await blows
        await self._quiet_down()
        await imported
        self.outcome.import_lost = IMPORTED - int((await self._import("check"))["unchanged"])
        await self._reckon()
        aside.cancel()
        agents = (agent.leave() for agent in self.room.agents)
        await asyncio.gather(*(s.leave() for s in self.shoppers), *agents)
        await self.requests.close()
        return self.outcome

    async def _take_seats(self) -> Play:
        trial = self.trial
        agents = [Agent(self.room, self.requests, login) for login in logins(trial.agents)]
        await seat(self.room, agents, self.keys.agents)
        self.shoppers = [
            Shopper(ACCOUNT, f"k{trial.seed}-{number:03d}", self.requests)
            for number in range(trial.shoppers)
        ]
        await asyncio.gather(*(
            shopper.enter(STORES[number % len(STORES)], token)
            for number, (shopper, token) in enumerate(
                zip(self.shoppers, self.keys.shoppers, strict=True)
            )
        ))
        rng = Random(f"traffic {trial.seed}")  # noqa: S311 - to be repeated
        load = Load(trial.rate, trial.seconds, trial.agents, 0, trial.seed, trial.shoppers)
        return Play(load, self.shoppers, self.room, Mix(rng), rng)

    async def _strike(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time() + 0.5
        for blow in self.trial.blows():
            await asyncio.sleep(max(0.0, began + blow.at_s - loop.time()))
            struck_at = loop.time()
            self._kill(blow)
            if blow.victim is Victim.TREE:
                self.stage.start()
            await self._probe()
            took_ms = (loop.time() - struck_at) * 1000
            self.outcome.ready_ms.append(took_ms)
            self.outcome.victims.append(blow.victim)
            self.tell(f"  {blow.at_s:5.1f} s: {blow.victim} killed; ready in {took_ms:.0f} ms")

    def _kill(self, blow: Blow) -> None:
        match blow.victim:
            case Victim.TREE:
                self.stage.kill_tree()
                return
            case Victim.DATABASE:
                postmaster = self.stage.postmaster()
                doomed = [postmaster] if postmaster else []
            case Victim.ALL_WORKERS:
                doomed = self.stage.workers()
            case _:
                workers = self.stage.workers()
                doomed = [workers[int(blow.choice * len(workers))]] if workers else []
        for pid in doomed:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _probe(self) -> None:
        """Until somebody new can come in, which a worker and the database must both serve."""
        path = f"/widget/{ACCOUNT}/sessions"
        body = {"lang": "zh-CN", "page": {"url": "https://shop.example/"}}
        for _ in range(int(GIVEN_UP_S / PROBE_S)):
            if await self.requests.answers("POST", path, json=body):
                return
            await asyncio.sleep(PROBE_S)

    async def _import(self, run: str) -> dict[str, Any]:
        """Upload a file of customers; cut off, it is sent again under the same name."""
        rows = "".join(f"T{n},导入客户{n},{n}\n" for n in range(IMPORTED))
        answer = await self.requests.ask(
            "POST",
            f"/api/customers/imports?kind=customers&run={run}",
            headers={"Cookie": self.keys.keeper},
            files={"file": ("customers.csv", "会员号,姓名,积分\n" + rows)},
        )
        return dict(answer.json())

    async def _quiet_down(self) -> None:
        """Until everything is acknowledged and answered, or has had its thirty seconds."""
        loop = asyncio.get_running_loop()
        silent_since = loop.time()
        while loop.time() - silent_since < STUCK_S:
            said = said_by(self.shoppers)
            if all(one.answered_at and one.accepted_at for one in said):
                return
            await asyncio.sleep(0.1)

    async def _reckon(self) -> None:
        outcome = self.outcome
        said = said_by(self.shoppers)
        outcome.sent = sum(1 for one in said if one.sent_at)
        outcome.acknowledged = sum(1 for one in said if one.accepted_at)
        outcome.stuck = sum(
            1
            for one in said
            if one.accepted_at
            and (one.answered_at is None or one.answered_at - one.accepted_at > STUCK_S)
        )
        for settled in await asyncio.gather(*(shopper.settle() for shopper in self.shoppers)):
            outcome.verdict.add(settled)
        outcome.double_owned = await self._double_owned()
        outcome.problems.update(self.room.problems)
        for shopper in self.shoppers:
            outcome.problems.update(shopper.problems)

    async def _double_owned(self) -> int:
        """Ask the audit trail of every conversation that anybody was told to own."""
        told: dict[str, Counter[str]] = {}
        for claim in self.room.claims:
            told.setdefault(claim.conversation, Counter())[claim.name] += 1
        trails = await asyncio.gather(*(
            self.room.agents[0].account.audit_trail(conversation) for conversation in told
        ))
        return sum(
            overlaps(trail) + unrecorded(trail, names)
            for trail, names in zip(trails, told.values(), strict=True)
        )


def overlaps(trail: list[dict[str, Any]]) -> int:
    """How often somebody became the owner while somebody else was."""
    owner = ""
    found = 0
    for line in trail:
        if line["verb"] == "claim":
            found += bool(owner) and owner != line["actor"]
            owner = str(line["actor"])
        elif line["verb"] in ("resolve", "release", "transfer"):
            owner = ""
    return found


def unrecorded(trail: list[dict[str, Any]], told: Counter[str]) -> int:
    """How many agents were told that they own it although no claim of theirs is on record."""
    claimed = {line["actor"] for line in trail if line["verb"] == "claim"}
    return sum(1 for name in told if name not in claimed)
