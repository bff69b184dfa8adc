"""What the room does when a lower one speaks: it carries the house's words out.

Every fact leads to the same work, carrying whatever has not gone yet, so that repeating one
changes nothing. The transaction that plans is over before the other system is called, and no
connection waits for it.
"""

from __future__ import annotations

from typing import Any

from xiaoer.modules.channels.contracts import WEB
from xiaoer.modules.channels.service import carrying
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import Delivery, Later

CARRIER = System("channels")


def is_carried(fact: Any) -> bool:
    """Whether a fact may concern a channel that carries; the widget's sockets need nobody."""
    return getattr(fact, "channel_kind", None) != WEB


async def carry(delivery: Delivery) -> None:
    """Send what the house said in a conversation, one after the other.

    What must be sent again makes the facts wait for that time, and with them what is said in the
    conversation meanwhile.
    """
    house, scope = delivery.house, Scope(delivery.tenant)
    async with house.unit(CARRIER, scope) as ctx:
        load = await carrying.plan(ctx, delivery.key)
    last: carrying.Carried | None = None
    if load is None:
        await _end(delivery, last, more=False)
        return
    for waiting in load.messages:
        if last is not None:
            async with house.unit(CARRIER, scope) as ctx:
                await carrying.note(ctx, last)
        last = await carrying.attempt(load, waiting, house.ports)
        if last.due_at is not None:
            break
    await _end(delivery, last, more=load.more)


async def _end(delivery: Delivery, last: carrying.Carried | None, *, more: bool) -> None:
    """Keep how the last try ended, and with it the facts, unless something is left to do."""
    house = delivery.house
    due_at = last.due_at if last else None
    if due_at is None and more:
        due_at = house.ports.clock.now()
    if due_at is None:
        async with delivery.unit(CARRIER) as ctx:
            if last is not None:
                await carrying.note(ctx, last)
        return
    async with house.unit(CARRIER, Scope(delivery.tenant)) as ctx:
        if last is not None:
            await carrying.note(ctx, last)
    raise Later(due_at)
