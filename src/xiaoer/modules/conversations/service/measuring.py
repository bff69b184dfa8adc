"""The four numbers: concluded by the clock, counted on demand, and always with their rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from xiaoer.kit.problem import Invalid
from xiaoer.modules.conversations.contracts import Conversation, Numbers, Person
from xiaoer.modules.conversations.rules import DEFINITIONS, STILL_TALKING
from xiaoer.modules.conversations.service.owning import fall_quiet
from xiaoer.modules.conversations.store import conversations, demands, measures
from xiaoer.ports.ctx import Ctx

ZONE = "Asia/Shanghai"

__all__ = ["DEFINITIONS", "measure", "numbers", "numbers_rows", "rekey_demands"]


async def measure(ctx: Ctx, window: timedelta) -> int:
    """Resolve what has gone quiet after an answer, and conclude on closed windows.

    Returns the number of demands concluded. Meant for the clock; safe to repeat.
    """
    for conversation in await conversations.quiet(ctx, ctx.now() - STILL_TALKING):
        await fall_quiet(ctx, conversation)
    return await measures.close(ctx, window)


async def numbers(ctx: Ctx, start: datetime, end: datetime, by: str = "all") -> list[Numbers]:
    """The numbers of demands that opened in the period, by ``tier``, ``store``, ``day``, ``all``."""
    if by not in ("tier", "store", "day", "all"):
        raise Invalid(reason="by: tier | store | day | all")
    return await measures.counts(ctx, start, end, by, ZONE)


async def numbers_rows(
    ctx: Ctx,
    start: datetime,
    end: datetime,
    *,
    number: str,
    by: str = "all",
    label: str | None = None,
) -> list[Conversation]:
    """The newest conversations behind a number, at most two hundred."""
    if number not in measures.CONDITIONS or by not in ("tier", "store", "day", "all"):
        raise Invalid(reason="number: " + " | ".join(measures.CONDITIONS))
    ids = await measures.rows(ctx, start, end, ZONE, (number, by, label))
    found = {c.id: c for c in await conversations.many(ctx, ids)}
    return [found[i] for i in ids if i in found]  # type: ignore[index]


async def rekey_demands(
    ctx: Ctx, from_key: UUID, to_key: UUID, person: Person | None = None
) -> None:
    """Two identities became one, or were parted: hang demands anew and conclude again.

    With ``person`` a visitor has become known: their conversations say from now on who they are.
    """
    await demands.rekey(ctx, from_key, to_key)
    await conversations.rekey_customer(ctx, from_key, to_key)
    if person is not None:
        await conversations.know(ctx, person)
