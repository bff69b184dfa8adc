"""How a demand is met: tiers in one order, from the cheapest that truly resolves it to a person.

A tier joins ``LADDER`` when it is real. The climb never steps down, keeps what each tier said,
and ends at a person on any error.
"""

from __future__ import annotations

import structlog

from xiaoer.ladder.contracts import Answer, Climb, Outcome, Step, Tier, Turn
from xiaoer.ladder.gate import may_try
from xiaoer.ladder.tier2_self_service import self_service
from xiaoer.ladder.tier4_bot import bot_tier
from xiaoer.ladder.tier5_human import human
from xiaoer.ports.ctx import Ctx

__all__ = ["LADDER", "climb"]

log = structlog.get_logger("ladder")

LADDER: tuple[tuple[str, Tier], ...] = (("self_service", self_service), ("bot", bot_tier))


async def climb(ctx: Ctx, turn: Turn) -> Outcome:
    """Ask the tiers in order until one answers; above the last stands a person."""
    steps: list[Step] = []
    last = Climb("nothing_known")
    for name, tier in LADDER:
        result = may_try(name, turn) or await _try(ctx, turn, name, tier)
        steps.append(Step(name, result))
        if not isinstance(result, Climb):
            return Outcome(tuple(steps))
        last = result
    steps.append(Step("human", await human(ctx, turn, last)))
    return Outcome(tuple(steps))


async def _try(ctx: Ctx, turn: Turn, name: str, tier: Tier) -> Answer | Climb:
    try:
        async with ctx.uow.savepoint():
            return await tier(ctx, turn)
    except Exception as error:
        log.error("tier_failed", tier=name, exc_info=error)
        return Climb("error")
