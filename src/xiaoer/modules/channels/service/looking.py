"""What a visitor looked at, reported by the widget."""

from __future__ import annotations

from collections.abc import Sequence

from xiaoer.modules import visits
from xiaoer.modules.channels.contracts import Session
from xiaoer.ports.ctx import Ctx


async def report(
    ctx: Ctx,
    session: Session,
    looks: Sequence[visits.contracts.Look],
    *,
    user_agent: str,
    consent: bool,
) -> visits.contracts.Kept:
    """Keep what the visitor's consent allows; the shop's page asks for it and says it."""
    looker = visits.contracts.Looker(
        session.visitor_id, session.account.id, session.unit_path, user_agent[:500], consent
    )
    return await visits.record(ctx, looker, looks)


async def forget(ctx: Ctx, session: Session) -> int:
    """Consent is taken back: what the visitor looked at becomes anonymous; how many looks."""
    return await visits.forget(ctx, session.visitor_id)
