"""Carrying the house's words out through a channel, in order, and knowing how far they came.

What is to go out is written down before it goes: a receipt may come back before the answer to
our own request does. While a message waits for its next try, those behind it wait too, so that
the customer reads them in order; when it is given up they go on, for an answer that comes late
or alone helps more than a conversation that has fallen silent, and the desk shows what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Trouble
from xiaoer.modules.channels.events import QueuedAgain
from xiaoer.modules.channels.rules import carrying as rules
from xiaoer.modules.channels.store import accounts as account_store
from xiaoer.modules.channels.store import outgoing as store
from xiaoer.modules.channels.store import visitors as visitor_store
from xiaoer.ports.channel import Channel, NotDelivered, Outgoing, Outlet
from xiaoer.ports.ctx import Ctx, Ports

log = structlog.get_logger("channels")

MOST_AT_ONCE = 20
TROUBLE_TRIES = 3
TROUBLE_LASTS = timedelta(hours=24)
_PAGE = 200
_NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message on its way out, after so many tries in vain, not before ``due_at``."""

    message: Outgoing
    tries: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be carried now, by which channel, where to; ``more`` when that is not all."""

    channel: Channel
    outlet: Outlet
    messages: tuple[Waiting, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """How a try ended: the other side has the message (``name`` is its own word for it), or
    ``reason`` says why not; then it is tried again at ``due_at``, or never."""

    message_id: UUID
    name: str = ""
    reason: str = ""
    http_status: int | None = None
    tries: int = 0
    due_at: datetime | None = None


async def plan(ctx: Ctx, conversation_id: UUID) -> Load | None:
    """What the house said in a conversation and the other side has not; nothing for a widget."""
    conversation = await conversations.get(ctx, conversation_id)
    channel = ctx.ports.channels.get(conversation.channel_kind)
    if channel is None or not channel.carries:
        return None
    found = await account_store.with_secrets(ctx, conversation.account_id)
    if found is None or not found[1]:
        return None
    account, secrets = found
    said = await _said_since(ctx, conversation.id, await store.last_planned(ctx, conversation.id))
    if said:
        await store.plan(ctx, account.id, conversation.id, said)
    waiting = await store.unsent(ctx, conversation.id)
    if not account.profile.active:
        for one in waiting:
            await note(ctx, Carried(one.message_id, reason=rules.SWITCHED_OFF, tries=one.tries))
        return None
    outlet = Outlet(account.key, account.profile.callback_url, secrets[0].value)
    messages = await _messages(ctx, conversation, waiting[:MOST_AT_ONCE])
    return Load(channel, outlet, messages, more=len(waiting) > MOST_AT_ONCE)


async def attempt(load: Load, waiting: Waiting, ports: Ports) -> Carried:
    """Send one message, in no transaction; what a channel raises is a try in vain."""
    message_id = waiting.message.message_id
    if waiting.due_at is not None and waiting.due_at > ports.clock.now():
        return Carried(message_id, reason=_NOT_YET, tries=waiting.tries, due_at=waiting.due_at)
    try:
        return Carried(message_id, await load.channel.send(load.outlet, waiting.message))
    except NotDelivered as refused:
        return _in_vain(waiting, refused, ports)
    except Exception as error:
        log.warning("channel_broke", kind=load.channel.kind, exc_info=error)
        return _in_vain(waiting, NotDelivered(rules.BROKEN), ports)


async def note(ctx: Ctx, carried: Carried) -> None:
    """Keep how a try ended."""
    if not carried.reason:
        await store.sent(ctx, carried.message_id, carried.name)
        state = conversations.contracts.DeliveryState.SENT
        await conversations.delivering.advance(ctx, [carried.message_id], state)
        return
    if carried.reason == _NOT_YET:
        return
    tried = store.Tried(carried.message_id, carried.tries, carried.reason, carried.due_at)
    await store.tried(ctx, tried)
    if carried.due_at is None:
        texts = rules.said(carried.reason, carried.http_status, carried.tries)
        failure = conversations.contracts.Failure(
            carried.reason, texts, carried.tries, ctx.now()
        )
        await conversations.delivering.fail(ctx, [carried.message_id], failure)


async def send_again(
    ctx: Ctx, conversation_id: UUID, message_id: UUID
) -> conversations.contracts.Message:
    """Carry a failed message out again, on the audit trail; returns it as it stands.

    A message that has not failed, or waits again already, stays as it is. Raises ``NotFound``
    outside the actor's reach, ``Forbidden`` for who does not serve customers.
    """
    ctx.require("desk.serve")
    conversation = await conversations.get(ctx, conversation_id)
    if await store.again(ctx, conversation_id, message_id):
        await conversations.delivering.queue_again(ctx, conversation_id, message_id)
        fact = QueuedAgain(
            key=conversation_id,
            seq=conversation.version,
            message_id=message_id,
            channel_kind=conversation.channel_kind,
        )
        ctx.uow.tell(fact)
    return await conversations.delivering.message(ctx, conversation_id, message_id)


async def troubles(ctx: Ctx) -> list[Trouble]:
    """Accounts whose messages did not get out lately, three tries and more without one that did."""
    return await store.troubles(ctx, ctx.now() - TROUBLE_LASTS, TROUBLE_TRIES)


def _in_vain(waiting: Waiting, refused: NotDelivered, ports: Ports) -> Carried:
    now = ports.clock.now()
    chance = ports.chance.bits(32) / 2**32
    tries = waiting.tries + refused.counts
    wait = rules.CROWDED_WAIT_S * (0.5 + chance)
    if refused.counts:
        wait = rules.wait_s(tries, chance, refused.retry_after_s)
    is_over = not refused.again or tries >= rules.MOST_TRIES
    return Carried(
        waiting.message.message_id,
        reason=refused.reason if refused.counts else _NOT_YET,
        http_status=refused.http_status,
        tries=tries,
        due_at=None if is_over else now + timedelta(seconds=wait),
    )


async def _said_since(
    ctx: Ctx, conversation_id: UUID, seq: int
) -> list[conversations.contracts.Message]:
    """What the house said to the customer behind a place."""
    found: list[conversations.contracts.Message] = []
    while True:
        page = await conversations.reading.messages_of(
            ctx, conversation_id, after=seq, limit=_PAGE
        )
        found += [m for m in page if m.author.kind != "customer" and not m.internal]
        if len(page) < _PAGE:
            return found
        seq = page[-1].seq


async def _messages(
    ctx: Ctx, conversation: conversations.contracts.Conversation, waiting: Sequence[store.Due]
) -> tuple[Waiting, ...]:
    if not waiting:
        return ()
    said = await _said_since(ctx, conversation.id, waiting[0].seq - 1)
    messages: dict[UUID, conversations.contracts.Message] = {m.id: m for m in said}
    visitor = await visitor_store.visitor(ctx, conversation.person.visitor_id)
    to = visitor.external_id if visitor and visitor.external_id else ""
    return tuple(
        Waiting(_outgoing(messages[one.message_id], to), one.tries, one.due_at)
        for one in waiting
        if one.message_id in messages
    )


def _outgoing(message: conversations.contracts.Message, to: str) -> Outgoing:
    return Outgoing(
        message.id,
        message.conversation_id,
        to,
        {"kind": str(message.author.kind), "name": message.author.name},
        [part.as_json() for part in message.parts],
        message.at,
    )
