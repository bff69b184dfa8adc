"""Reading conversations back, and the marks of reading and delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound
from xiaoer.modules.conversations.contracts import (
    AuditLine,
    Conversation,
    ConversationId,
    Message,
    View,
)
from xiaoer.modules.conversations.contracts.studies import AgentWords, PastQuestion, Trouble
from xiaoer.modules.conversations.store import conversations, demands, messages, studies
from xiaoer.ports.ctx import Ctx, Shopper


async def get(ctx: Ctx, conversation_id: UUID) -> Conversation:
    """One conversation within reach; raises ``NotFound``."""
    conversation = await conversations.get(ctx, conversation_id)
    if conversation is None:
        raise NotFound()
    return conversation


async def page(ctx: Ctx, view: View) -> Page[Conversation]:
    """A list of conversations within reach."""
    return await conversations.page(ctx, view)


async def messages_of(
    ctx: Ctx,
    conversation_id: UUID,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Message]:
    """Messages behind or ahead of a place, oldest first; notes only for members."""
    await get(ctx, conversation_id)
    internal = not isinstance(ctx.actor, Shopper)
    if after is not None:
        return await messages.after(ctx, conversation_id, after, limit, internal=internal)
    place = before if before is not None else 1 << 62
    return await messages.before(ctx, conversation_id, place, limit, internal=internal)


async def search(
    ctx: Ctx, text: str, cursor: str | None = None, limit: int = 50
) -> Page[tuple[Message, str]]:
    """Messages within reach that hold every word, newest first, with the customer's name."""
    return await messages.search(ctx, text, cursor, limit)


async def audit_trail(ctx: Ctx, conversation_id: UUID) -> list[AuditLine]:
    """Who did what, oldest first."""
    await get(ctx, conversation_id)
    return await demands.trail(ctx, conversation_id)


async def waiting(
    ctx: Ctx, skill_groups: Sequence[UUID] | None = None
) -> tuple[int, datetime | None]:
    """How many wait for a person of the groups (of any without) and since when the longest."""
    return await conversations.waiting(ctx, skill_groups)


async def seen(ctx: Ctx, conversation_id: UUID, seq: int) -> None:
    """The acting side has read up to ``seq``; a mark never goes back."""
    conversation = await get(ctx, conversation_id)
    side = "customer" if isinstance(ctx.actor, Shopper) else "agent"
    if await conversations.seen(ctx, ConversationId(conversation.id), side, seq):
        if side == "customer":
            await messages.read_until(ctx, conversation_id, seq)
        ctx.uow.wake(f"conversation:{conversation_id}")


async def news(ctx: Ctx, marks: Sequence[tuple[UUID, int]]) -> list[Message]:
    """Behind each ``(conversation, seq)`` mark, what is new; the caller has checked reach."""
    return await messages.news(ctx, marks)


async def many(ctx: Ctx, ids: Sequence[UUID]) -> list[Conversation]:
    """Those of the ids that are within reach."""
    return await conversations.many(ctx, ids)


async def places(ctx: Ctx) -> dict[UUID, tuple[int, int | None]]:
    """Everyone who waits: place from 1, and the estimated seconds, where there is an estimate."""
    return await conversations.places(ctx)


async def latest_of(ctx: Ctx, account_id: UUID, visitor_id: UUID) -> Conversation | None:
    """A visitor's newest conversation on a channel account."""
    return await conversations.latest_of_visitor(ctx, account_id, visitor_id)


async def holding(ctx: Ctx, members: Sequence[UUID]) -> dict[UUID, int]:
    """How many open conversations each member owns; members without any are left out."""
    return await conversations.holding(ctx, members)


async def troubles(ctx: Ctx, after: int, limit: int = 500) -> tuple[list[Trouble], int]:
    """Questions of the tenant that the machine did not meet, from the tries behind number
    ``after``, oldest first; and the number up to which all is read. For the clock."""
    return await studies.troubles(ctx, after, limit)


async def asked(ctx: Ctx, limit: int = 500) -> list[PastQuestion]:
    """What customers of one's part of the tree wrote last, newest first, each wording once."""
    return await studies.asked(ctx, limit)


async def agents_words(
    ctx: Ctx, places: Sequence[tuple[UUID, int]], each: int = 6
) -> list[AgentWords]:
    """What agents wrote first behind each ``(conversation, seq)`` within reach."""
    return await studies.agents_words(ctx, places, each)
