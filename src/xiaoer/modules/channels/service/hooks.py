"""Messages and receipts from other systems."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid5

from xiaoer.kit.problem import NotFound
from xiaoer.kit.text import clean
from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Account, Visitor, VisitorId
from xiaoer.modules.channels.service.identity import person
from xiaoer.modules.channels.store import accounts as account_store
from xiaoer.modules.channels.store import outgoing
from xiaoer.modules.channels.store import visitors as visitor_store
from xiaoer.ports.channel import Arrived, Reported
from xiaoer.ports.ctx import Ctx

MOST_CLIENT_ID = 100
MOST_NAME = 100


async def hook(ctx: Ctx, account_id: UUID) -> tuple[Account, list[str]]:
    """An active account with its secrets, for checking a signature; raises ``NotFound``."""
    found = await account_store.with_secrets(ctx, account_id)
    if found is None or not found[0].profile.active:
        raise NotFound()
    return found[0], [s.value for s in found[1]]


async def hear(
    ctx: Ctx, account: Account, arrived: Arrived
) -> conversations.contracts.Receipt:
    """Take in a message from another system; run it in a grouped commit, it may be repeated.

    The same ``external_id`` of the same sender is stored once.
    """
    parts = conversations.read_parts(arrived.parts)
    if any("blob" in part.fields for part in parts):
        raise conversations.errors.BadMessage(reason="这个渠道只接收文字")
    visitor = await _visitor(ctx, account, arrived)
    arrival = conversations.contracts.Arrival(
        account_id=account.id,
        channel_kind=account.kind,
        channel_name=account.name,
        person=person(visitor),
        client_id=_client_id(arrived.external_id),
        parts=parts,
        unit_path=account.profile.unit_path,
    )
    return await conversations.receive(ctx, arrival)


async def hear_receipt(ctx: Ctx, account: Account, reported: Reported) -> int:
    """Advance the state of a message that this account carried out; how many moved, 0 or 1.

    Raises ``NotFound`` for a message that is not this account's.
    """
    ids = await outgoing.known(ctx, account.id, reported.message_id, reported.external_id)
    if not ids:
        raise NotFound()
    state = conversations.contracts.DeliveryState[reported.state.upper()]
    await outgoing.heard_of(ctx, ids)
    return await conversations.delivering.advance(ctx, ids, state)


async def _visitor(ctx: Ctx, account: Account, arrived: Arrived) -> Visitor:
    """The sender. The id follows from account and sender, so that two at once are one."""
    visitor_id = VisitorId(uuid5(account.id, arrived.sender_id))
    known = await visitor_store.visitor(ctx, visitor_id)
    if known is not None:
        return known
    name = clean(arrived.sender_name)[:MOST_NAME]
    visitor = Visitor(visitor_id, account.id, arrived.sender_id, name=name)
    await visitor_store.add_visitor(ctx, visitor)
    return visitor


def _client_id(external_id: str) -> str:
    if len(external_id) <= MOST_CLIENT_ID:
        return external_id
    return hashlib.sha256(external_id.encode()).hexdigest()
