"""What the room does by the clock."""

from __future__ import annotations

from xiaoer.modules.channels.service import proving, sessions
from xiaoer.ports.ctx import Ctx


async def sweep(ctx: Ctx) -> int:
    """Once a day and tenant: forget dead sessions, expired codes and old counts of tries."""
    return await sessions.sweep(ctx) + await proving.sweep(ctx)
