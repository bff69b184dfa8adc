"""The thresholds of a tenant: read on every question, set from a promise, taken back.

Every worker keeps them in memory and reads them anew every two seconds, with what is live.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from xiaoer.kit.problem import Forbidden, Stale
from xiaoer.modules.knowledge.contracts import (
    Offer,
    Outlook,
    Setting,
    Shortfall,
    Thresholds,
    Verdict,
)
from xiaoer.modules.knowledge.errors import NothingToUndo, PromiseOutOfReach, TooFewLabels
from xiaoer.modules.knowledge.rules import dial
from xiaoer.modules.knowledge.store import dials
from xiaoer.ports.ctx import Ctx, Member

AGE = timedelta(days=180)  # knowledge and questions change: older labels speak of another shop
MOST_LABELS = 5_000
SHOWN_SETTINGS = 20
AS_SHIPPED = Setting(0, dial.SHIPPED)


@dataclass(frozen=True, slots=True)
class Board:
    """What stands around the dial: where it is, the curve, the labels by source and verdict."""

    setting: Setting
    outlook: Outlook
    counts: dict[str, dict[str, int]]
    wanted: Offer | Shortfall | None


async def thresholds(ctx: Ctx) -> Thresholds:
    """What this worker remembers, or what is kept when it has not looked yet."""
    kept: Thresholds | None = ctx.ports.memo.peek(_key(ctx))
    return kept if kept is not None else await look_again(ctx)


async def look_again(ctx: Ctx) -> Thresholds:
    """Read the thresholds anew and remember them."""
    found = (await _current(ctx)).thresholds
    ctx.ports.memo.put(_key(ctx), found)
    return found


async def board(ctx: Ctx, promise: float | None = None) -> Board:
    """Where the dial stands and what the labels say; ``wanted`` answers to a promise."""
    ctx.require("knowledge.read")
    found = await dials.labels(ctx, AGE, MOST_LABELS)
    counts: dict[str, dict[str, int]] = {}
    for source, verdict, _ in found:
        of = counts.setdefault(source, {})
        of[str(verdict)] = of.get(str(verdict), 0) + 1
    rows = _judged(found)
    outlook = await asyncio.to_thread(dial.outlook, rows)
    wanted = await asyncio.to_thread(dial.offer, rows, promise) if promise else None
    return Board(await _current(ctx), outlook, counts, wanted)


async def history(ctx: Ctx) -> list[Setting]:
    """Where the dial stood, newest first; the last is as shipped when all are shown."""
    ctx.require("knowledge.read")
    found = await dials.settings(ctx, SHOWN_SETTINGS)
    return found if len(found) == SHOWN_SETTINGS else [*found, AS_SHIPPED]


async def turn(ctx: Ctx, promise: float, number: int) -> Setting:
    """Set the thresholds that keep a promise; ``number`` is the position that the editor saw.

    Raises ``TooFewLabels``, ``PromiseOutOfReach`` or ``Stale``.
    """
    _require_whole_group(ctx)
    rows = _judged(await dials.labels(ctx, AGE, MOST_LABELS))
    made = await asyncio.to_thread(dial.offer, rows, promise)
    if isinstance(made, Shortfall):
        if made.missing or made.least is None:
            raise TooFewLabels(missing=max(1, made.missing))
        raise PromiseOutOfReach(least=f"{made.least * 100:.1f}")
    return await _put(
        ctx,
        number,
        Setting(
            0, made.thresholds, promise, made.point.bound, made.point.coverage, rows=len(rows)
        ),
    )


async def undo(ctx: Ctx, number: int) -> Setting:
    """Go back to where the dial stood before ``number``; history only grows.

    Undoing an undoing is doing it again. Raises ``NothingToUndo`` or ``Stale``.
    """
    _require_whole_group(ctx)
    if number == 0:
        raise NothingToUndo()
    before = await dials.setting(ctx, number - 1) if number > 1 else AS_SHIPPED
    if before is None:
        raise Stale()
    return await _put(ctx, number, replace(before, undoes=number))


async def _put(ctx: Ctx, number: int, made: Setting) -> Setting:
    if (await _current(ctx)).number != number:
        raise Stale()
    by = ctx.actor.name if isinstance(ctx.actor, Member) else "house"
    made = replace(made, number=number + 1, at=ctx.now(), by=by)
    if not await dials.add_setting(ctx, made):
        raise Stale()
    ctx.ports.memo.forget(_key(ctx))
    ctx.uow.wake("knowledge")
    return made


async def _current(ctx: Ctx) -> Setting:
    return next(iter(await dials.settings(ctx, 1)), AS_SHIPPED)


def _judged(found: list[tuple[str, Verdict, float]]) -> list[dial.Judged]:
    return [dial.Judged(confidence, verdict is Verdict.RIGHT) for _, verdict, confidence in found]


def _require_whole_group(ctx: Ctx) -> None:
    """The dial is one for all places, so only who answers for all of them turns it."""
    ctx.require("knowledge.publish")
    if ctx.scope.path != "/":
        raise Forbidden()


def _key(ctx: Ctx) -> tuple[str, UUID]:
    return ("knowledge.dial", ctx.scope.tenant)
