"""A grounded answer from knowledge, a near question, or the honest word that it does not know."""

from __future__ import annotations

from xiaoer.ladder.contracts import Answer, Climb, Source, Turn
from xiaoer.ladder.phrases import choices, locale_of, offer_person, say, text
from xiaoer.modules import bot
from xiaoer.ports.ctx import Ctx


async def bot_tier(ctx: Ctx, turn: Turn) -> Answer | Climb:
    """Small talk is met, a question is answered from one entry, doubt is said."""
    locale = locale_of(turn)
    small_talk = _small_talk(turn, locale)
    if small_talk is not None:
        return small_talk
    move = await bot.next_move(ctx, turn.text, unit_path=turn.conversation.unit_path, locale=locale)
    match move:
        case bot.contracts.Say():
            source = Source(move.source_id, move.source_title)
            return Answer(
                (text(move.text),),
                (source,),
                topic=move.topic or move.source_id,
                confidence=move.confidence,
            )
        case bot.contracts.Suggest():
            options = [(q, q) for q in move.questions]
            person = (say("person", locale), "action:person")
            return Answer(
                (choices(say("suggest", locale), *options, person),),
                confidence=move.confidence,
                settled=False,
            )
        case bot.contracts.Climb():
            return Climb(move.reason, move.confidence)


def _small_talk(turn: Turn, locale: str) -> Answer | None:
    tone = bot.read_tone(turn.text)
    if tone.is_greeting:
        return Answer((text(say("greeting", locale)),), settled=False)
    if tone.is_thanks:
        return Answer((text(say("thanks", locale)),), settled=False)
    if tone.still_unsolved and len(turn.text) <= 30:
        return Answer((text(say("unsolved", locale)), offer_person(locale)), settled=False)
    if tone.is_abusive and len(turn.text) <= 30:
        return Answer((text(say("calm", locale)), offer_person(locale)), settled=False)
    return None
