"""How far the house's words have come: forwards only, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.modules.conversations.contracts import DeliveryState, Failure, Message
from xiaoer.modules.conversations.store import conversations, deliveries, demands
from xiaoer.ports.ctx import Ctx, Member

RECENT = 50


async def advance(ctx: Ctx, ids: Sequence[UUID], state: DeliveryState) -> int:
    """Advance states; one that is further already stays. Returns how many moved."""
    return _told(ctx, await deliveries.advance(ctx, ids, state))


async def fail(ctx: Ctx, ids: Sequence[UUID], failure: Failure) -> int:
    """Note that these did not reach the other side; what has reached it stays as it is."""
    return _told(ctx, await deliveries.fail(ctx, ids, failure))


async def queue_again(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> bool:
    """Let a failed message wait to be carried again, on the audit trail; false for any other.

    Raises ``NotFound`` outside the actor's reach.
    """
    await message(ctx, conversation_id, message_id)
    seq = await deliveries.queue_again(ctx, conversation_id, message_id)
    if seq is None:
        return False
    name = ctx.actor.name if isinstance(ctx.actor, Member) else "house"
    await demands.note(ctx, conversation_id, name, "send_again", {"seq": seq})
    _told(ctx, [conversation_id])
    return True


async def message(ctx: Ctx, conversation_id: UUID, message_id: UUID) -> Message:
    """One message of a conversation within reach; raises ``NotFound``."""
    within_reach = await conversations.get(ctx, conversation_id)
    found = await deliveries.one(ctx, conversation_id, message_id) if within_reach else None
    if found is None:
        raise NotFound()
    return found


async def recent(ctx: Ctx, ids: Sequence[UUID]) -> list[Message]:
    """The last words of the house in each conversation; the caller has checked reach."""
    return await deliveries.recent(ctx, ids, RECENT)


def _told(ctx: Ctx, moved: Sequence[UUID]) -> int:
    for conversation_id in set(moved):
        ctx.uow.wake(f"conversation:{conversation_id}")
    return len(moved)
