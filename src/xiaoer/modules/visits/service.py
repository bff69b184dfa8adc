"""The verbs: keep looks cheaply, count them daily, answer for denominators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from uuid import UUID

from xiaoer.modules.visits import rules, store
from xiaoer.modules.visits.contracts import Count, Daily, Kept, Look, Looker, Window
from xiaoer.ports.ctx import Ctx

_OPEN_DAYS = 2
"""A look may arrive a day late, so the last two days are counted again."""


async def record(ctx: Ctx, looker: Looker, looks: Sequence[Look], one_in: int = 1) -> Kept:
    """Keep what a widget reports; wrong, late and robots' looks are left out and counted.

    Without consent a look counts, but carries neither visitor nor address.
    """
    lines, kept = rules.counted(looker, looks, ctx.now(), one_in)
    if lines:
        visitor = looker.visitor_id if looker.consent else None
        rows = [asdict(line) for line in lines]
        await store.record(ctx, looker.account_id, visitor, looker.unit_path, rows)
    return kept


async def roll_up(ctx: Ctx, since: date | None = None) -> int:
    """Count the last days anew and drop single looks past their keeping; safe to repeat."""
    today = ctx.now().astimezone(rules.HOME).date()
    first = max(since or today - timedelta(days=_OPEN_DAYS - 1), _oldest(today))
    written = await store.roll_up(ctx, first, today)
    await store.drop_before(ctx, _oldest(today))
    return written


async def denominator(ctx: Ctx, window: Window) -> Count:
    """How often something was looked at, in looks and in visits; as of the last roll-up."""
    return await store.count(ctx, window)


async def rate(
    ctx: Ctx, happened: int, window: Window, *, of_visits: bool = False
) -> float | None:
    """``happened`` per 1,000 looks (or visits) of a window; nothing without a denominator."""
    among = await store.count(ctx, window)
    return rules.per_thousand(happened, among, of_visits=of_visits)


async def daily(ctx: Ctx, window: Window) -> tuple[Daily, ...]:
    """The rows behind a denominator."""
    return await store.daily(ctx, window)


async def forget(ctx: Ctx, visitor_id: UUID) -> int:
    """A visitor takes consent back: their looks become anonymous."""
    return await store.forget(ctx, visitor_id)


def _oldest(today: date) -> date:
    return today - timedelta(days=rules.KEPT_DAYS)
