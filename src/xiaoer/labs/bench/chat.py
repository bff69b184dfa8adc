"""``xiaoer bench chat``: a crowd writes at a given rate, people answer a third of it, and nothing
may be lost.

Open loop: each message has a due time before anything is measured, and its latency counts from
then, so that a server that stalls cannot make the crowd wait politely.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from time import process_time
from typing import Any

from xiaoer.kit.settings import Settings
from xiaoer.labs.bench import agents as agents_of
from xiaoer.labs.bench.agents import Room
from xiaoer.labs.bench.shoppers import Shopper, crowd, said_by
from xiaoer.labs.bench.stage import ACCOUNT, PASSWORD, Stage, logins
from xiaoer.labs.bench.wire import Requests
from xiaoer.labs.demo.seed import SLUG
from xiaoer.labs.demo.traffic import Mix
from xiaoer.labs.ledger import Said, Verdict, delays_ms, percentile

CROWD = 1000
GAP_S = 2.0
HUMAN_SHARE = 0.34
WISHES = ("转人工", "人工客服", "我要人工", "找个真人", "人工")
WAIT_S = 30.0
GLANCE_S = 2.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the server."""

    rate: float
    seconds: float
    agents: int
    warm_up_s: float = 10.0
    seed: int = 1
    least_crowd: int = CROWD

    @property
    def shoppers(self) -> int:
        """Enough that nobody writes more than once in two seconds, with room for chance."""
        return max(self.least_crowd, round(self.rate * GAP_S * 1.5))


@dataclass(slots=True)
class Watch:
    """Memory and processor time of the server, seen from outside; and of the crowd beside it."""

    stage: Stage
    peak_mb: float = 0.0
    cpu_before_s: float = 0.0
    cpu_s: float = 0.0
    own_cpu_s: float = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.peak_mb = max(self.peak_mb, await asyncio.to_thread(self.stage.memory_mb))
            await asyncio.sleep(GLANCE_S)


@dataclass(slots=True)
class Play:
    """One measurement while it runs."""

    load: Load
    shoppers: list[Shopper]
    room: Room
    mix: Mix
    rng: Random
    began: float = 0.0
    to_people: int = 0
    written: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    def due_times(self) -> list[tuple[float, Shopper]]:
        """Random instants (a Poisson stream of fixed count), each with who writes then."""
        load = self.load
        counts = ((load.warm_up_s, 0.0), (load.seconds, load.warm_up_s))
        instants = [
            start + self.rng.random() * span
            for span, start in counts
            for _ in range(round(load.rate * span))
        ]
        order = list(self.shoppers)
        self.rng.shuffle(order)
        last: dict[int, float] = {}
        plan = []
        for turn, instant in enumerate(sorted(instants)):
            who = turn % len(order)
            last[who] = max(instant, last.get(who, -GAP_S) + GAP_S)
            plan.append((last[who], order[who]))
        return sorted(plan, key=lambda item: item[0])

    async def run(self, tell: Tell) -> None:
        """Write everything at its time."""
        loop = asyncio.get_running_loop()
        self.began = loop.time() + 0.5
        told_at = self.began
        for offset, shopper in self.due_times():
            due = self.began + offset
            wait = due - loop.time()
            if wait > 0.001:
                await asyncio.sleep(wait)
            shopper.write(self._text(shopper), due, counted=offset >= self.load.warm_up_s)
            if loop.time() - told_at >= 5:
                told_at = loop.time()
                tell(f"{told_at - self.began:5.0f} s: {self.written} written")

    def _text(self, shopper: Shopper) -> str:
        """The mix; as often as needed, the wish to talk to a person."""
        self.written += 1
        owner = shopper.thread.owner
        if owner == "assistant" and self.to_people < HUMAN_SHARE * self.written:
            self.to_people += 1
            return self.rng.choice(WISHES)
        self.to_people += owner != "assistant"
        return self.mix.next().text

    async def tend(self) -> None:
        """Once a second, let everybody look at what hangs."""
        while True:
            await asyncio.sleep(1)
            for shopper in self.shoppers:
                shopper.tick()
            for agent in self.room.agents:
                agent.tick()

    async def wait_for_answers(self) -> None:
        """Until everything is answered, at most half a minute."""
        for _ in range(int(WAIT_S / 0.1)):
            if all(one.answered_at for one in said_by(self.shoppers)):
                return
            await asyncio.sleep(0.1)


async def measure(stage: Stage, load: Load, tell: Tell) -> dict[str, Any]:
    """Run the load against a server that is ready."""
    requests = Requests(stage.address)
    secret = (SLUG, PASSWORD)
    room, _cookies = await agents_of.staff(requests, logins(load.agents), secret, tell)
    shoppers = await crowd(requests, ACCOUNT, load.shoppers, tell)
    rng = Random(load.seed)  # noqa: S311 - a load that can be repeated
    play = Play(load, shoppers, room, Mix(rng), rng)
    watch = Watch(stage, cpu_before_s=stage.cpu_s())
    own_before_s = process_time()
    aside = [asyncio.create_task(watch.run()), asyncio.create_task(play.tend())]
    await play.run(tell)
    await play.wait_for_answers()
    watch.cpu_s = stage.cpu_s() - watch.cpu_before_s
    watch.own_cpu_s = process_time() - own_before_s
    tell("reading every conversation back")
    verdict = Verdict()
    for settled in await asyncio.gather(*(shopper.settle() for shopper in shoppers)):
        verdict.add(settled)
    for task in aside:
        task.cancel()
    await asyncio.gather(*(s.leave() for s in shoppers), *(a.leave() for a in room.agents))
    await requests.close()
    for line in verdict.details[:20]:
        tell(line)
    return report(play, verdict, watch)


def report(play: Play, verdict: Verdict, watch: Watch) -> dict[str, Any]:
    """The keys of the contract, then what explains them."""
    load = play.load
    counted = [one for one in said_by(play.shoppers) if one.counted]
    end = play.began + load.warm_up_s + load.seconds
    on_time = sum(1 for one in counted if one.accepted_at and one.accepted_at <= end)
    return {
        "offered": round(len(counted) / load.seconds, 1),
        "achieved": round(on_time / load.seconds, 1),
        "sent": sum(1 for one in counted if one.sent_at),
        "accepted": sum(1 for one in counted if one.accepted_at),
        "answered": sum(1 for one in counted if one.answered_at),
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "reordered": verdict.reordered,
        **_latencies(counted, "accepted"),
        **_latencies(counted, "answered"),
        "peak_mb": round(watch.peak_mb, 1),
        "settings": settings_json(watch.stage.settings, load),
        "answered_twice": verdict.answered_twice,
        "human_share": round(play.to_people / max(1, play.written), 3),
        "claims": len(play.room.claims),
        "answered_by": dict(Counter(one.answered_by for one in counted if one.answered_by)),
        "server_cpu_s": round(watch.cpu_s, 1),
        "client_cpu_s": round(watch.own_cpu_s, 1),
        "problems": _problems(play),
    }


def _latencies(said: list[Said], what: str) -> dict[str, float | None]:
    delays = delays_ms(said, f"{what}_at")
    return {
        f"{what}_p50_ms": percentile(delays, 0.5),
        f"{what}_p99_ms": percentile(delays, 0.99),
        f"{what}_max_ms": percentile(delays, 1.0),
    }


def _problems(play: Play) -> dict[str, int]:
    found: Counter[str] = Counter(play.room.problems)
    for shopper in play.shoppers:
        found.update(shopper.problems)
    return dict(found)


def settings_json(settings: Settings, load: Load) -> dict[str, Any]:
    """What the server ran with, and on what machine."""
    return {
        "workers": settings.workers,
        "pool_size": settings.pool_size,
        "embedder": settings.embedder,
        "bus": settings.bus,
        "database": "outside" if settings.database_url else "embedded",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "group": "demo",
        "agents": load.agents,
        "shoppers": load.shoppers,
        "seconds": load.seconds,
        "warm_up_s": load.warm_up_s,
        "seed": load.seed,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
