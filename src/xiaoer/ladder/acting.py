"""Deeds in conversation: a flow asks and proposes, the tools check, the customer's yes does it.

The bot holds the dialogue and touches nothing; the tools of the owning rooms decide; this is the
loop between them, bounded, within the unit of work of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from xiaoer.ladder import tools
from xiaoer.ladder.contracts import Answer, Climb, Part, Source, Turn
from xiaoer.ladder.phrases import choices, say, text
from xiaoer.ladder.serving import PROVE, serve
from xiaoer.modules import bot, selfservice
from xiaoer.ports.ctx import Ctx

MOST_STEPS = 8
OPEN = ("slot:", "confirm:", "refused:")
BOOK = bot.book({spec.name: spec.parameters for spec in tools.SHOP_SPECS})
Options = tuple[tuple[str, str], ...]
Step = bot.contracts.Step
ToolResult = bot.contracts.ToolResult


def is_open(turn: Turn) -> bool:
    """Whether a flow waits for an answer to what it said last."""
    ends = [one for one in turn.tries if one.outcome != "climbed"]
    return bool(ends) and ends[-1].reason.startswith(OPEN)


def wants_deed(turn: Turn) -> bool:
    """Whether the words ask for a deed beyond doubt."""
    return bot.is_certain(bot.hear(BOOK, turn.text))


def may_want_deed(turn: Turn) -> bool:
    """Whether a deed is named, and no question about its rules is asked."""
    return bot.is_likely(bot.hear(BOOK, turn.text))


def offers(turn: Turn, locale: str) -> tuple[tuple[str, str], ...]:
    """The flows that a question is about, as options that begin them."""
    return tuple(bot.start_option(BOOK.flows[one], locale)
                 for one in bot.hear(BOOK, turn.text).wishes[:2])  # fmt: skip


async def act(
    ctx: Ctx, turn: Turn, locale: str, *, likely: bool = False
) -> Answer | Climb | None:
    """The next step of a flow; nothing when the words are about none. With ``likely`` a deed that
    is only named is begun as well."""
    going_on = is_open(turn)
    begins = may_want_deed(turn) if likely else wants_deed(turn)
    if not going_on and not begins:
        return None
    person = turn.conversation.person
    if not person.proven or person.customer_id is None:
        return _prove(locale)
    dialogue = await bot.dialogue(ctx, turn.conversation.id)
    said = bot.Said(turn.text, locale, _all_after_our_words(turn))
    scene = bot.Scene(BOOK, said, await bot.view(ctx, person.customer_id))
    step = (
        bot.go_on(scene, dialogue)
        if going_on and dialogue.asked
        else bot.begin(scene, dialogue)
        if begins
        else None
    )
    if step is None:
        return None
    return await _carried_out(ctx, turn, step, scene)


async def _carried_out(ctx: Ctx, turn: Turn, step: Step, scene: bot.Scene) -> Answer | Climb:
    """Let tools answer until there is something to say to the customer."""
    words: list[str] = []
    session, locale = _session(turn), scene.said.locale
    for _ in range(MOST_STEPS):
        words += step.said
        match step.act:
            case bot.contracts.Propose(tool=tool, arguments=arguments):
                used = await tools.use(ctx, session, tool, arguments)
                step = bot.told(scene, step.dialogue, _result(used.outcome, locale))
            case bot.contracts.Do(proposed=proposed):
                done = await _done(ctx, session, proposed)
                scene = replace(scene, view=await bot.view(ctx, _customer(turn)))
                step = bot.told(scene, step.dialogue, _result(done, locale))
            case bot.contracts.Aside(reminder=reminder, otherwise=otherwise):
                aside = await _aside(ctx, turn, locale)
                if aside is not None:
                    await bot.keep(ctx, turn.conversation.id, step.dialogue)
                    return _with_reminder(aside, reminder)
                step = otherwise
            case _:
                await bot.keep(ctx, turn.conversation.id, step.dialogue)
                return await _answer(ctx, turn, step, words, locale)
    return Climb("error")


async def _answer(
    ctx: Ctx, turn: Turn, step: Step, words: list[str], locale: str
) -> Answer | Climb:
    topic = f"flow:{step.dialogue.flow}" if step.dialogue.flow else ""
    subject = str(step.dialogue.slots.get("order", "")) or step.dialogue.focus
    match step.act:
        case bot.contracts.Ask(about=about, text=asked, options=options):
            parts = _parts([*words, asked], _sent(about, options))
            return Answer(parts, topic=topic, subject=subject, settled=False, asks=about)
        case bot.contracts.Tell(about=about, text=told, options=options):
            settled = about.startswith(("done:", "told"))
            parts = _parts([*words, told], options)
            return Answer(parts, topic=topic, subject=subject, settled=settled, asks=about)
        case bot.contracts.Withdraw(proposed=proposed, text=told):
            await _withdrawn(ctx, _session(turn), proposed)
            parts = _parts([*words, told], ())
            return Answer(parts, topic=topic, subject=subject, settled=False, asks="dropped")
        case bot.contracts.Look(order=number):
            wish = selfservice.contracts.Wish(selfservice.contracts.Errand.PARCEL, number)
            found = await serve(ctx, turn, wish)
            return replace(found, parts=(*_parts(words, ()), *found.parts)) if words else found
        case bot.contracts.Climb(reason=reason, filled=filled):
            return Climb(reason, said=tuple(words), filled=filled)
        case _:
            return Climb("error")


async def _aside(ctx: Ctx, turn: Turn, locale: str) -> Answer | None:
    """What the knowledge base says to a question beside the flow, if it is sure."""
    unit_path = turn.conversation.unit_path
    move = await bot.next_move(ctx, turn.text, unit_path=unit_path, locale=locale)
    return say_move(move) if isinstance(move, bot.contracts.Say) else None


def say_move(move: bot.contracts.Say) -> Answer:
    """An answer in the words of one knowledge entry."""
    return Answer(
        (text(move.text),), (Source(move.source_id, move.source_title),), topic=move.topic or move.source_id,
        confidence=move.confidence,
    )  # fmt: skip


def _with_reminder(aside: Answer, reminder: bot.contracts.Ask | None) -> Answer:
    if reminder is None:
        return aside
    parts = (*aside.parts, *_parts([reminder.text], _sent(reminder.about, reminder.options)))
    return replace(aside, parts=parts, settled=False, asks=reminder.about)


async def _done(
    ctx: Ctx, session: tools.Session, proposed: bot.contracts.Proposed
) -> tools.Done | tools.Refused:
    yes = tools.Yes(UUID(proposed.id), proposed.digest)
    return await tools.confirm(ctx, session, tools.Verb(proposed.verb), proposed.order, yes)


async def _withdrawn(
    ctx: Ctx, session: tools.Session, proposed: bot.contracts.Proposed
) -> None:
    verb = tools.Verb(proposed.verb)
    await tools.withdraw(ctx, session, verb, proposed.order, UUID(proposed.id))


def _result(outcome: tools.Outcome | tools.Done, locale: str) -> ToolResult:
    """What a tool answered, as the bot may know it."""
    match outcome:
        case tools.Proposal():
            sentence = outcome.sentence(locale)
            return ToolResult("proposed", sentence, proposed=bot.contracts.Proposed(
                str(outcome.id), outcome.digest, str(outcome.wish.verb), outcome.wish.order, sentence
            ))  # fmt: skip
        case tools.Done():
            return ToolResult("done", outcome.sentence(locale))
        case tools.Refused():
            return ToolResult("refused", outcome.sentence(locale), outcome.code, outcome.to_person)
        case _:
            return ToolResult("refused", say("unknown", locale), "not_a_deed", to_person=True)


def _all_after_our_words(turn: Turn) -> bool:
    """Whether the customer could have read our last words before they wrote any of these."""
    ours = max((m.seq for m in turn.history if m.author.kind == "assistant"), default=0)
    return all(message.seq > ours for message in turn.unanswered)


def _prove(locale: str) -> Answer:
    options = ((say("prove_option", locale), selfservice.contracts.PROVE),
               (say("person", locale), "action:person"))  # fmt: skip
    return Answer((text(say("prove", locale)), choices("", *options)), settled=False, asks=PROVE)


def _parts(words: Iterable[str], options: tuple[tuple[str, str], ...]) -> tuple[Part, ...]:
    told = text("\n".join(words))
    return (told, choices("", *options)) if options else (told,)


def _sent(about: str, options: Options) -> Options:
    """A piece is sent by its name, which the customer reads in their own words afterwards."""
    named = about in ("slot:items", "slot:new_items")
    return tuple((label, label if named else value) for label, value in options)


def _session(turn: Turn) -> tools.Session:
    person = turn.conversation.person
    return tools.Session(
        person.visitor_id, turn.conversation.account_id, person.customer_id, tools.SHOP_TOOLS
    )


def _customer(turn: Turn) -> UUID:
    customer_id = turn.conversation.person.customer_id
    assert customer_id is not None, "only used for somebody who is proven"
    return customer_id
