"""Taking in what a customer writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from xiaoer.kit.event import Fact
from xiaoer.modules.conversations import rules
from xiaoer.modules.conversations.contracts import (
    Agent,
    Arrival,
    Conversation,
    ConversationId,
    DemandId,
    MessageId,
    Queue,
    Receipt,
)
from xiaoer.modules.conversations.errors import BadMessage
from xiaoer.modules.conversations.events import MessageReceived, Reopened
from xiaoer.modules.conversations.rules import Arrives
from xiaoer.modules.conversations.store import receiving as store
from xiaoer.ports.ctx import Ctx

REOPEN_WITHIN = timedelta(hours=72)
MOST_CLIENT_ID = 100


async def receive(ctx: Ctx, arrival: Arrival) -> Receipt:
    """Store a customer's message in its conversation, opening or reopening one.

    The same ``client_id`` from the same visitor is stored once, however often and wherever it
    arrives. Safe to repeat; meant to run in a grouped commit.
    """
    if not 0 < len(arrival.client_id) <= MOST_CLIENT_ID:
        raise BadMessage(reason="client_id 的长度应为 1 到 100")
    now = ctx.now()
    conversation, arrives = await _conversation_for(ctx, arrival, now)
    if conversation is None:
        return await _receipt_of_duplicate(ctx, arrival)
    demand_id = conversation.demand_id
    if arrives is Arrives.REOPEN:
        demand_id = await _new_demand(ctx, arrival, now)
    message_id = MessageId(ctx.new_id())
    message: dict[str, Any] = {
        "id": message_id,
        "seq": conversation.last_seq + 1,
        "at": now,
        "demand": demand_id,
        "preview": rules.preview(arrival.parts),
        "owner_kind": _owner_after(conversation, arrives),
    }
    stored = await store.append(ctx, arrival, conversation, message)
    if stored is None:
        return await _receipt_of_duplicate(ctx, arrival)
    reopened = arrives is Arrives.REOPEN
    for fact in _facts(conversation, message, stored, reopened=reopened):
        ctx.uow.tell(fact)
    _wake(ctx, conversation)
    return Receipt(conversation.id, message_id, message["seq"], now)


def _facts(
    conversation: Conversation, message: dict[str, Any], stored: Any, *, reopened: bool
) -> list[Fact]:
    received = MessageReceived(
        key=conversation.id,
        seq=stored.version,
        message_id=message["id"],
        message_seq=message["seq"],
        demand_id=message["demand"],
        owner=stored.owner_kind,
    )
    if not reopened:
        return [received]
    again = Reopened(
        key=conversation.id, seq=stored.version, demand_id=message["demand"], by="customer"
    )
    return [again, received]


async def _conversation_for(
    ctx: Ctx, arrival: Arrival, now: datetime
) -> tuple[Conversation | None, Arrives]:
    """The locked conversation, and how the message comes into it; none for a duplicate."""
    while True:
        previous = await store.latest(ctx, arrival)
        arrives = rules.place(previous, now, REOPEN_WITHIN)
        if arrives is Arrives.APPEND:
            return previous, arrives
        if await store.known(ctx, arrival) is not None:
            return None, arrives
        if arrives is Arrives.REOPEN:
            return previous, arrives
        demand_id = DemandId(ctx.new_id())
        opened = await store.open_conversation(
            ctx, arrival, ConversationId(ctx.new_id()), demand_id, now
        )
        if opened is not None:
            await _open_demand(ctx, arrival, demand_id, now)
            ctx.uow.wake(f"visitor:{arrival.person.visitor_id}:{opened.id}")
            return opened, arrives


def _owner_after(conversation: Conversation, arrives: Arrives) -> str:
    """A reopened conversation starts at the assistant again; else the owner stays."""
    if arrives is Arrives.REOPEN:
        return "assistant"
    return rules.owner_kind(conversation.owner)


async def _new_demand(ctx: Ctx, arrival: Arrival, now: datetime) -> DemandId:
    demand_id = DemandId(ctx.new_id())
    await _open_demand(ctx, arrival, demand_id, now)
    return demand_id


async def _open_demand(ctx: Ctx, arrival: Arrival, demand_id: DemandId, now: datetime) -> None:
    key = arrival.person.customer_id or arrival.person.visitor_id
    await store.open_demand(ctx, demand_id, key, arrival.unit_path, now)


async def _receipt_of_duplicate(ctx: Ctx, arrival: Arrival) -> Receipt:
    row = await store.known(ctx, arrival)
    if row is None:
        raise BadMessage(reason="请换一个 client_id 再试")
    return Receipt(row.conversation_id, row.id, row.seq, row.at, duplicate=True)


def _wake(ctx: Ctx, conversation: Conversation) -> None:
    ctx.uow.wake(f"conversation:{conversation.id}")
    match conversation.owner:
        case Agent(id=agent_id):
            ctx.uow.wake(f"member:{agent_id}")
        case Queue():
            ctx.uow.wake("queue")
