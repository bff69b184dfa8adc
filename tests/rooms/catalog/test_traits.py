"""What is known of a product, and what its facts answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import Units, member
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Forbidden, NotFound
from xiaoer.modules import catalog
from xiaoer.modules.catalog.contracts import (
    Catalogue,
    Counter,
    Link,
    Need,
    NewProduct,
    NewPromotion,
    NewStore,
    Shelf,
    Tag,
    TraitKind,
    Variant,
    Verdict,
)
from xiaoer.modules.catalog.errors import BadCatalogue
from xiaoer.modules.catalog.rules.picture import path_svg
from xiaoer.modules.catalog.rules.traits import months_in, traits_of


def thing(code: str, title: str, facts: dict[str, str], *options: dict[str, str], **more: Any) -> NewProduct:
    variants = tuple(
        Variant(f"{code}-{n}", " ".join(o.values()), o, Money(19900)) for n, o in enumerate(options or ({},))
    )
    return NewProduct(code, title, variants, facts=facts, **more)


CREAM = thing("C1", "白榆 舒缓面霜", {"适合肤质": "敏感肌", "净含量": "50g"})
OILY = thing("C2", "白榆 控油面霜", {"适合肤质": "油皮", "净含量": "50g"})
ANY = thing("C3", "白榆 每日面霜", {"适合肤质": "各种肤质"}, description="白榆 每日面霜。孕期使用请先询问医生。")
TRIAL = thing("C4", "棠汐 粉底液", {"适合肤质": "敏感肌可先做耳后测试"})
BARE = thing("C5", "鹭语 面霜", {"保质期": "3年"})
MILK = thing(
    "M1", "牧幼 奶粉", {"奶源": "高原牧场"},
    {"段位": "1段（0-6个月）"}, {"段位": "2段（6-12个月）"}, {"段位": "3段（12-36个月）"}, {"段位": "4段（3岁以上）"},
)  # fmt: skip
NUTS = thing("N1", "坚果", {"过敏提示": "含坚果及花生"})
PUREE = thing("B1", "苹果泥", {"配方": "不添加白砂糖"}, {"月龄": "6个月以上"})
PAN = thing("P1", "炒锅", {"适用灶具": "仅燃气灶"})
POT = thing("P2", "汤锅", {"适用灶具": "燃气灶、电磁炉"})
MOTHER = thing("W1", "孕妇枕", {"适用": "孕中晚期"})


@pytest.mark.parametrize(("product", "asked", "verdict", "value"), [
    (CREAM, "敏感肌能用吗", Verdict.YES, "敏感肌"),
    (OILY, "敏感肌能用吗", Verdict.NO, "油皮"),
    (ANY, "敏感皮可以用吗", Verdict.YES, "各种肤质"),
    (TRIAL, "敏感肌适合吗", Verdict.TRY_FIRST, "敏感肌可先做耳后测试"),
    (BARE, "敏感肌能用吗", Verdict.UNKNOWN, ""),
    (OILY, "干皮能用吗", Verdict.NO, "油皮"),
    (MILK, "6个月宝宝吃几段", Verdict.YES, "2段（6-12个月）"),
    (MILK, "五个月的宝宝喝哪段", Verdict.YES, "1段（0-6个月）"),
    (MILK, "一岁半吃几段", Verdict.YES, "3段（12-36个月）"),
    (MILK, "四岁吃几段", Verdict.YES, "4段（3岁以上）"),
    (CREAM, "6个月宝宝能用吗", Verdict.UNKNOWN, ""),
    (PUREE, "4个月宝宝能吃吗", Verdict.NO, "6个月以上"),
    (PUREE, "含白砂糖吗", Verdict.NO, "不添加白砂糖"),
    (NUTS, "含花生吗", Verdict.YES, "含坚果及花生"),
    (NUTS, "对花生过敏能吃吗", Verdict.YES, "含坚果及花生"),
    (NUTS, "含牛奶吗", Verdict.UNKNOWN, ""),
    (PAN, "电磁炉能用吗", Verdict.NO, "仅燃气灶"),
    (POT, "电磁炉能用吗", Verdict.YES, "燃气灶、电磁炉"),
    (CREAM, "配件通用吗", Verdict.UNKNOWN, ""),
    (MOTHER, "孕妇能用吗", Verdict.YES, "孕中晚期"),
    (ANY, "孕妇能用吗", Verdict.UNKNOWN, ""),
    (CREAM, "我在吃药能用吗", Verdict.UNKNOWN, ""),
    (BARE, "保质期多久", Verdict.TOLD, "3年"),
    (CREAM, "容量多大", Verdict.TOLD, "50g"),
])  # fmt: skip
def test_a_question_is_answered_from_facts_or_said_to_be_unknown(
    product: NewProduct, asked: str, verdict: Verdict, value: str
) -> None:
    said = catalog.answer([product], asked)
    assert said is not None
    assert (said.verdict, said.path[0].value) == (verdict, value)
    assert said.path[0].code == product.code
    if verdict is Verdict.UNKNOWN:
        assert "没有写" in said.text


@pytest.mark.parametrize("asked", ["什么时候发货", "可以退吗我不喜欢", "帮我转人工", "你们几点关门", "区别"])
def test_a_question_about_something_else_is_left(asked: str) -> None:
    assert catalog.answer([CREAM], asked) is None


@pytest.mark.parametrize(("asked", "product"), [
    ("孕妇能用吗", ANY), ("对花生过敏能吃吗", NUTS), ("敏感肌能用吗", CREAM), ("吃药期间能用吗", CREAM),
])  # fmt: skip
def test_what_touches_health_offers_a_person(asked: str, product: NewProduct) -> None:
    said = catalog.answer([product], asked)
    assert said is not None
    assert said.offers_person
    assert set(said.warnings) == {t.words for t in traits_of(product) if t.kind is TraitKind.WARNING}


def test_the_catalogues_own_warning_goes_with_the_answer() -> None:
    said = catalog.answer([ANY], "孕妇能用吗")
    assert said is not None
    assert said.warnings == ("孕期使用请先询问医生。",)


def test_two_products_are_compared_attribute_by_attribute() -> None:
    said = catalog.answer([CREAM, OILY], "这两款有什么区别")
    assert said is not None
    assert "适合肤质：敏感肌 / 油皮" in said.text
    assert "净含量" not in said.text
    assert {(link.code, link.value) for link in said.path} == {("C1", "敏感肌"), ("C2", "油皮")}


def test_english_is_answered_in_english() -> None:
    said = catalog.answer([CREAM], "Is it safe for sensitive skin?", "en")
    assert said is not None
    assert (said.verdict, said.text) == (Verdict.YES, "Suited skin: “敏感肌”.")


@pytest.mark.parametrize(("words", "months"), [
    ("0-3岁", (0, 36)), ("6个月-6岁", (6, 72)), ("6个月以上", (6, None)), ("3岁以上", (36, None)),
    ("2段（6-12个月）", (6, 12)), ("适合所有人", None),
])  # fmt: skip
def test_ages_are_read_in_months(words: str, months: tuple[int, int | None] | None) -> None:
    assert months_in(words) == months


@pytest.mark.parametrize(("asked", "months"), [
    ("6个月", 6), ("一岁半", 18), ("十个月大", 10), ("两岁", 24), ("12岁", 144), ("给妈妈", None),
    ("8 months old", 8), ("二十三个月", 23),
])  # fmt: skip
def test_an_age_is_heard_in_many_words(asked: str, months: int | None) -> None:
    assert Need.of(asked).months == months


def test_a_stage_that_is_sold_out_is_not_told() -> None:
    variant = Variant("S", "1段", {"段位": "1段（0-6个月）"}, Money(1), available=False)
    assert traits_of(NewProduct("X", "奶粉", (variant,))) == ()


def test_the_picture_escapes_every_word() -> None:
    drawn = path_svg([Link("C1", "<script>alert(1)</script>", "肤质", "a&b", "skin")])
    root = ElementTree.fromstring(drawn)
    assert "script" not in {node.tag.rpartition("}")[2] for node in root.iter()}
    assert any("a&b" in (node.text or "") for node in root.iter())


async def test_an_editors_tags_outlive_a_load_and_say_whose_they_are(unit: Units) -> None:
    async with unit(member("编辑")) as ctx:
        await catalog.load(ctx, Catalogue(products=(BARE,)))
        await catalog.tag(ctx, {"C5": [Tag(TraitKind.SKIN, "敏感肌")]})
    async with unit() as ctx:
        await catalog.load(ctx, Catalogue(products=(BARE,)))
        found = await catalog.product(ctx, "C5")
    assert [(t.value, t.by) for t in found.tags] == [("敏感肌", "编辑")]
    said = catalog.answer([found], "敏感肌能用吗")
    assert said is not None
    assert (said.verdict, said.path[0].origin) == (Verdict.YES, "tags")


async def test_tags_are_for_editors_and_short(unit: Units) -> None:
    async with unit() as ctx:
        await catalog.load(ctx, Catalogue(products=(BARE,)))
        with pytest.raises(NotFound):
            await catalog.tag(ctx, {"nothing": []})
        with pytest.raises(BadCatalogue):
            await catalog.tag(ctx, {"C5": [Tag(TraitKind.SKIN, "长" * 81)]})
    async with unit(member(permissions=frozenset())) as ctx:
        with pytest.raises(Forbidden):
            await catalog.tag(ctx, {"C5": []})


STORE = NewStore("s1", "/dept/s1/", "一店")
OTHER = NewStore("s2", "/dept/s2/", "二店")
COUNTERS = (
    Counter("baiyu", "s1", "/dept/s1/baiyu/", "1F", "1F-A01"),
    Counter("muyou", "s1", "/dept/s1/muyou/", "5F"), Counter("luyu", "s2", "/dept/s2/luyu/", "1F"),
)  # fmt: skip


def goods() -> tuple[NewProduct, ...]:
    dear, gone = Money(90000), Money(10000)
    return (
        thing("A", "面霜", {}, brand="baiyu", category="beauty", line="cream", line_name="面霜"),
        thing("B", "奶粉", {}, brand="muyou", category="baby", line="formula"),
        thing("C", "精华", {}, brand="luyu", category="beauty", line="serum"),
        NewProduct("D", "贵面霜", (Variant("D-1", "", {}, dear),), "baiyu", "beauty", "cream"),
        NewProduct("E", "售罄面霜", (Variant("E-1", "", {}, gone, available=False),), "baiyu", "beauty"),
    )


@pytest.mark.parametrize(("shelf", "codes"), [
    (Shelf("/dept/s1/"), {"A", "B", "D"}),
    (Shelf("/dept/s1/baiyu/"), {"A", "D"}),
    (Shelf("/dept/s2/"), {"C"}),
    (Shelf("/"), {"A", "B", "C", "D"}),
    (Shelf("/dept/s1/", price_to=20000), {"A", "B"}),
    (Shelf("/", categories=("beauty",), words=("面霜",)), {"A", "D"}),
    (Shelf("/", lines=("serum",)), {"C"}),
    (Shelf("/", each=1, lines=("cream",)), {"A"}),
])  # fmt: skip
async def test_a_place_offers_what_it_sells_and_has(unit: Units, shelf: Shelf, codes: set[str]) -> None:
    async with unit() as ctx:
        await catalog.load(ctx, Catalogue(stores=(STORE, OTHER), counters=COUNTERS, products=goods()))
        found = await catalog.offers(ctx, shelf)
    assert len(found) == len(codes)
    if shelf.each > 1:
        assert {o.product.code for o in found} == codes
    assert all(o.in_stock for o in found)


async def test_only_a_reduction_for_the_whole_category_is_told_with_an_offer(unit: Units) -> None:
    async with unit() as ctx:
        now = ctx.now()
        on = [NewPromotion(kind, kind, now - timedelta(days=1), now + timedelta(days=hours), rule=kind,
                           kind=kind, categories=("beauty",), places=("/dept/s1/",))
              for hours, kind in enumerate(("event", "discount", "trade_in", "full_reduction"), 1)]  # fmt: skip
        await catalog.load(ctx, Catalogue(stores=(STORE, OTHER), counters=COUNTERS, products=goods(), promotions=tuple(on)))
        here = await catalog.offers(ctx, Shelf("/dept/s1/"))
        there = await catalog.offers(ctx, Shelf("/dept/s2/"))
    assert {o.product.code: o.promotion for o in here} == {"A": "full_reduction", "B": "", "D": "full_reduction"}
    assert [o.promotion for o in there] == [""]
