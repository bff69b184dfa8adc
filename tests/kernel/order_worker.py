"""A process of the order test: delivers facts of ``order.Counted`` until it is killed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import ClassVar

from tests.fakes import fake_ports
from xiaoer.engines.clock.system import SystemChance, SystemClock
from xiaoer.engines.postgres.assembly import assemble, running
from xiaoer.kit.event import Fact
from xiaoer.kit.settings import Settings
from xiaoer.ports.ctx import Ports, System
from xiaoer.ports.house import Delivery, Subscription

HEARD = """
INSERT INTO order_heard (key, number)
SELECT * FROM unnest(%(keys)s::uuid[], %(numbers)s::int[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Fact):
    NAME: ClassVar[str] = "order.Counted"
    number: int


async def hear(delivery: Delivery) -> None:
    """Write down what was heard, in the transaction that acknowledges it."""
    async with delivery.unit(System("order")) as ctx:
        numbers = [fact.number for fact in delivery.facts]  # type: ignore[attr-defined]
        keys = [delivery.key] * len(numbers)
        await ctx.uow.run(HEARD, {"keys": keys, "numbers": numbers})


SUBSCRIPTIONS = (Subscription(Counted, "order", run=hear),)


def real_time_ports() -> Ports:
    """Fakes, but for time and chance: processes must not repeat each other's ids."""
    from dataclasses import replace

    return replace(fake_ports(), clock=SystemClock(), chance=SystemChance())


async def main(url: str, name: str) -> None:
    assembly = assemble(Settings(pool_size=4), url, real_time_ports(), SUBSCRIPTIONS, name)
    async with running(assembly):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
