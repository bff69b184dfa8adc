"""What is said to a message that is more, or less, than one question.

Several questions are answered each from its own source when each is sure by itself. Half a question
("那周末呢") is made whole with the question that was answered last. A single whole question costs
nothing more.
"""

from __future__ import annotations

from xiaoer.ladder import acting, sentences
from xiaoer.ladder.contracts import Answer, Turn
from xiaoer.ladder.serving import serve
from xiaoer.modules import bot, selfservice
from xiaoer.ports.ctx import Ctx

Say = bot.contracts.Say
Suggest = bot.contracts.Suggest
Move = bot.contracts.Move


async def next_move(ctx: Ctx, turn: Turn, locale: str) -> Answer | Move:
    """An answer to each of several questions, or the move for the whole message, seen after what
    was answered last."""
    apart = await answer_apart(ctx, turn, locale)
    return apart or await _move(ctx, turn, turn.text, locale, _answered_last(turn))


async def answer_apart(ctx: Ctx, turn: Turn, locale: str) -> Answer | None:
    """All questions of a message answered in their order, each with its source; nothing unless
    there are several, each is sure, and at most one has to be asked back about, which goes last."""
    said: list[Answer] = []
    before: tuple[str, str] | None = None
    for part in sentences.apart(turn.text):
        wish = selfservice.understand(part)
        if wish is not None:
            said.append(await serve(ctx, turn, wish))
            continue
        move = await _move(ctx, turn, part, locale, before)
        if not isinstance(move, Say):
            return None
        before = (move.source_title, move.source_id)
        said.append(acting.say_move(move))
    distinct = [one for i, one in enumerate(said) if one.parts not in [s.parts for s in said[:i]]]
    once = sorted(distinct, key=lambda one: not one.settled)
    if len(once) < 2 or not once[-2].settled:
        return None
    return Answer(
        tuple(part for one in once for part in one.parts),
        tuple(dict.fromkeys(source for one in once for source in one.sources)),
        topic=once[0].topic,
        subject=once[0].subject,
        confidence=min(one.confidence or 0.0 for one in once),
        settled=once[-1].settled,
        asks=once[-1].asks,
    )


async def _move(
    ctx: Ctx, turn: Turn, words: str, locale: str, before: tuple[str, str] | None
) -> Move:
    """The move for some words; half a question is heard with the ``before`` (title, id)."""
    path = turn.conversation.unit_path
    alone = await bot.next_move(ctx, words, unit_path=path, locale=locale)
    if before is None or not (half := sentences.half_of(words)):
        return alone
    if isinstance(alone, Say):
        if sentences.subject_of(alone.source_title) == half:
            return alone
        alone = Suggest((alone.source_title,), alone.confidence)
    found: list[Move] = []
    for whole in sentences.joined(before[0], half):
        move = await bot.next_move(ctx, whole, unit_path=path, locale=locale)
        if not isinstance(move, Say) or _speaks_of(half, move, again=move.source_id == before[1]):
            found.append(move)
    return max([alone, *found], key=_worth)


def _speaks_of(half: str, move: Say, *, again: bool) -> bool:
    return sentences.speaks_of(half, f"{move.source_title}\n{move.text}", again=again)


def _worth(move: Move) -> tuple[bool, bool, float]:
    return isinstance(move, Say), isinstance(move, Suggest), move.confidence


def _answered_last(turn: Turn) -> tuple[str, str] | None:
    """Title and id of the entry that was said last, if nothing else was said since."""
    ours = next((m for m in reversed(turn.history) if m.author.kind != "customer"), None)
    if ours is None or ours.author.kind != "assistant" or ours.tier != "bot":
        return None
    known = [source for source in ours.sources if source.kind == "knowledge"]
    return (known[-1].title, known[-1].id) if known else None
