"""Runs the ladder when a customer has written: once per conversation at a time, for all messages
that wait together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xiaoer.kit.event import Fact
from xiaoer.ladder import climb
from xiaoer.ladder.advised import Advice, advise, applied
from xiaoer.ladder.contracts import Outcome, Step, Turn
from xiaoer.ladder.hearing import hear_complaint
from xiaoer.modules import channels, conversations, selfservice
from xiaoer.ports.ctx import Assistant, Ctx
from xiaoer.ports.house import Delivery

TRIES = 4
Try = conversations.contracts.Try


async def on_message(delivery: Delivery) -> None:
    """Answer what waits, or leave it to the person who owns it.

    A draft that was overtaken is made anew; when the customer keeps writing, the third is sent.
    """
    said = await advise(delivery, lambda ctx: _foresee(ctx, delivery))
    for dropped in range(TRIES):
        try:
            async with delivery.unit(Assistant()) as ctx:
                await _answer(ctx, delivery, dropped, said)
            return
        except conversations.errors.Overtaken:
            continue


async def _answer(ctx: Ctx, delivery: Delivery, dropped: int, said: Advice) -> None:
    turn = await conversations.turn(ctx, delivery.key)
    turn = _as_seen(turn, delivery.facts, dropped)
    if _is_ours(turn):
        await hear_complaint(ctx, turn)
        outcome = await climb(ctx, turn)
        settings = delivery.house.settings
        await _carry_out(ctx, turn, await applied(ctx, settings, turn, outcome, said))


async def _foresee(ctx: Ctx, delivery: Delivery) -> tuple[Turn, Outcome] | None:
    """What the turn would come to; the caller undoes it."""
    turn = _as_seen(await conversations.turn(ctx, delivery.key), delivery.facts, 0)
    return (turn, await climb(ctx, turn)) if _is_ours(turn) else None


def is_for_the_machine(fact: conversations.events.MessageReceived) -> bool:
    """Whether the assistant owned the conversation when the message came."""
    return fact.owner == "assistant"


def is_in_conversation(fact: channels.events.Identified) -> bool:
    """Whether somebody who proved who they are has a conversation to go on with."""
    return fact.conversation_id is not None


def _as_seen(turn: Turn, facts: Sequence[Fact], dropped: int) -> Turn:
    """Who has just proven who they are gets the answer that had to wait for it."""
    proven = any(isinstance(fact, channels.events.Identified) for fact in facts)
    if proven and not turn.unanswered and _waited_for_proof(turn):
        asked = [m for m in turn.history if m.author.kind == "customer"]
        turn = replace(turn, unanswered=tuple(asked[-1:]))
    return replace(turn, dropped=dropped)


def _waited_for_proof(turn: Turn) -> bool:
    """Whether the last thing that the assistant said asks for a proof; the answer does not."""
    said = next((m for m in reversed(turn.history) if m.author.kind == "assistant"), None)
    return said is not None and any(
        option.get("value") == selfservice.contracts.PROVE
        for part in said.parts
        for option in part.fields.get("options", ())
    )


def _is_ours(turn: Turn) -> bool:
    """Only while the assistant owns an open conversation with something unanswered."""
    conversation = turn.conversation
    return (
        isinstance(conversation.owner, conversations.contracts.Assistant)
        and conversation.status is conversations.contracts.Status.OPEN
        and bool(turn.unanswered)
    )


async def _carry_out(ctx: Ctx, turn: Turn, outcome: Outcome) -> None:
    """Keep each tier's try with the demand that it turned out to be; then say it, or hand off."""
    answer = outcome.answer
    tries = tries_of(ctx, outcome)
    await conversations.record_tries(
        ctx, turn, tries, topic=answer.topic, subject=answer.subject
    )
    if answer.hand_off is not None:
        if await conversations.hand_off(ctx, turn, answer.hand_off) is None:
            raise conversations.errors.Overtaken()
    else:
        await conversations.reply(
            ctx, turn, answer.parts, sources=answer.sources, tier=outcome.tier
        )


def tries_of(ctx: Ctx, outcome: Outcome) -> list[Try]:
    """What each tier came to, in order."""
    return [*(_climbed(ctx, step) for step in outcome.steps[:-1]), _answered(ctx, outcome)]


def _climbed(ctx: Ctx, step: Step) -> Try:
    result = step.result
    return Try(step.tier, "climbed", getattr(result, "reason", ""), result.confidence, ctx.now())


def _answered(ctx: Ctx, outcome: Outcome) -> Try:
    answer = outcome.answer
    kind = "answered" if answer.settled else "asked"
    if answer.hand_off:
        kind = "handed_off"
    elif outcome.tier == "human":
        kind = "offered"
    reason = answer.hand_off.reason if answer.hand_off else answer.asks
    return Try(outcome.tier, kind, reason, answer.confidence, ctx.now())
