"""What a visitor looked at, reported by the widget."""

from __future__ import annotations

from collections.abc import Sequence

from xiaoer.modules import visits
from xiaoer.modules.channels.contracts import Session
from xiaoer.ports.ctx import Ctx


async def report(
    ctx: Ctx, session: Session, looks: Sequence[visits.contracts.Look], user_agent: str
) -> visits.contracts.Kept:
    """Keep what the visitor's consent allows."""
    looker = visits.contracts.Looker(
        session.visitor_id, session.account.id, session.unit_path, user_agent[:500]
    )
    return await visits.record(ctx, looker, looks)
