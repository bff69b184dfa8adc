"""What conversations teach knowledge: the two rooms stand side by side, and this holds both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from xiaoer.edge.background import computed
from xiaoer.modules import conversations, knowledge
from xiaoer.ports.ctx import Actor, Ctx, Scope
from xiaoer.ports.house import House

MOST_AT_ONCE = 500
# Tries are numbered when they are made and seen when they are committed: the last few are read
# again, so that one that took long is not passed by.
READ_AGAIN = 200

Miss = knowledge.contracts.Miss
AgentWords = dict[UUID, list[str]]
Told: TypeAlias = tuple[knowledge.contracts.replays.Replay, knowledge.replaying.Seen]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which version to replay, the newest without one, and how many past questions at most."""

    version: int | None = None
    most: int = 500


async def hear_misses(ctx: Ctx) -> int:
    """Carry what the machine did not meet since the last time into gaps; returns how many."""
    until = await knowledge.gaps.begin(ctx)
    found, reached = await conversations.reading.troubles(
        ctx, max(0, until - READ_AGAIN), MOST_AT_ONCE
    )
    heard = await knowledge.gaps.hear(
        ctx,
        [
            Miss(
                one.conversation_id, one.seq, one.question,
                knowledge.contracts.MissKind(one.kind), one.customer_key, one.unit_path,
                one.locale, one.confidence, one.at,
            )
            for one in found
        ],
    )  # fmt: skip
    await knowledge.gaps.heard_all(ctx, max(until, reached))
    return heard


async def with_words(ctx: Ctx, gap_id: UUID) -> tuple[list[Miss], AgentWords]:
    """The misses of a gap, and what agents wrote after each, by conversation."""
    misses = await knowledge.gaps.members(ctx, gap_id)
    places = [(one.conversation_id, one.seq) for one in misses if one.seq]
    said: AgentWords = {}
    for words in await conversations.reading.agents_words(ctx, places):
        told = said.setdefault(words.conversation_id, [])
        if words.text and words.text not in told:
            told.append(words.text)
    return misses, said


async def draft(ctx: Ctx, gap_id: UUID) -> knowledge.contracts.Entry:
    """A draft entry from how agents solved a gap."""
    _, said = await with_words(ctx, gap_id)
    replies = [
        knowledge.contracts.Reply(conversation_id, text)
        for conversation_id, texts in said.items()
        for text in texts
    ]
    return await knowledge.gaps.draft(ctx, gap_id, replies)


async def replay(house: House, actor: Actor, scope: Scope, entry_id: UUID, wish: Wish) -> Told:
    """Hold an entry's words against past questions, and keep what that showed.

    Reading and keeping are two short units; the seconds between them hold no transaction.
    """
    async with house.unit(actor, scope) as ctx:
        change = await knowledge.replaying.prepare(ctx, entry_id, wish.version)
        past = await conversations.reading.asked(ctx, wish.most)
    folder = house.settings.data_dir / "cache" / "knowledge"
    now, then = [
        await computed(folder, one.name, knowledge.learn, one) for one in (change.now, change.then)
    ]
    asked = [knowledge.contracts.Asked(one.text, one.unit_path, one.locale) for one in past]
    seen = await knowledge.replaying.compare(house.ports, change, (now, then), asked)
    async with house.unit(actor, scope) as ctx:
        return await knowledge.replaying.keep(ctx, change, seen), seen
