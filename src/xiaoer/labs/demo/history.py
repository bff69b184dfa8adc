"""A fortnight of conversations that the demo looks back on, so that its numbers mean something.

Nothing is written past the rooms: the same verbs that serve real customers are called under a
clock that stands in the past, and each story plays out as such stories do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from xiaoer.engines.clock.fake import FakeClock
from xiaoer.labs.demo.sales import HOUR_WEIGHTS
from xiaoer.labs.demo.shapes import Customer
from xiaoer.ladder import tier5_human
from xiaoer.ladder.contracts import Climb
from xiaoer.modules import channels, conversations, knowledge, org, selfservice
from xiaoer.ports.ctx import Ctx, Member

DAYS = 14
STORIES = 280
WAITING = 7
KNOWN_SHARE = 0.6
ENDINGS = ("answered",) * 64 + ("returned",) * 7 + ("person",) * 29
SKILL_WORDS = {
    "aftersales": "退换售后质量投诉",
    "logistics": "物流配送发货",
    "member": "会员积分卡",
}
ERRANDS = ("我的订单到哪了", "我的快递到哪里了", "查一下物流", "你们几点关门", "有没有母婴室")
CALLED = "好的，正在为您转接人工客服，请稍候。"
AGAIN = ("还是没解决", "还有个问题，和刚才那个一样", "按你说的试了，不行", "又来了，上次那个还没好")

nouns = conversations.contracts


@dataclass(frozen=True, slots=True)
class Story:
    """Who came when, where and with what, and how it ended."""

    at: datetime
    path: str
    customer: Customer | None
    text: str
    entry: knowledge.contracts.Entry | None  # None: an errand that self-service settles
    ending: str  # answered | returned | person | waiting


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom the stories need: the shop's account, the agents, their groups, the buyers' ids."""

    account: channels.contracts.Account
    agents: tuple[org.contracts.MemberProfile, ...]
    groups: Mapping[str, UUID]
    buyers: Mapping[str, UUID]


def stories(
    rng: Random,
    until: datetime,
    people: Sequence[Customer],
    entries: Sequence[knowledge.contracts.Entry],
) -> Iterator[Story]:
    """Oldest first; the last ones wait in the queue."""
    moments = sorted(_moment(rng, until) for _ in range(STORIES))
    last = [until - timedelta(seconds=rng.uniform(60, 1_500)) for _ in range(WAITING)]
    for at in [*moments, *sorted(last)]:
        waiting = until - at < timedelta(minutes=26)
        ending = "waiting" if waiting else rng.choice(ENDINGS)
        known = rng.random() < KNOWN_SHARE
        customer = rng.choice(people) if known else None
        place = customer.home if customer and rng.random() < 0.7 else "/"
        if ending == "answered" and rng.random() < 0.3:
            yield Story(at, place, customer, rng.choice(ERRANDS), None, ending)
            continue
        entry = rng.choice(entries)
        path = entry.content.scope_path if entry.content.scope_path.count("/") > 2 else place
        text = rng.choice((entry.content.question, *entry.content.similar))
        yield Story(at, path, customer, text, entry, ending)


def _moment(rng: Random, until: datetime) -> datetime:
    day = rng.uniform(0, DAYS)
    hour = rng.choices(range(24), HOUR_WEIGHTS)[0]
    at = (until - timedelta(days=day)).replace(hour=(hour - 8) % 24, minute=rng.randrange(60))
    return min(at, until - timedelta(minutes=rng.uniform(90, 600)))


class Stage:
    """Plays stories through the rooms' verbs, on a clock of its own."""

    def __init__(self, ctx: Ctx, rng: Random, cast: Cast) -> None:
        self.clock = FakeClock()
        self.ctx = replace(ctx, ports=replace(ctx.ports, clock=self.clock))
        self.rng = rng
        self.cast = cast

    async def play(self, story: Story) -> None:
        self.clock.set(story.at)
        person = self._person(story.customer)
        conversation = await self._write(story, person, story.text)
        match story.ending:
            case "answered":
                await self._answer(conversation, story)
            case "returned":
                await self._answer(conversation, story)
                self._later(3_600, 60_000)
                await self._write(story, person, self.rng.choice(AGAIN))
                await self._serve(conversation, story, person)
            case "person":
                await self._serve(conversation, story, person)
            case _:
                await self._hand_off(conversation, story)

    def _person(self, customer: Customer | None) -> conversations.contracts.Person:
        visitor = self.ctx.new_id()
        if customer is None:
            return nouns.Person(visitor)
        known = self.cast.buyers[customer.number]
        return nouns.Person(
            visitor, known, customer.name, customer.level, customer.kind, proven=True
        )

    async def _write(self, story: Story, person: conversations.contracts.Person, text: str) -> UUID:
        account = self.cast.account
        arrival = nouns.Arrival(
            account_id=account.id,
            channel_kind=account.kind,
            channel_name=account.name,
            person=person,
            client_id=f"past-{self.ctx.new_id()}",
            parts=(nouns.text_part(text),),
            unit_path=story.path,
        )
        return (await conversations.receive(self.ctx, arrival)).conversation_id

    async def _answer(self, conversation: UUID, story: Story) -> None:
        """The machine's answer: from the entry, or the errand done."""
        self._later(1, 3)
        turn = await conversations.turn(self.ctx, conversation)
        if story.entry is None:
            await self._errand(turn, story)
            return
        source = nouns.Source(str(story.entry.id), story.entry.content.question)
        parts = (nouns.text_part(story.entry.content.answer),)
        await conversations.reply(self.ctx, turn, parts, sources=(source,), tier="bot")
        sure = round(self.rng.uniform(0.66, 0.99), 3)
        made = self._try("bot", "answered", sure)
        topic = story.entry.content.category
        await conversations.record_tries(self.ctx, turn, (made,), topic=topic)

    async def _errand(self, turn: conversations.contracts.Turn, story: Story) -> None:
        wish = selfservice.understand(story.text)
        if wish is None:
            raise ValueError(f"self-service knows no errand in {story.text!r}")
        person = turn.conversation.person
        known = person.customer_id if person.proven else None
        served = await selfservice.serve(
            self.ctx, wish, customer_id=known, unit_path=story.path, locale="zh-CN"
        )
        cards = tuple(nouns.Part("card", dict(card)) for card in served.cards)
        parts = (nouns.text_part(served.text), *cards)
        await conversations.reply(self.ctx, turn, parts, tier="self_service")
        outcome = "answered" if served.settled else "asked"
        made = self._try("self_service", outcome, 1.0)
        topic = f"selfservice:{wish.errand}"
        await conversations.record_tries(self.ctx, turn, (made,), topic=topic)

    async def _hand_off(self, conversation: UUID, story: Story) -> None:
        self._later(1, 4)
        turn = await conversations.turn(self.ctx, conversation)
        topic = story.entry.content.category if story.entry else ""
        unsure = self._try("bot", "climbed", round(self.rng.uniform(0.2, 0.55), 3))
        wanted = nouns.HandOff(
            reason="asked",
            skill_group=self._group(story.path, topic),
            parts=(nouns.text_part(CALLED),),
            note=(tier5_human.note(turn, Climb("asked")),),
        )
        called = self._try("human", "handed_off", None)
        await conversations.record_tries(self.ctx, turn, (unsure, called), topic=topic)
        await conversations.hand_off(self.ctx, turn, wanted)

    async def _serve(
        self, conversation: UUID, story: Story, person: conversations.contracts.Person
    ) -> None:
        """A person takes it, answers, and closes with a note."""
        await self._hand_off(conversation, story)
        agent = self.rng.choice(self._agents(story.path))
        acting = Member(
            agent.id, agent.name, frozenset(agent.roles), org.permissions_of(agent.roles)
        )
        ctx = self.ctx.acting_as(acting)
        self._later(30, 420)
        await conversations.claim(ctx, conversation)
        await self._say(
            ctx, conversation, f"您好，我是{agent.name}，看到您的问题了，马上为您处理。"
        )
        self._later(20, 200)
        if self.rng.random() < 0.5:
            await self._write(story, person, self.rng.choice(("好的", "嗯嗯 麻烦快点", "谢谢")))
            self._later(10, 60)
        await self._say(ctx, conversation, self._words(story))
        self._later(40, 400)
        await conversations.resolve(ctx, conversation, details={"wrap_up": self._wrap_up(story)})
        if self.rng.random() < 0.45:
            self._later(5, 120)
            score = self.rng.choice((5, 5, 5, 5, 4, 4, 3, 2, 1))
            await conversations.rate(self.ctx, conversation, score)

    async def _say(self, ctx: Ctx, conversation: UUID, text: str) -> None:
        parts = (nouns.text_part(text),)
        await conversations.say(ctx, conversation, parts, client_id=f"past-{ctx.new_id()}")

    def _try(self, tier: str, outcome: str, sure: float | None) -> conversations.contracts.Try:
        return nouns.Try(tier, outcome, "", sure, self.clock.now())

    def _agents(self, path: str) -> list[org.contracts.MemberProfile]:
        return [a for a in self.cast.agents if path.startswith(a.unit_path)]

    def _group(self, path: str, topic: str) -> UUID:
        kind = path.strip("/").split("/")[0] or "online"
        skill = next((s for s, words in SKILL_WORDS.items() if set(words) & set(topic)), "presales")
        return self.cast.groups[f"{kind}-{skill}"]

    def _words(self, story: Story) -> str:
        return story.entry.content.answer if story.entry else "已经为您查好了，详情见订单页。"

    def _wrap_up(self, story: Story) -> dict[str, str]:
        category = story.entry.content.category if story.entry else "订单"
        return {
            "category": category,
            "request": story.text[:60],
            "progress": "已按规则答复并办理",
            "promise": self.rng.choice(("无", "无", "48 小时内回复", "办妥后短信通知")),
        }

    def _later(self, least: float, most: float) -> None:
        self.clock.advance(self.rng.uniform(least, most))
