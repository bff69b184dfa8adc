"""A shopper's words taken through the ladder for an editor who looks on: every step is shown, nothing
is kept, nothing is done.

The shopper of a rehearsal is a visitor whom nobody knows, so a deed ends where a proof is asked
for; and whatever a tier might write is undone with the savepoint.
"""

from __future__ import annotations

from dataclasses import dataclass

from xiaoer.ladder import acting, climb
from xiaoer.ladder.contracts import Outcome, Turn
from xiaoer.ladder.phrases import locale_of
from xiaoer.modules import bot, conversations
from xiaoer.ports.ctx import Assistant, Ctx

Conversation = conversations.contracts.Conversation
Message = conversations.contracts.Message


@dataclass(frozen=True, slots=True)
class HeardFlow:
    """A flow that the words are about; ``is_certain``: they demand it, so it would begin at once."""

    id: str
    title: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was understood, and what came of it. ``locale`` is the language that is answered in."""

    locale: str
    tone: bot.contracts.Tone
    flows: tuple[HeardFlow, ...]
    is_question: bool
    outcome: Outcome


class _Undone(Exception):
    """Ends the savepoint of a rehearsal."""


async def rehearse(ctx: Ctx, text: str, unit_path: str, locale: str) -> Rehearsal:
    """Take the words of an unknown visitor of a place up the ladder."""
    turn = _turn(ctx, text, unit_path, locale)
    outcomes: list[Outcome] = []
    try:
        async with ctx.uow.savepoint():
            outcomes.append(await climb(ctx.acting_as(Assistant()), turn))
            raise _Undone
    except _Undone:
        pass
    spoken = locale_of(turn)
    heard = bot.hear(acting.BOOK, text)
    flows = tuple(
        HeardFlow(one, acting.BOOK.flows[one].title.to(spoken), bot.is_certain(heard))
        for one in heard.wishes
    )
    return Rehearsal(spoken, bot.read_tone(text), flows, heard.is_question, outcomes[0])


def _turn(ctx: Ctx, text: str, unit_path: str, locale: str) -> Turn:
    """A conversation of one message that exists nowhere."""
    now, nobody = ctx.now(), ctx.new_id()
    kinds = conversations.contracts
    said = Message(
        kinds.MessageId(ctx.new_id()), kinds.ConversationId(nobody), 1, None,
        kinds.Author(kinds.AuthorKind.CUSTOMER), (kinds.text_part(text),), now,
    )  # fmt: skip
    demand = kinds.Demand(
        kinds.DemandId(ctx.new_id()), nobody, "", "", now, None, True, None, 0, now
    )
    conversation = Conversation(
        id=kinds.ConversationId(nobody), version=1, changed_version=1, status=kinds.Status.OPEN,
        owner=kinds.Assistant(), person=kinds.Person(nobody), account_id=nobody,
        channel_kind="rehearsal", channel_name="", unit_path=unit_path, locale=locale,
        demand_id=demand.id, skill_group=None, last_seq=1, last_customer_seq=1, last_text=text,
        last_author=kinds.AuthorKind.CUSTOMER, last_at=now, waiting_since=now, agent_seen_seq=0,
        customer_seen_seq=0, opened_at=now, updated_at=now, resolved_at=None, priority=0,
        mood=None, rating=None, unsolved=0,
    )  # fmt: skip
    return Turn(conversation, demand, (said,), (said,), ())
