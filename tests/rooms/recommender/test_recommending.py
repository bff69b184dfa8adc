"""What is recommended can be had here, is within the budget, and is written to be suited."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from random import Random
from uuid import uuid4

import pytest

from xiaoer.kit.money import Money
from xiaoer.labs.demo import translate
from xiaoer.labs.demo.group import SEED, DemoGroup, build_group
from xiaoer.labs.demo.said import tags_of
from xiaoer.modules.catalog.contracts import Counter, Offer, Product, ProductId, Shelf, Variant
from xiaoer.modules.catalog.rules.selling import offered
from xiaoer.modules.catalog.rules.traits import months_in, traits_of
from xiaoer.modules.recommender.contracts import Dialogue, Pick, Wish
from xiaoer.modules.recommender.rules.questions import next_question
from xiaoer.modules.recommender.rules.recommending import choose, most, suited

WISHES = 2_000
NOW = datetime(2026, 11, 28, tzinfo=UTC)


@cache
def group() -> DemoGroup:
    return build_group(SEED, NOW, customers=1, orders=1)


@cache
def products() -> tuple[Product, ...]:
    found = []
    for one in group().products:
        new = translate.product(one)
        fields = {name: getattr(new, name) for name in new.__slots__}
        found.append(Product(**fields, id=ProductId(uuid4()), updated_at=NOW, tags=tuple(tags_of(one))))
    return tuple(found)


def counters_of(store: str) -> tuple[Counter, ...]:
    return tuple(translate.counter(c) for c in group().counters if c.store == store)


def a_wish(rng: Random) -> Wish:
    goods = rng.choice([("面霜",), ("奶粉",), ("坚果", "巧克力", "凤梨酥"), ("玩具", "积木", "布书"), ("香水",),
                        ("米粉", "果泥", "溶豆"), ("精华", "面膜"), ("保温杯",), ()])  # fmt: skip
    high = rng.choice([None, 5000, 15000, 30000, 80000])
    return Wish(
        goods=goods, high=high, low=rng.choice([None, None, 4000]) if high != 5000 else None,
        for_whom=rng.choice(["", "mother", "child", "teacher"]),
        months=rng.choice([None, None, 2, 5, 8, 14, 40]), occasion=rng.choice(["", "birthday", "gift"]),
        skin=rng.choice(["", "", "sensitive", "dry", "oily"]), season=rng.choice(["", "winter"]),
        avoids=rng.choice([(), (), ("花生",), ("酒精",), ("奶", "坚果")]),
        expecting=rng.random() < 0.1,
    )  # fmt: skip


def complaints(pick: Pick, wish: Wish, brands: set[str], budget: int | None) -> list[str]:
    """What a careful colleague would object to, from the rows of the catalogue alone."""
    product, bought = pick.offer.product, pick.offer.in_stock
    facts, words = dict(product.facts), product.description
    said = " ".join([*facts.values(), *(t.value for t in product.tags)])
    wrong = []
    if not bought or any(not v.available for v in bought):
        wrong.append("out of stock")
    if product.brand not in brands:
        wrong.append("not sold here")
    if budget is not None and min(v.price.minor for v in bought) > budget:
        wrong.append("too dear")
    if wish.skin == "sensitive" and not any(w in said for w in ("敏感", "各种肤质")):
        wrong.append("not written for sensitive skin")
    if wish.expecting and not any(w in facts.get("适用", "") for w in ("孕", "哺乳")):
        wrong.append("not written for pregnancy")
    for what in wish.avoids:
        if what in product.title or what in facts.get("过敏提示", "") or what in facts.get("主要成分", ""):
            wrong.append(f"has {what}")
        if f"不含{what}" not in said and "过敏提示" not in facts and f"不添加{what}" not in said:
            wrong.append(f"nobody knows whether it has {what}")
    if wish.months is not None:
        wrong += of_age(wish.months, facts, words, bought)
    return wrong


def of_age(months: int, facts: dict[str, str], words: str, bought: tuple[Variant, ...]) -> list[str]:
    options = [v.options.get("段位") or v.options.get("月龄") for v in bought]
    ages = [facts["适用年龄"]] if "适用年龄" in facts else [o for o in options if o]
    wrong = []
    if months < 36 and not ages:
        wrong.append("no age is written")
    if months < 36 and "三岁以下" in words:
        wrong.append("warned of")
    for age in ages:
        low, high = months_in(age) or (None, None)
        if low is None or months < low or (high is not None and months >= high):
            wrong.append(f"for {age}")
    return [*wrong, *(["alcohol"] if "酒精度" in facts else [])]


def test_nothing_unsafe_sold_out_or_not_sold_here_is_ever_recommended() -> None:
    rng, shown, objected = Random(7), 0, []
    stores = [s.code for s in group().stores]
    for _ in range(WISHES):
        wish, counters = a_wish(rng), counters_of(rng.choice(stores))
        shelf = Shelf(counters[0].unit_path.rsplit("/", 2)[0] + "/", price_to=most(wish) or None)
        some = [p for p in rng.sample(products(), 260)
                if not wish.goods or any(w in p.title + p.line_name for w in wish.goods)]  # fmt: skip
        choice = choose(wish, offered(some, shelf, counters, ()))
        brands = {c.brand for c in counters}
        shown += len(choice.picks)
        assert len(choice.picks) <= 3
        for pick in choice.picks:
            objected += complaints(pick, wish, brands, wish.high)
        if choice.alternative:
            objected += complaints(choice.alternative, wish, brands, most(wish) or None)
    assert objected == []
    assert shown > WISHES / 4


def test_every_reason_names_a_fact_of_the_product_itself() -> None:
    rng = Random(11)
    for _ in range(200):
        some = rng.sample(products(), 200)
        for pick in choose(a_wish(rng), offered(some, Shelf(), (), ())).picks:
            product = pick.offer.product
            known = {t.words for t in traits_of(product)} | {str(pick.offer.price)}
            assert pick.fact.words in known


def offer(code: str, price: int, facts: dict[str, str], **more: object) -> Offer:
    product = Product(
        code, f"{code}面霜", (Variant(code, "", {}, Money(price)),), brand=str(more.get("brand", code)),
        category="beauty", line=str(more.get("line", "cream")), facts=facts, id=ProductId(uuid4()), updated_at=NOW,
    )  # fmt: skip
    return Offer(product, traits_of(product), product.variants)


SENSITIVE, ALL = {"适合肤质": "敏感肌"}, {"适合肤质": "各种肤质"}
TRIAL, OILY = {"适合肤质": "敏感肌可先做耳后测试"}, {"适合肤质": "油皮"}


def test_the_surest_fact_comes_first_and_is_the_reason() -> None:
    wish = Wish(goods=("面霜",), skin="sensitive")
    offers = [offer("A", 10000, ALL), offer("T", 10000, TRIAL), offer("S", 10000, SENSITIVE), offer("O", 10000, OILY)]
    picks = choose(wish, offers).picks
    assert picks[0].offer.product.code == "S"
    assert {p.offer.product.code for p in picks} == {"S", "A", "T"}
    assert (picks[0].fact.name, picks[0].fact.words) == ("适合肤质", "敏感肌")


def test_what_lies_a_little_above_the_budget_is_only_an_alternative() -> None:
    choice = choose(Wish(goods=("面霜",), high=10000), [offer("A", 9000, ALL), offer("B", 12000, ALL), offer("C", 14000, ALL)])
    assert [p.offer.product.code for p in choice.picks] == ["A"]
    assert choice.alternative is not None
    assert (choice.alternative.offer.product.code, choice.why) == ("B", "near_budget")


def test_what_was_shown_or_is_owned_is_not_shown_again() -> None:
    offers = [offer(code, 9000, ALL) for code in "ABCDEF"]
    choice = choose(Wish(goods=("面霜",), owned=("A",)), offers, shown=("B", "C"))
    assert {p.offer.product.code for p in choice.picks} <= {"D", "E", "F"}
    assert len(choice.picks) == 3


def test_three_brands_are_shown_where_three_are_as_good() -> None:
    offers = [offer(f"A{n}", 9000, SENSITIVE, brand="a") for n in range(6)]
    offers += [offer("B", 9000, SENSITIVE, brand="b"), offer("C", 9000, SENSITIVE, brand="c")]
    picks = choose(Wish(goods=("面霜",), skin="sensitive"), offers).picks
    assert {p.offer.product.brand for p in picks} == {"a", "b", "c"}


@pytest.mark.parametrize(("months", "stage"), [(2, "1段（0-6个月）"), (8, "2段（6-12个月）"), (20, "3段（12-36个月）")])
def test_of_a_milk_powder_only_the_right_stage_is_offered(months: int, stage: str) -> None:
    stages = ("1段（0-6个月）", "2段（6-12个月）", "3段（12-36个月）")
    variants = tuple(Variant(s, s, {"段位": s}, Money(20000)) for s in stages)
    product = Product("M", "奶粉", variants, id=ProductId(uuid4()), updated_at=NOW)
    fit = suited(Wish(months=months), Offer(product, traits_of(product), variants))
    assert fit is not None
    assert [v.label for v in fit.in_stock] == [stage]


def many(*kinds: tuple[int, dict[str, str]]) -> list[Offer]:
    return [offer(f"{n}{facts}{price}", price, facts) for price, facts in kinds for n in range(10)]


def test_the_question_that_narrows_most_is_asked_first() -> None:
    # Skin splits them in four, the price in one.
    offers = many((9000, {"适合肤质": "干皮"}), (9000, OILY), (9000, SENSITIVE), (9000, {"适合肤质": "混合皮"}))
    found = next_question(Wish(goods=("面霜",)), offers, Dialogue())
    assert found is not None
    assert found[0] == "skin"
    assert set(found[1]) == {"干皮", "油皮", "敏感肌", "混合皮", "都可以"}
    # Here it is the other way round.
    offers = many((9000, OILY), (25000, OILY), (60000, OILY), (90000, OILY))
    found = next_question(Wish(goods=("面霜",)), offers, Dialogue())
    assert found is not None
    assert found[0] == "budget"


def test_two_questions_are_the_most_and_a_clear_wish_gets_none() -> None:
    offers = many((9000, {"适合肤质": "干皮"}), (25000, OILY), (60000, SENSITIVE))
    assert next_question(Wish(goods=("面霜",)), offers, Dialogue(asked=("skin", "budget"))) is None
    assert next_question(Wish(goods=("面霜",), high=30000), offers, Dialogue()) is None
    assert next_question(Wish(goods=("面霜",)), offers[:5], Dialogue()) is None
