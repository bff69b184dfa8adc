"""The verbs of advice: keeping to a tenant's allowance."""

from __future__ import annotations

from xiaoer.modules.advice import store
from xiaoer.modules.advice.contracts import Allowance, Question, Spent
from xiaoer.ports.ctx import Ctx


async def afford(ctx: Ctx, question: Question, allowance: Allowance) -> bool:
    """Keep the question's cost against today's allowance; false when it does not fit.

    The cost is kept before the call, so that a call that never returns is paid for.
    """
    return await store.keep(ctx, ctx.now().date(), question.cost, allowance)


async def spent(ctx: Ctx) -> Spent:
    """What the tenant has asked today (UTC)."""
    return await store.spent(ctx, ctx.now().date())
