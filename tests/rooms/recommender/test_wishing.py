"""A wish for goods is heard, and what is none is left alone."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from xiaoer.modules.recommender.contracts import Dialogue, Intent, Wish
from xiaoer.modules.recommender.rules import dialogues
from xiaoer.modules.recommender.rules.money_words import budget_in
from xiaoer.modules.recommender.rules.wishing import joined, price_wish, read_intent, read_wish

SHOWN = Dialogue(Wish(goods=("面霜",)), shown=("A", "B", "C"))
ASKED = Dialogue(Wish(), asked=("budget",), waiting="budget")


@pytest.mark.parametrize(("text", "low", "high"), [
    ("两百以内", None, 200), ("200元以下的", None, 200), ("不超过300", None, 300),
    ("100-200", 100, 200), ("一百到两百块", 100, 200), ("预算500", 375, 625), ("三百左右", 225, 375),
    ("三百五左右", 262.5, 437.5), ("一千二以内", None, 1200), ("under 300", None, 300),
    ("between 100 and 200", 100, 200), ("1000以上", 1000, None), ("1.5k以内", None, 1500),
    ("百元以内", None, 100), ("两百块能买到什么香水", None, 200), ("给8个月宝宝买200以内的", None, 200),
    ("6个月以上", None, None), ("6-12个月", None, None), ("3岁以上", None, None), ("3到5岁", None, None),
    ("5楼以下", None, None), ("买2-3件", None, None), ("50岁左右", None, None), ("随便", None, None),
])  # fmt: skip
def test_a_budget_is_read_and_nothing_else_is_taken_for_one(
    text: str, low: float | None, high: float | None
) -> None:
    found = budget_in(text)
    assert found == (low and low * 100, high and high * 100)


@pytest.mark.parametrize(("text", "wish"), [
    ("送妈妈的生日礼物，300元以内", Wish(high=30000, for_whom="mother", occasion="birthday")),
    ("敏感肌面霜，300元以内", Wish(goods=("面霜",), high=30000, skin="sensitive")),
    ("推荐8个月宝宝的辅食", Wish(goods=("辅食",), for_whom="child", months=8)),
    ("给宝宝找不含花生的坚果", Wish(goods=("坚果",), for_whom="child", avoids=("花生",))),
    ("冬天给爸爸买双手套", Wish(goods=("手套",), for_whom="father", season="winter")),
    ("孕妇用的面霜", Wish(goods=("面霜",), expecting=True)),
    ("脸一用护肤品就泛红", Wish(goods=("精华", "面霜", "乳液", "面膜", "洁面"), skin="sensitive")),
    ("给50岁的妈妈", Wish(for_whom="mother")),
    ("a scarf for my mom under 500", Wish(goods=("围巾", "丝巾"), high=50000, for_whom="mother")),
    ("我要打包带走", Wish()),
])  # fmt: skip
def test_what_is_wished_is_read(text: str, wish: Wish) -> None:
    assert read_wish(text) == wish


@pytest.mark.parametrize(("text", "dialogue", "intent"), [
    ("推荐一款保温杯", None, Intent.CHOOSE),
    ("推荐一下", None, Intent.CHOOSE),
    ("送妈妈的生日礼物，300元以内", None, Intent.CHOOSE),
    ("想买个包", None, Intent.CHOOSE),
    ("油皮用什么洗面奶好", None, Intent.CHOOSE),
    ("A birthday gift for my mother under 300", None, Intent.CHOOSE),
    ("在哪买", None, Intent.NONE),
    ("我要买", SHOWN, Intent.READY),
    ("帮我留一个", SHOWN, Intent.READY),
    ("就要第二个", SHOWN, Intent.READY),
    ("便宜点的", SHOWN, Intent.REFINE),
    ("换一批", SHOWN, Intent.REFINE),
    ("200以内的", SHOWN, Intent.REFINE),
    ("都可以", ASKED, Intent.REFINE),
    ("都可以", None, Intent.NONE),
    ("我的快递到哪了", SHOWN, Intent.NONE),
    ("这个能退吗", SHOWN, Intent.NONE),
    ("停车怎么收费", SHOWN, Intent.NONE),
    ("推荐的朋友买了积分什么时候到", None, Intent.NONE),
    ("优惠券怎么领", None, Intent.NONE),
    ("敏感肌用什么护肤品", None, Intent.NONE),
])  # fmt: skip
def test_what_a_message_wants_depends_on_what_is_under_way(
    text: str, dialogue: Dialogue | None, intent: Intent
) -> None:
    assert read_intent(text, dialogue) is intent


def questions() -> list[str]:
    """Every way in which the demo's knowledge is asked: nothing of it is about choosing goods but
    what knowledge answers by itself."""
    folder = resources.files("xiaoer.labs.demo").joinpath("data")
    rows = folder.joinpath("paraphrases.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row)["text"] for row in rows]


@pytest.mark.parametrize("dialogue", [None, SHOWN, ASKED])
def test_fewer_than_one_in_a_hundred_questions_is_taken_from_knowledge(
    dialogue: Dialogue | None,
) -> None:
    asked = questions()
    taken = [text for text in asked if read_intent(text, dialogue) is not Intent.NONE]
    assert len(asked) > 900
    assert len(taken) < 0.01 * len(asked), taken


def test_naming_other_goods_starts_anew_but_for_the_person() -> None:
    before = Wish(goods=("面霜",), high=30000, skin="sensitive", for_whom="mother")
    assert joined(before, read_wish("有保温杯吗")) == Wish(
        goods=("保温杯",), skin="sensitive", for_whom="mother")
    assert joined(before, read_wish("200以内")).high == 20000
    assert joined(before, read_wish("200以内")).goods == ("面霜",)


@pytest.mark.parametrize(("text", "wanted"), [("便宜点", "cheaper"), ("太贵了", "cheaper"), ("再好一点的", "dearer"), ("好的", "")])
def test_cheaper_and_dearer_are_heard(text: str, wanted: str) -> None:
    assert price_wish(text) == wanted


@pytest.mark.parametrize(("text", "codes"), [("第一款能用吗", ("A",)), ("第2个", ("B",)), ("最后一个", ("C",)), ("能用吗", ("A", "B", "C"))])
def test_a_shown_product_is_named_by_its_place(text: str, codes: tuple[str, ...]) -> None:
    assert dialogues.meant(text, ("A", "B", "C", "D")) == codes


def test_a_dialogue_is_restored_as_it_was_but_for_what_they_own() -> None:
    kept = Dialogue(Wish(("面霜",), high=30000, owned=("P1",)), ("skin",), ("A",), "skin", "beauty")
    again = dialogues.restored(json.loads(json.dumps(dialogues.stored(kept))))
    assert again == Dialogue(Wish(("面霜",), high=30000), ("skin",), ("A",), "skin", "beauty")
