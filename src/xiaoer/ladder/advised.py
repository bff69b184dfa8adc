"""What a language model may add to a turn, at one seam, and never inside a unit of work.

The climb is rehearsed in a unit whose effects are undone; if there is something to ask and the
tenant's allowance has room, the model is asked while no connection is held, once a turn and for a
bounded time. Then the turn is climbed again, for real, and :func:`applied` puts in what the model
said where it still fits and passes its check: other words for the same answer, a nearer question,
a summary for the colleague. On any doubt the outcome stays as the ladder made it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import TypeAlias

import structlog

from xiaoer.kit.memo import Memo
from xiaoer.kit.settings import Settings
from xiaoer.ladder import tier5_human
from xiaoer.ladder.contracts import Answer, Outcome, Source, Step, Turn
from xiaoer.ladder.gate import may_try
from xiaoer.ladder.phrases import choices, locale_of, say, text
from xiaoer.ladder.serving import serve
from xiaoer.modules import advice, bot, conversations, knowledge, selfservice
from xiaoer.ports.ctx import Assistant, Ctx, Scope
from xiaoer.ports.house import Delivery, House
from xiaoer.ports.llm import ModelUnavailable, Said

log = structlog.get_logger("advised")

Foresee: TypeAlias = Callable[[Ctx], Awaitable[tuple[Turn, Outcome] | None]]
Errand = selfservice.contracts.Errand

ERRANDS = (Errand.ORDER_STATUS, Errand.PARCEL, Errand.HOURS)
MOST_CANDIDATES = 8
LEAST_TO_SUMMARISE = 3
REMEMBERED = 1024
SUMMARY = "hand_off_summary"


@dataclass(frozen=True, slots=True)
class Reworded:
    """The stored ``source`` and what may be said in its place; empty: only the manner's frame."""

    source: str
    said: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words ``asked`` are taken for: an entry, or an errand."""

    asked: str
    entry: str
    errand: str


@dataclass(frozen=True, slots=True)
class Summarised:
    """What a colleague reads first."""

    points: tuple[str, ...]


Advice: TypeAlias = Reworded | Understood | Summarised | None


@dataclass(frozen=True, slots=True)
class _Ask:
    """A question on its way, and how its answer is read."""

    question: advice.contracts.Question
    read: Callable[[str], Advice]
    remember: Hashable = None


async def advise(delivery: Delivery, foresee: Foresee) -> Advice:
    """What the model says of this turn; nothing without a model, in doubt, or on any failure."""
    house = delivery.house
    uses = house.settings.llm_rephrase, house.settings.llm_understand, house.settings.llm_summarise
    if not any(uses) or not house.ports.llm.available:
        return None
    try:
        wanted = await _rehearse(delivery, foresee)
        return await _asked(house, wanted) if isinstance(wanted, _Ask) else wanted
    except ModelUnavailable as error:
        log.warning("llm_unavailable", reason=error.fields.get("reason"))
    except Exception as error:
        log.error("llm_failed", exc_info=error)
    return None


async def applied(
    ctx: Ctx, settings: Settings, turn: Turn, outcome: Outcome, said: Advice
) -> Outcome:
    """The outcome with what the model said, where it still fits; any error leaves it as it is."""
    try:
        async with ctx.uow.savepoint():
            match said:
                case Understood() if settings.llm_understand:
                    return await _understood(ctx, turn, outcome, said)
                case Summarised() if settings.llm_summarise:
                    return _summarised(outcome, said)
                case _:
                    return _reworded(settings, turn, outcome, said)
    except Exception as error:
        log.error("advice_failed", exc_info=error)
        return outcome


class _Undone(Exception):
    """Ends a rehearsal."""


async def _rehearse(delivery: Delivery, foresee: Foresee) -> _Ask | Advice:
    """Climb, undo it, and keep the price of the question that came up."""
    house = delivery.house
    wanted: _Ask | Advice = None
    async with house.unit(Assistant(), Scope(delivery.tenant)) as ctx:
        try:
            async with ctx.uow.savepoint():
                foreseen = await foresee(ctx)
                if foreseen is not None:
                    wanted = await _wanted(ctx, house.settings, *foreseen)
                raise _Undone
        except _Undone:
            pass
        if isinstance(wanted, _Ask) and not await _affords(ctx, house.settings, wanted):
            return None
    return wanted


async def _affords(ctx: Ctx, settings: Settings, ask: _Ask) -> bool:
    allowance = advice.contracts.Allowance(settings.llm_daily_calls, settings.llm_daily_tokens)
    if await advice.afford(ctx, ask.question, allowance):
        return True
    log.info("llm_allowance_spent", tenant=str(ctx.scope.tenant))
    return False


async def _asked(house: House, ask: _Ask) -> Advice:
    """Ask the model; nobody holds a connection meanwhile."""
    text = await house.ports.llm.complete(
        [Said(role, words) for role, words in ask.question.exchange],
        timeout_s=house.settings.llm_timeout_ms / 1000,
        max_tokens=ask.question.max_tokens,
        schema=ask.question.schema,
    )
    read = ask.read(text)
    if ask.remember is not None:
        _wordings(house.ports.memo).put(ask.remember, read)
    return read


async def _wanted(ctx: Ctx, settings: Settings, turn: Turn, outcome: Outcome) -> _Ask | Advice:
    if settings.llm_rephrase and _is_from_knowledge(outcome):
        return _rewording(ctx, settings, turn, outcome.answer)
    if settings.llm_understand and _is_unclear(turn, outcome):
        return await _understanding(ctx, turn)
    if settings.llm_summarise and _is_calm_hand_off(outcome):
        return _summing_up(turn)
    return None


def _is_from_knowledge(outcome: Outcome) -> bool:
    answer = outcome.answer
    return (
        outcome.tier == "bot"
        and answer.settled
        and [source.kind for source in answer.sources] == ["knowledge"]
        and bool(answer.parts)
        and answer.parts[0].kind == "text"
    )


def _is_unclear(turn: Turn, outcome: Outcome) -> bool:
    """Near questions were offered, or the machine did not know; and nothing forbids it to try."""
    if may_try("bot", turn) is not None:
        return False
    answer = outcome.answer
    if outcome.tier == "human":
        last = outcome.steps[-2].result if len(outcome.steps) > 1 else None
        return getattr(last, "reason", "") in tier5_human.OFFERED
    prompt = answer.parts[0].fields.get("prompt") if answer.parts else None
    return outcome.tier == "bot" and prompt == say("suggest", locale_of(turn))


def _is_calm_hand_off(outcome: Outcome) -> bool:
    """A person takes over, and nobody is in need: who is does not wait for a model."""
    hand_off = outcome.answer.hand_off
    return hand_off is not None and hand_off.reason not in tier5_human.URGENT


def _rewording(ctx: Ctx, settings: Settings, turn: Turn, answer: Answer) -> _Ask | Advice:
    """Ask for an entry's words in the shop's manner: no word of the customer goes with them."""
    source, title = answer.parts[0].words, answer.sources[0].title
    if not advice.may_reword(answer.topic, title, source):
        return None
    manner = advice.contracts.Manner(settings.llm_manner)
    key = (ctx.scope.tenant, title, source, manner)
    known = _wordings(ctx.ports.memo).peek(key)
    if known is not None:
        return known  # type: ignore[no-any-return]

    def read(said: str) -> Advice:
        words = advice.read_wording(said)
        is_faithful = words is not None and bot.is_faithful(source, words)
        if not is_faithful:
            kinds = sorted({d.kind for d in bot.differences(source, words)}) if words else ["shape"]
            log.info("wording_refused", title=title, kinds=kinds)
        return Reworded(source, words if words and is_faithful else "")

    return _Ask(advice.to_reword(title, source, manner), read, key)


def _wordings(memo: Memo) -> Memo:
    """Wordings that were made, and sources for which none passed: asked once in a process."""
    kept = memo.peek("wordings")
    if kept is None:
        memo.put("wordings", kept := Memo(REMEMBERED))
    assert isinstance(kept, Memo)
    return kept


def _reworded(settings: Settings, turn: Turn, outcome: Outcome, said: Advice) -> Outcome:
    """Other words for the same entry, or the stored ones inside the manner's frame."""
    if not settings.llm_rephrase or not _is_from_knowledge(outcome):
        return outcome
    first, *rest = outcome.answer.parts
    if isinstance(said, Reworded) and said.source == first.words and said.said:
        words = said.said
    else:
        manner = advice.contracts.Manner(settings.llm_manner)
        words = advice.dressed(first.words, manner, locale_of(turn))
    return _with(outcome, replace(outcome.answer, parts=(text(words), *rest)))


async def _candidates(ctx: Ctx, turn: Turn) -> knowledge.contracts.Found:
    return await knowledge.search(
        ctx,
        turn.text,
        unit_path=turn.conversation.unit_path,
        locale=locale_of(turn),
        limit=MOST_CANDIDATES,
    )


async def _understanding(ctx: Ctx, turn: Turn) -> _Ask:
    """Ask which candidate or errand the words mean; their numbers stay in the house."""
    found = (await _candidates(ctx, turn)).candidates
    questions, ids = [c.question for c in found], [str(c.entry_id) for c in found]
    asked = turn.text

    def read(said: str) -> Advice:
        choice = advice.read_choice(said, of=len(ids), errands=ERRANDS)
        if choice is None:
            return None
        entry = ids[choice.entry] if choice.entry is not None else ""
        return Understood(asked, entry, choice.errand)

    return _Ask(advice.to_understand(advice.hide(asked).text, questions, ERRANDS), read)


async def _understood(ctx: Ctx, turn: Turn, outcome: Outcome, said: Understood) -> Outcome:
    """The model's reading is one witness more. An entry is answered from only when the search puts
    it first as well and finds it near; otherwise it is the first that is offered. An errand runs
    as if it had been asked for, behind the same gate and the same proof of identity."""
    if turn.text != said.asked or not _is_unclear(turn, outcome):
        return outcome
    if said.errand:
        if may_try("self_service", turn) is not None:
            return outcome
        wish = selfservice.contracts.Wish(Errand(said.errand), place=turn.text)
        return _instead(outcome, await serve(ctx, turn, wish))
    found = await _candidates(ctx, turn)
    chosen = next((c for c in found.candidates if str(c.entry_id) == said.entry), None)
    if chosen is None:
        return outcome
    if found.verdict == "suggest" and found.candidates[0] == chosen:
        source = Source(str(chosen.entry_id), chosen.question)
        answer = Answer(
            (text(chosen.answer),),
            (source,),
            topic=chosen.category or source.id,
            confidence=found.confidence,
        )
        return _instead(outcome, answer)
    if outcome.answer.hand_off is not None:
        return outcome
    near = dict.fromkeys([chosen.question, *(c.question for c in found.candidates[:2])])
    locale = locale_of(turn)
    card = choices(say("suggest", locale), *((q, q) for q in near), _person(locale))
    return _instead(outcome, Answer((card,), confidence=found.confidence, settled=False))


def _person(locale: str) -> tuple[str, str]:
    return say("person", locale), "action:person"


def _summing_up(turn: Turn) -> _Ask | None:
    """Ask for the sentences that tell what happened, from what was said openly."""
    hidden = advice.contracts.Hidden("")
    lines: list[advice.contracts.Line] = []
    for message in turn.history:
        if message.internal or not message.text or message.author.kind == "system":
            continue
        hidden = advice.hide(message.text, hidden)
        lines.append(advice.contracts.Line(message.seq, str(message.author.kind), hidden.text))
    if sum(line.who == "customer" for line in lines) < LEAST_TO_SUMMARISE:
        return None

    def read(said: str) -> Advice:
        texts = {line.seq: line.text for line in lines}
        points = advice.read_points(said)
        if not points or not all(bot.is_excerpt(texts.get(p.seq, ""), p.words) for p in points):
            return None
        return Summarised(tuple(advice.show(point.words, hidden) for point in points))

    return _Ask(advice.to_summarise(lines), read)


def _summarised(outcome: Outcome, said: Summarised) -> Outcome:
    hand_off = outcome.answer.hand_off
    if hand_off is None:
        return outcome
    lines = "\n".join(f"- {point}" for point in said.points)
    part = conversations.contracts.told_part(SUMMARY, {"points": list(said.points)}, lines)
    noted = replace(hand_off, note=(*hand_off.note, part))
    return _with(outcome, replace(outcome.answer, hand_off=noted))


def _with(outcome: Outcome, answer: Answer) -> Outcome:
    last = outcome.steps[-1]
    return Outcome((*outcome.steps[:-1], Step(last.tier, answer)))


def _instead(outcome: Outcome, answer: Answer) -> Outcome:
    """The bot answers after all."""
    below = tuple(step for step in outcome.steps if step.tier not in ("bot", "human"))
    return Outcome((*below, Step("bot", answer)))
