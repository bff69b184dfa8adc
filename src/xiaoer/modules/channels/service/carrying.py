"""Carrying the house's words out through a channel, in order, and knowing how far they came.

What is to go out is written down before it goes: a receipt may come back before the answer to
our own request does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Account
from xiaoer.modules.channels.store import accounts as account_store
from xiaoer.modules.channels.store import outgoing as store
from xiaoer.modules.channels.store import visitors as visitor_store
from xiaoer.ports.channel import Channel, Outgoing, Outlet
from xiaoer.ports.ctx import Ctx

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be carried now, by which channel, where to."""

    channel: Channel
    outlet: Outlet
    messages: tuple[Outgoing, ...]


async def plan(ctx: Ctx, conversation_id: UUID) -> Load | None:
    """What the house said in a conversation and the other side has not; nothing for a widget."""
    conversation = await conversations.get(ctx, conversation_id)
    channel = ctx.ports.channels.get(conversation.channel_kind)
    if channel is None or not channel.carries:
        return None
    found = await account_store.with_secrets(ctx, conversation.account_id)
    if found is None or not found[0].profile.active or not found[1]:
        return None
    account, secrets = found
    said = await _said_since(ctx, conversation.id, await store.last_planned(ctx, conversation.id))
    if said:
        await store.plan(ctx, account.id, conversation.id, said)
    outlet = Outlet(account.key, account.profile.callback_url, secrets[0].value)
    return Load(channel, outlet, await _unsent(ctx, account, conversation))


async def sent(ctx: Ctx, names: Mapping[UUID, str]) -> None:
    """The other side has these messages, and calls them so (or nothing)."""
    if not names:
        return
    await store.sent(ctx, names)
    state = conversations.contracts.DeliveryState.SENT
    await conversations.deliver(ctx, list(names), state)


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


async def _unsent(
    ctx: Ctx, account: Account, conversation: conversations.contracts.Conversation
) -> tuple[Outgoing, ...]:
    waiting = dict(await store.unsent(ctx, conversation.id))
    if not waiting:
        return ()
    said = await _said_since(ctx, conversation.id, min(waiting.values()) - 1)
    visitor = await visitor_store.visitor(ctx, conversation.person.visitor_id)
    to = visitor.external_id if visitor and visitor.external_id else ""
    return tuple(
        Outgoing(
            message.id,
            conversation.id,
            to,
            {"kind": str(message.author.kind), "name": message.author.name},
            [part.as_json() for part in message.parts],
            message.at,
        )
        for message in said
        if message.id in waiting
    )
