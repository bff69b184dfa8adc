"""From a wish for goods to three choices, a fact, or a guide with a brief."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest_asyncio

from tests.conftest import Units, member
from tests.ladder.test_ladder import ACCOUNT, Talk, options, words
from xiaoer.kit.money import Money
from xiaoer.modules import catalog, conversations, knowledge, recommender
from xiaoer.modules.catalog.contracts import (
    Catalogue,
    Counter,
    NewProduct,
    NewStore,
    Tag,
    TraitKind,
    Variant,
)
from xiaoer.modules.conversations.contracts import Arrival, Assistant, Message, Queue, text_part
from xiaoer.modules.knowledge.contracts import Content, NewEntry

Drain = Callable[[], Awaitable[None]]
STORE, COUNTER = "/dept/s1/", "/dept/s1/baiyu/"


def product(code: str, title: str, price: int, brand: str, **more: Any) -> NewProduct:
    stock = Variant(f"{code}-1", "", {}, Money(price * 100), available=more.pop("available", True))
    return NewProduct(code, title, (stock,), brand=brand, **{"category": "beauty", "line": "cream"} | more)


GOODS = (
    product("C1", "白榆 舒缓面霜", 199, "baiyu", facts={"适合肤质": "敏感肌"}, description="白榆 舒缓面霜。孕期使用请先询问医生。"),
    product("C2", "白榆 每日面霜", 159, "baiyu", facts={"适合肤质": "各种肤质"}),
    product("C3", "鹭语 修护面霜", 259, "luyu", facts={"适合肤质": "敏感肌"}),
    product("C4", "鹭语 控油面霜", 189, "luyu", facts={"适合肤质": "油皮"}),
    product("C5", "白榆 售罄面霜", 189, "baiyu", facts={"适合肤质": "敏感肌"}, available=False),
    product("C6", "白榆 臻享面霜", 360, "baiyu", facts={"适合肤质": "敏感肌"}),
    product("E1", "别店面霜", 99, "elsewhere", facts={"适合肤质": "敏感肌"}),
    product("K1", "围巾", 260, "baiyu", category="apparel", line="scarf", facts={"材质": "羊毛"}),
)
COUNTERS = (Counter("baiyu", "s1", COUNTER, "1F", "1F-A01"), Counter("luyu", "s1", "/dept/s1/luyu/", "1F", "1F-A02"),
            Counter("elsewhere", "s2", "/dept/s2/elsewhere/", "1F"))  # fmt: skip


class InStore(Talk):
    """A customer who writes from a place."""

    place, page = STORE, {"store": "s1"}

    async def write(self, text: str) -> None:
        async with self.unit() as ctx:
            receipt = await conversations.receive(ctx, Arrival(
                ACCOUNT, "web", "官网", self.person, str(uuid4()), (text_part(text),),
                unit_path=self.place, page=self.page))  # fmt: skip
        self.id = receipt.conversation_id

@pytest_asyncio.fixture(loop_scope="session")
async def talk(unit: Units, drain: Drain) -> InStore:
    async with unit() as ctx:
        stores = (NewStore("s1", STORE, "一店", short="一店"), NewStore("s2", "/dept/s2/", "二店"))
        await catalog.load(ctx, Catalogue(stores=stores, counters=COUNTERS, products=GOODS))
        await catalog.tag(ctx, {"K1": [Tag(TraitKind.FOR_WHOM, "妈妈"), Tag(TraitKind.OCCASION, "生日")]})
        rows = [("gift", "礼品卡能退吗", "礼品卡售出后不能退。"), ("skin", "敏感肌用什么护肤品", "建议先做耳后测试。")]
        await knowledge.take_in(
            ctx, [(i, NewEntry(k, Content(q, a, (), "知识"))) for i, (k, q, a) in enumerate(rows)],
            dry_run=False, live=True)  # fmt: skip
    async with unit() as ctx:
        await knowledge.refresh(ctx)
    return InStore(unit, drain)


def cards(message: Message) -> list[dict[str, Any]]:
    return [dict(p.fields) for p in message.parts if p.fields.get("card") == "product"]


def codes(message: Message) -> list[str]:
    return [card["code"] for card in cards(message)]


async def test_a_wish_is_met_with_cards_each_with_its_reason(talk: InStore) -> None:
    said = await talk.say("敏感肌面霜，300元以内推荐一下")
    assert set(codes(said)[:3]) == {"C1", "C2", "C3"}
    first = cards(said)[0]
    assert first["reason"].startswith("适合肤质：敏感肌；1F-A0")
    assert "一店" in words(said)
    assert {s.kind for s in said.sources} == {"product"}
    assert "→ 适合肤质 → 敏感肌" in said.sources[0].title
    assert "action:person" in options(said)


async def test_what_lies_above_the_budget_is_said_to_be_the_alternative(talk: InStore) -> None:
    said = await talk.say("敏感肌面霜，300元以内推荐一下")
    assert codes(said)[-1] == "C6"
    assert any("放宽" in p.words for p in said.parts if p.kind == "text")


async def test_sold_out_unsuited_and_sold_elsewhere_are_never_shown(talk: InStore) -> None:
    shown = codes(await talk.say("推荐一款敏感肌能用的面霜，400元以内"))
    shown += codes(await talk.say("换一批"))
    assert set(shown) == {"C1", "C2", "C3", "C6"}


async def test_a_counter_shows_its_own_brand_only(talk: InStore) -> None:
    talk.place = COUNTER
    said = await talk.say("敏感肌面霜，300元以内推荐一下")
    assert set(codes(said)) <= {"C1", "C2", "C6"}


async def test_a_gift_is_found_by_what_editors_said(talk: InStore) -> None:
    said = await talk.say("送妈妈的生日礼物，300元以内")
    assert codes(said) == ["K1"]
    assert cards(said)[0]["reason"].startswith("适合人群：妈妈")


async def test_a_refinement_is_understood_from_what_went_before(talk: InStore) -> None:
    await talk.say("推荐一款面霜，敏感肌，400以内")
    said = await talk.say("200以内的")
    assert codes(said) == []  # both that fit were shown already
    assert "符合条件的就这些了" in words(said)
    said = await talk.say("我想要围巾")
    assert codes(said) == ["K1"]


async def test_a_question_about_what_was_shown_is_answered_from_its_facts(talk: InStore) -> None:
    shown = codes(await talk.say("推荐一款面霜，敏感肌，400以内"))
    said = await talk.say("第一款孕妇能用吗")
    assert "不猜" in words(said)
    assert "action:person" in options(said)
    assert said.sources[0].id == shown[0]
    said = await talk.say("这几款有什么区别")
    assert "价格" in words(said)


async def test_the_product_on_the_page_is_the_one_asked_about(talk: InStore) -> None:
    talk.page = {"store": "s1", "product": "C1"}
    said = await talk.say("敏感肌能用吗")
    assert words(said).startswith("资料写的适合肤质是“敏感肌”。")
    assert "孕期使用请先询问医生" in words(said)


async def test_without_a_product_the_question_is_left_to_knowledge(talk: InStore) -> None:
    said = await talk.say("敏感肌用什么护肤品")
    assert words(said) == "建议先做耳后测试。"
    assert (await talk.say("礼品卡能退吗")).sources[0].kind == "knowledge"


async def test_a_ready_customer_goes_to_a_guide_with_a_brief(talk: InStore) -> None:
    shown = codes(await talk.say("推荐一款面霜，敏感肌，300以内"))
    await talk.say("就要第一款，我要买")
    conversation = await talk.conversation()
    assert isinstance(conversation.owner, Queue)
    async with talk.unit(member()) as ctx:
        assert talk.id
        found = await conversations.reading.messages_of(ctx, talk.id)
    notes = [p for m in found if m.internal for p in m.parts if p.fields.get("code") == "buying_brief"]
    assert notes[0].fields["fields"]["products"] == shown[:1]
    assert notes[0].fields["fields"]["bounds"] == {"预算": "–¥300", "肤质": "sensitive"}


async def test_nothing_that_fits_is_said_and_a_person_offered(talk: InStore) -> None:
    said = await talk.say("孕妇能用的面霜推荐一下")
    assert codes(said) == []
    assert "不硬凑" in words(said)
    assert "action:person" in options(said)
    assert (await talk.conversation()).owner == Assistant()


async def test_a_place_speaks_in_its_own_voice_and_keeps_its_topics(talk: InStore) -> None:
    async with talk.unit(member("编辑")) as ctx:
        await recommender.put_persona(ctx, "/dept/", 0, {
            "opening": {"zh-CN": "您好，我是百货的智能助手。"},
            "forbidden": [{"words": ["美容针"], "zh-CN": "这个请问医生。"}]})  # fmt: skip
        await recommender.put_persona(ctx, STORE, 0, {"lines": {"lead": {"zh-CN": "在{place}给您挑："}}})
    assert words(await talk.say("你好")) == "您好，我是百货的智能助手。"
    assert words(await talk.say("推荐一款敏感肌面霜，要像美容针那样，300以内")) == "这个请问医生。"
    assert words(await talk.say("推荐一款敏感肌面霜，300以内")).startswith("在一店给您挑：")


async def test_a_dialogue_is_over_after_two_hours(talk: InStore, clock: Any) -> None:
    await talk.say("推荐一款面霜，敏感肌，300以内")
    clock.advance(hours=3)
    said = await talk.say("换一批")
    assert codes(said) == []
