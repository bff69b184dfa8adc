"""What the ladder does to a conversation: read it, answer it, give it to a person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.modules.conversations import rules
from xiaoer.modules.conversations.contracts import (
    Author,
    AuthorKind,
    Conversation,
    ConversationId,
    Demand,
    DemandId,
    HandOff,
    Message,
    MessageId,
    Part,
    Source,
    Try,
    Turn,
)
from xiaoer.modules.conversations.errors import Overtaken
from xiaoer.modules.conversations.events import HandedOff, ReplyPosted, TierTried
from xiaoer.modules.conversations.rules import Belongs
from xiaoer.modules.conversations.store import conversations, demands, messages
from xiaoer.modules.conversations.store.messages import Draft
from xiaoer.ports.ctx import Ctx

HISTORY = 20
ASSISTANT_NAME = "小二"


async def turn(ctx: Ctx, conversation_id: UUID) -> Turn:
    """One consistent read of what a tier needs."""
    found = await conversations.with_history(ctx, conversation_id, HISTORY)
    if found is None:
        raise NotFound()
    conversation, demand, tries, history = found
    waiting = rules.unanswered(history, rules.covered_until(history))
    return Turn(conversation, demand, history, waiting, tries)


async def reply(
    ctx: Ctx, turn: Turn, parts: Sequence[Part], *, sources: Sequence[Source] = (), tier: str
) -> Message:
    """Post the assistant's answer to everything that the turn saw.

    Raises :class:`Overtaken` when a person owns the conversation by now, the same was answered
    already, or the customer wrote again, though the last at most twice in a row: the third draft
    is sent, and names what it covers, so that the newest message is answered next.
    """
    before = turn.conversation
    draft = Draft(
        id=MessageId(ctx.new_id()),
        author=Author(AuthorKind.ASSISTANT, None, ASSISTANT_NAME),
        parts=tuple(parts),
        at=ctx.now(),
        preview=rules.preview(parts),
        covers=tuple(m.seq for m in turn.unanswered),
        sources=tuple(sources),
        tier=tier,
    )
    stored = await messages.speak(ctx, before, draft, "assistant")
    if stored is None and turn.dropped >= rules.MOST_DROPPED and await _is_owed(ctx, before):
        stored = await messages.speak(ctx, before, draft, "assistant_anyway")
    if stored is None:
        raise Overtaken()
    ctx.uow.tell(
        ReplyPosted(
            key=before.id,
            seq=stored.version,
            message_id=draft.id,
            account_id=before.account_id,
            channel_kind=before.channel_kind,
            tier=tier,
        )
    )
    ctx.uow.wake(f"conversation:{before.id}")
    return draft.spoken(before.id, stored)


async def hand_off(ctx: Ctx, turn: Turn, wanted: HandOff) -> Conversation | None:
    """Put the conversation into the queue; from then on its demand is not contained.

    Nothing when the assistant does not own it by now: it is never taken from a person, and a
    customer who waits already keeps the place.
    """
    after = await conversations.to_queue(ctx, turn.conversation.id, wanted)
    if after is None:
        return None
    if wanted.parts:
        await _tell_customer(ctx, after, turn, wanted.parts)
    if wanted.note:
        await _note_for_agent(ctx, after, wanted.note)
    fact = HandedOff(
        key=after.id,
        seq=after.version,
        channel_kind=after.channel_kind,
        demand_id=after.demand_id,
        reason=wanted.reason,
        skill_group=wanted.skill_group,
    )
    ctx.uow.tell(fact)
    ctx.uow.wake("queue")
    ctx.uow.wake(f"conversation:{after.id}")
    return after


async def _is_owed(ctx: Ctx, seen: Conversation) -> bool:
    """Whether the house has said nothing since; the row is locked first, so that it stays so."""
    await conversations.get(ctx, seen.id, lock=True)
    return await messages.covered_until(ctx, seen.id) <= seen.last_seq


async def record_tries(
    ctx: Ctx, turn: Turn, made: Sequence[Try], *, topic: str = "", subject: str = ""
) -> DemandId:
    """Keep the tries of one climb, and with them which demand this is; returns that demand.

    The last of ``made`` is the tier that answered, and says whether the demand is resolved.
    """
    demand_id = await _assign(ctx, turn, topic, subject)
    await demands.tried(ctx, demand_id, turn.conversation.id, made, topic, subject)
    for each in made:
        ctx.uow.tell(
            TierTried(
                key=turn.conversation.id,
                seq=turn.conversation.version,
                demand_id=demand_id,
                tier=each.tier,
                outcome=each.outcome,
                reason=each.reason,
            )
        )
    return demand_id


async def unsolved(ctx: Ctx, conversation_id: ConversationId) -> int:
    """The customer says that it did not help; returns how often they have said so."""
    before = await conversations.get(ctx, conversation_id, lock=True)
    if before is None:
        raise NotFound()
    after = await conversations.change(ctx, before, {"unsolved": before.unsolved + 1})
    assert after is not None, "the row is locked"
    await demands.unsolved(ctx, before.demand_id, ctx.now())
    return after.unsolved


async def _assign(ctx: Ctx, turn: Turn, topic: str, subject: str) -> DemandId:
    current = turn.demand
    now = ctx.now()
    if rules.is_return(current, now) and topic in ("", current.topic):
        await demands.returned(ctx, current.id, now)
        return current.id
    earlier = await _earlier(ctx, current, topic, subject)
    match rules.belongs(current, topic, subject, earlier):
        case Belongs.RETURN if earlier is not None:
            return await _return_of(ctx, turn, current, earlier)
        case Belongs.NEW:
            demand_id = DemandId(ctx.new_id())
            await demands.split(
                ctx,
                current.id,
                demand_id,
                turn.conversation.id,
                topic=topic,
                subject=subject,
                at=now,
            )
            return demand_id
        case _:
            return current.id


async def _earlier(ctx: Ctx, current: Demand, topic: str, subject: str) -> Demand | None:
    """Only a topic that differs from the current one can belong to another demand."""
    if not topic or current.topic == topic:
        return None
    return await demands.earlier(ctx, current, topic, subject)


async def _return_of(ctx: Ctx, turn: Turn, current: Demand, earlier: Demand) -> DemandId:
    if rules.is_return(earlier, ctx.now()):
        await demands.returned(ctx, earlier.id, ctx.now())
    if current.topic:
        await demands.point(ctx, earlier.id, turn.conversation.id)
    else:
        await demands.absorb(ctx, earlier.id, current.id)
    return earlier.id


async def _tell_customer(
    ctx: Ctx, conversation: Conversation, turn: Turn, parts: tuple[Part, ...]
) -> None:
    draft = Draft(
        id=MessageId(ctx.new_id()),
        author=Author(AuthorKind.SYSTEM, None, ASSISTANT_NAME),
        parts=parts,
        at=ctx.now(),
        preview=rules.preview(parts),
        covers=tuple(m.seq for m in turn.unanswered),
        tier="human",
    )
    await messages.speak(ctx, conversation, draft, "anyone")


async def _note_for_agent(ctx: Ctx, conversation: Conversation, parts: tuple[Part, ...]) -> None:
    draft = Draft(
        id=MessageId(ctx.new_id()),
        author=Author(AuthorKind.SYSTEM, None, ASSISTANT_NAME),
        parts=parts,
        at=ctx.now(),
        preview="",
        internal=True,
    )
    await messages.speak(ctx, conversation, draft, "anyone")
