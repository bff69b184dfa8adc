"""What a shopper says of an answer teaches the dial: "still not solved" right after an answer."""

from __future__ import annotations

from uuid import UUID

import structlog

from xiaoer.ladder.contracts import Turn
from xiaoer.ladder.phrases import locale_of
from xiaoer.modules import bot, conversations, knowledge
from xiaoer.ports.ctx import Ctx

LONGEST_COMPLAINT = 30  # characters; a longer text says something else as well

log = structlog.get_logger("ladder")


async def hear_complaint(ctx: Ctx, turn: Turn) -> None:
    """Keep that the last answer did not help; a failure here costs the shopper nothing."""
    if len(turn.text) > LONGEST_COMPLAINT or not bot.read_tone(turn.text).still_unsolved:
        return
    said = next((m for m in reversed(turn.history) if m.author.kind == "assistant"), None)
    if said is None or not (source := answered_from(said)):
        return
    question = "\n".join(m.text for m in turn.history if m.seq in said.covers and m.text)
    asked = knowledge.contracts.Asked(question, turn.conversation.unit_path, locale_of(turn))
    try:
        async with ctx.uow.savepoint():
            await knowledge.hear_shopper(ctx, asked, source)
    except Exception as error:
        log.error("complaint_not_kept", exc_info=error)


def answered_from(said: conversations.contracts.Message) -> UUID | None:
    """The one entry that a reply rests on; nothing when it rests on none, or on other things."""
    return UUID(said.sources[0].id) if len(said.sources) == 1 and said.tier == "bot" else None
