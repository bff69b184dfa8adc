"""One conversation of a simulated customer with the product: received, climbed and answered as in
a shop, but one message at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.labs.retail.customer import Answer, Customer
from xiaoer.labs.retail.stage import Stage
from xiaoer.ladder import tools
from xiaoer.ladder.on_message import on_message
from xiaoer.modules import aftersales, channels, conversations
from xiaoer.ports.ctx import Actor, Ctx, Scope, System
from xiaoer.ports.house import House

KEYS = ("name", "phone_last4", "email")
LINES = 200


@dataclass(frozen=True, slots=True)
class Handed:
    """What waits in a conversation, handed to the ladder without the courier."""

    tenant: TenantId
    key: UUID
    facts: Sequence[Fact]
    house: House

    def unit(self, actor: Actor) -> AbstractAsyncContextManager[Ctx]:
        """The unit of the answer."""
        return self.house.unit(actor, Scope(self.tenant))


@dataclass(slots=True)
class Ended:
    """How a conversation ended. ``deeds`` are the tools that wrote, in their order; ``said`` is
    who said what."""

    turns: int = 0
    handed_off: bool = False
    deeds: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Talk:
    """A customer of a task at the stage."""

    stage: Stage
    customer: Customer
    ended: Ended = field(default_factory=Ended)
    person: conversations.contracts.Person = field(
        default_factory=lambda: conversations.contracts.Person(uuid4())
    )
    account: UUID = field(default_factory=uuid4)
    key: UUID | None = None
    known_deeds: set[UUID | None] = field(default_factory=set)

    async def run(self) -> Ended:
        """Talk until the customer has nothing more to say or a person takes over."""
        self.known_deeds = {line.proposal_id for line in await self._done()}
        words: str | None = self.customer.opens()
        while words is not None:
            await self._write(words)
            await self._answered()
            words = await self._next()
        self.ended.turns = self.customer.turns
        return self.ended

    async def _write(self, words: str) -> None:
        """One message, or the same in two pieces when they are in a hurry."""
        self.ended.said.append(("customer", words))
        place = words.find("，") + 1
        pieces = [words[:place], words[place:]] if place and self.customer.is_hasty() else [words]
        for piece in pieces:
            arrival = conversations.contracts.Arrival(
                self.account, "web", "官网", self.person, str(uuid4()),
                (conversations.contracts.text_part(piece),),
            )  # fmt: skip
            async with self.stage.unit(System("talk")) as ctx:
                self.key = (await conversations.receive(ctx, arrival)).conversation_id

    async def _answered(self, *facts: Fact) -> None:
        assert self.key is not None, "the customer has written"
        await on_message(Handed(self.stage.tenant, self.key, facts, self.stage.house))

    async def _next(self) -> str | None:
        """What they say to what they were told; nothing at the end."""
        seen = await self._seen()
        if seen is not None and seen.kind == "prove":
            if not await self._proves():
                return None
            seen = await self._seen()
        return None if seen is None else self.customer.answers(seen)

    async def _seen(self) -> Answer | None:
        """What the bot wants now; nothing after a hand-off."""
        assert self.key is not None, "the customer has written"
        async with self.stage.unit(System("talk")) as ctx:
            turn = await conversations.turn(ctx, self.key)
        told = [m.text for m in turn.history if m.author.kind == "assistant"]
        self.ended.said.append(("bot", told[-1] if told else ""))
        if isinstance(turn.conversation.owner, conversations.contracts.Queue):
            self.ended.handed_off = True
            return None
        deeds = await self._new_deeds()
        last = [one for one in turn.tries if one.outcome != "climbed"][-1]
        kind, _, name = last.reason.partition(":")
        if not kind:
            kind = "told" if last.outcome == "answered" else "unknown"
        return Answer(kind, name, deeds)

    async def _new_deeds(self) -> tuple[str, ...]:
        fresh = [one for one in await self._done() if one.proposal_id not in self.known_deeds]
        self.known_deeds |= {one.proposal_id for one in fresh}
        deeds = tuple(one.verb for one in reversed(fresh))
        self.ended.deeds += deeds
        return deeds

    async def _done(self) -> list[aftersales.contracts.AuditLine]:
        owner = self.stage.owners[self.customer.task["user_id"]]
        async with self.stage.unit(System("talk")) as ctx:
            lines = await aftersales.trail(ctx, owner, LINES)
        return [line for line in lines if line.outcome == "done"]

    async def _proves(self) -> bool:
        """The shop's own check of who somebody is; the assistant never sees it. Two that do not
        fit lead to a person, as the published rules have it."""
        identity = self.customer.task.get("identity", {})
        given = {key: str(identity[key]) for key in KEYS if key in identity}
        session = tools.Session(self.person.visitor_id, self.account, None, tools.SHOP_TOOLS)
        for _ in range(2):
            async with self.stage.unit() as ctx:
                used = await tools.use(ctx, session, "verify_identity", given)
            session = used.session
            if isinstance(used.outcome, tools.Found):
                await self._become(session.customer_id)
                return True
        self.ended.handed_off = isinstance(used.outcome, tools.Refused) and used.outcome.to_person
        return False

    async def _become(self, customer_id: UUID | None) -> None:
        """From now on the conversation knows them, and goes on with what had to wait."""
        assert customer_id is not None, "they were found"
        name = str(self.customer.task.get("identity", {}).get("name", ""))
        before = self.person.visitor_id
        self.person = replace(self.person, customer_id=customer_id, name=name, proven=True)
        async with self.stage.unit(System("talk")) as ctx:
            await conversations.rekey_demands(ctx, before, customer_id, self.person)
        await self._answered(channels.events.Identified(
            key=self._key(), visitor_id=before, customer_id=customer_id,
            account_id=self.account, conversation_id=self._key(),
        ))  # fmt: skip

    def _key(self) -> Any:
        return self.key
