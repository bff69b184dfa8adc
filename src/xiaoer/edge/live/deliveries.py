"""Tells desks how far words have come that a channel carries out: it happens after they were said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from xiaoer.edge.live.line import Line, encode
from xiaoer.kit.ids import TenantId
from xiaoer.modules import conversations
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House


async def tell_deliveries(
    house: House,
    tenant: TenantId,
    rows: Iterable[conversations.contracts.Conversation],
    watching: Mapping[tuple[TenantId, UUID], set[Line]],
) -> None:
    """Send each desk that watches a carried conversation its states, when they have changed."""
    desks: dict[UUID, list[Line]] = {
        row.id: [line for line in watching.get((tenant, row.id), ()) if not line.is_shopper]
        for row in rows
        if (channel := house.ports.channels.get(row.channel_kind)) and channel.carries
    }
    about = [conversation_id for conversation_id, lines in desks.items() if lines]
    if not about:
        return
    async with house.unit(System("live"), Scope(tenant)) as ctx:
        said = await conversations.delivering.recent(ctx, about)
    states: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for message in said:
        states[message.conversation_id].append({"seq": message.seq, **message.delivery})
    for conversation_id, items in states.items():
        frame = encode({"t": "delivery", "conversation": conversation_id, "items": items})
        for line in desks[conversation_id]:
            if line.deliveries.get(conversation_id) != frame:
                line.deliveries[conversation_id] = frame
                line.send_bytes(frame)
