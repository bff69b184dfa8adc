"""A deed under policy, goods for a wish, a grounded answer from knowledge, a near question, or the
honest word that it does not know."""

from __future__ import annotations

from dataclasses import replace

from xiaoer.ladder import acting, asking
from xiaoer.ladder.contracts import Answer, Climb, Turn
from xiaoer.ladder.phrases import choices, locale_of, offer_person, say, text
from xiaoer.ladder.recommending import greeting, recommending
from xiaoer.modules import bot
from xiaoer.ports.ctx import Ctx

UNSOLVED = "unsolved"  # what a try says when the customer's words were that it did not help


async def bot_tier(ctx: Ctx, turn: Turn) -> Answer | Climb:
    """A deed is proposed, small talk is met, a wish for goods is served, a question is answered from
    one entry, doubt is said."""
    locale = locale_of(turn)
    acted = await acting.act(ctx, turn, locale)
    if acted is not None:
        return acted
    small_talk = await _small_talk(ctx, turn, locale)
    if small_talk is not None:
        return small_talk
    recommended = await recommending(ctx, turn)
    if recommended is not None:
        return recommended
    move = await asking.next_move(ctx, turn, locale)
    offers = acting.offers(turn, locale)
    match move:
        case Answer():
            return _with(move, offers)
        case bot.contracts.Say():
            return _with(acting.say_move(move), offers)
        case _ if acting.may_want_deed(turn):
            return await acting.act(ctx, turn, locale, likely=True) or Climb("a_deed")
        case bot.contracts.Suggest():
            options = [*((q, q) for q in move.questions), *offers]
            person = (say("person", locale), "action:person")
            return Answer(
                (choices(say("suggest", locale), *options, person),),
                confidence=move.confidence,
                settled=False,
            )
        case bot.contracts.Climb() if offers:
            person = (say("person", locale), "action:person")
            card = choices(say("may_start", locale), *offers, person)
            return Answer((card,), confidence=move.confidence, settled=False)
        case bot.contracts.Climb():
            return Climb(move.reason, move.confidence)


def _with(answer: Answer, offers: tuple[tuple[str, str], ...]) -> Answer:
    return replace(answer, parts=(*answer.parts, choices("", *offers))) if offers else answer


async def _small_talk(ctx: Ctx, turn: Turn, locale: str) -> Answer | None:
    tone = bot.read_tone(turn.text)
    if tone.is_greeting:
        hello = await greeting(ctx, turn, locale) or say("greeting", locale)
        return Answer((text(hello),), settled=False)
    if tone.is_thanks:
        return Answer((text(say("thanks", locale)),), settled=False)
    if tone.still_unsolved and len(turn.text) <= 30:
        words = text(say("unsolved", locale))
        return Answer((words, offer_person(locale)), settled=False, asks=UNSOLVED)
    if tone.is_abusive and len(turn.text) <= 30:
        return Answer((text(say("calm", locale)), offer_person(locale)), settled=False)
    return None
