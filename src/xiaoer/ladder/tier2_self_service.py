"""One tap does it: where the order is, when the store closes, what it has."""

from __future__ import annotations

from xiaoer.ladder import acting, asking
from xiaoer.ladder.contracts import Answer, Climb, Turn
from xiaoer.ladder.phrases import locale_of
from xiaoer.ladder.serving import serve
from xiaoer.modules import selfservice
from xiaoer.ports.ctx import Ctx


async def self_service(ctx: Ctx, turn: Turn) -> Answer | Climb:
    """Settle an errand that the words leave no doubt about, with the questions beside it; what
    belongs to a deed is left to it."""
    wish = selfservice.understand(turn.text)
    if wish is None:
        return Climb("no_errand")
    if acting.is_open(turn) or acting.wants_deed(turn):
        return Climb("a_deed")
    apart = await asking.answer_apart(ctx, turn, locale_of(turn))
    return apart or await serve(ctx, turn, wish)
