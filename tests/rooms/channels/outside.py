"""A conversation with another system, and the courier's hands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

import httpx

from tests.conftest import Units
from tests.rooms.channels.conftest import Opened, call, message
from xiaoer.engines.channels.memory import UNREACHABLE, MemoryWebhook
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.modules import conversations
from xiaoer.modules.channels import reactions
from xiaoer.modules.conversations.contracts import DeliveryState, Message, text_part
from xiaoer.ports.channel import NotDelivered, Outgoing
from xiaoer.ports.ctx import Actor, Assistant, Ctx, Scope
from xiaoer.ports.house import House


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery as the courier makes it."""

    house: House
    tenant: TenantId
    key: UUID
    facts: Sequence[Fact] = ()

    def unit(self, actor: Actor) -> AbstractAsyncContextManager[Ctx]:
        return self.house.unit(actor, Scope(self.tenant))


@dataclass(frozen=True, slots=True)
class Outside:
    """A conversation with another system, and what that system has been sent."""

    house: House
    unit: Units
    http: httpx.AsyncClient
    hook: Opened
    conversation_id: UUID

    @property
    def channel(self) -> MemoryWebhook:
        channel = self.house.ports.channels["webhook"]
        assert isinstance(channel, MemoryWebhook)
        return channel

    @property
    def refuses(self) -> int:
        """How many messages the other side refuses yet."""
        return self.channel.refuses(self.hook.key)

    def refuse(self, times: int, refusal: NotDelivered = UNREACHABLE) -> None:
        """The other side refuses the next so many."""
        self.channel.refuse(self.hook.key, times, refusal)

    @property
    def taken(self) -> list[Outgoing]:
        return self.channel.taken.get(self.hook.key, [])

    @property
    def texts(self) -> list[str]:
        return [str(m.parts[0].get("text")) for m in self.taken]

    async def answer(self, text: str) -> UUID:
        async with self.unit(Assistant()) as ctx:
            turn = await conversations.turn(ctx, self.conversation_id)
            said = await conversations.reply(ctx, turn, [text_part(text)], tier="bot")
        return said.id

    async def carry(self) -> None:
        await reactions.carry(Owed(self.house, self.unit.tenant, self.conversation_id))

    async def message(self, message_id: UUID) -> Message:
        async with self.unit() as ctx:
            return await conversations.delivering.message(ctx, self.conversation_id, message_id)

    async def state(self, message_id: UUID) -> DeliveryState:
        return (await self.message(message_id)).state

    async def report(self, body: object) -> httpx.Response:
        at = self.house.ports.clock.now().timestamp()
        return await call(self.http, self.hook, body, at=at, path="/receipts")


async def opened_outside(
    house: House, unit: Units, http: httpx.AsyncClient, hook: Opened
) -> Outside:
    """A conversation that another system has begun."""
    clock = house.ports.clock
    assert isinstance(clock, FakeClock)
    answer = await call(http, hook, message("在吗"), at=clock.now().timestamp())
    return Outside(house, unit, http, hook, UUID(answer.json()["conversation_id"]))
