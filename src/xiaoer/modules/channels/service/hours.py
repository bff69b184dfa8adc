"""Whether people are there now: by the account's own hours, else by those of its store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xiaoer.kit.problem import Invalid
from xiaoer.modules import catalog
from xiaoer.modules.channels.contracts import Hours, Session
from xiaoer.ports.ctx import Ctx

DAYS = 7


async def hours(ctx: Ctx, session: Session) -> Hours:
    """Open when nothing says otherwise: an account without hours is always attended."""
    profile = session.account.profile
    if profile.hours:
        opening = catalog.open_now(read_hours(profile.hours), ctx.now())
        return Hours(opening.open, profile.hours_text)
    store = await catalog.store(ctx, session.unit_path)
    if store is None or not any(store.hours.week):
        return Hours(True, profile.hours_text)
    opening = catalog.open_now(store.hours, ctx.now())
    return Hours(opening.open, profile.hours_text or store.hours_text)


def read_hours(stored: Mapping[str, Any]) -> catalog.contracts.Hours:
    """``{"week": [[["08:30", "22:30"]], … seven from Monday], "zone": "Asia/Shanghai"}``.

    A span past midnight closes earlier than it opens; a day without spans is closed.
    """
    try:
        week = tuple(
            tuple(
                catalog.contracts.Span(time.fromisoformat(opens), time.fromisoformat(closes))
                for opens, closes in day
            )
            for day in stored["week"]
        )
        zone = str(stored.get("zone", "Asia/Shanghai"))
        ZoneInfo(zone)
    except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError):
        raise Invalid(reason="服务时间格式不对", field="hours") from None
    if len(week) != DAYS:
        raise Invalid(reason="服务时间需要七天", field="hours")
    return catalog.contracts.Hours(week=week, zone=zone)
