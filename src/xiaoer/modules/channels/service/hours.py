"""Whether people are there now: by the account's own hours, else by those of its store."""

from __future__ import annotations

from xiaoer.modules import catalog
from xiaoer.modules.channels.contracts import Hours, Session
from xiaoer.ports.ctx import Ctx


async def hours(ctx: Ctx, session: Session) -> Hours:
    """Open when nothing says otherwise: an account without hours is always attended."""
    profile = session.account.profile
    if profile.hours:
        own = catalog.read_hours(profile.hours)
        return Hours(catalog.opening(own, ctx.now()).open, profile.hours_text)
    store = await catalog.store_at(ctx, session.unit_path)
    if store is None:
        return Hours(True, profile.hours_text)
    opening = catalog.opening(store.hours, ctx.now())
    return Hours(opening.open, profile.hours_text or store.hours_text)
