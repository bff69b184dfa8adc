"""One tap does it: where the order is, when the store closes, what it has."""

from __future__ import annotations

from xiaoer.ladder import acting
from xiaoer.ladder.contracts import Answer, Climb, Turn
from xiaoer.ladder.serving import serve
from xiaoer.modules import selfservice
from xiaoer.ports.ctx import Ctx


async def self_service(ctx: Ctx, turn: Turn) -> Answer | Climb:
    """Settle an errand that the words leave no doubt about; what belongs to a deed is left to it."""
    wish = selfservice.understand(turn.text)
    if wish is None:
        return Climb("no_errand")
    if acting.is_open(turn) or acting.wants_deed(turn):
        return Climb("a_deed")
    return await serve(ctx, turn, wish)
