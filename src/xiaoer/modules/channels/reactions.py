"""What the room does when a lower one speaks: it carries the house's words out.

Every fact leads to the same work, carrying whatever has not gone yet, so that repeating one
changes nothing. The transaction that plans is over before the other system is called, and no
connection waits for it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from xiaoer.modules.channels.contracts import WEB
from xiaoer.modules.channels.service import carrying
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import Delivery

CARRIER = System("channels")


def is_carried(fact: Any) -> bool:
    """Whether a fact may concern a channel that carries; the widget's sockets need nobody."""
    return getattr(fact, "channel_kind", None) != WEB


async def carry(delivery: Delivery) -> None:
    """Send what the house said in a conversation. A failure is the courier's to repeat."""
    house, scope = delivery.house, Scope(delivery.tenant)
    async with house.unit(CARRIER, scope) as ctx:
        load = await carrying.plan(ctx, delivery.key)
    sent: dict[UUID, str] = {}
    try:
        if load is not None:
            for message in load.messages:
                sent[message.message_id] = await load.channel.send(load.outlet, message)
    except Exception:
        async with house.unit(CARRIER, scope) as ctx:
            await carrying.sent(ctx, sent)
        raise
    async with delivery.unit(CARRIER) as ctx:
        await carrying.sent(ctx, sent)
