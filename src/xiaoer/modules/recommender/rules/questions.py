"""Which question narrows the choice most: the one after whose answer the fewest offers remain.

If an answer takes the value v with the share p(v) of the offers, a share of sum p(v)^2 remains on
average (the Simpson index). At most two are asked, and none when the wish is clear enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from xiaoer.modules import catalog
from xiaoer.modules.recommender.contracts import Dialogue, Wish
from xiaoer.modules.recommender.rules.wishing import code_of, words

Offer = catalog.contracts.Offer
Kind = catalog.contracts.TraitKind

MOST_QUESTIONS = 2
MOST_OPTIONS = 4
CLEAR = 2
"""With so many bounds known nothing is asked."""
FEW = 12
"""Among so few offers nothing is asked."""
WORTH = 0.62
"""A question must leave no more than this share on average."""
TELLING = 0.5
"""An attribute is asked for when at least this share of the offers tells it."""
SKINS = {"dry": "干皮", "oily": "油皮", "combination": "混合皮", "sensitive": "敏感肌"}
WHOM = {"mother": "妈妈", "father": "爸爸", "girlfriend": "女朋友", "boyfriend": "男朋友",
        "child": "孩子", "elder": "长辈", "friend": "朋友", "colleague": "同事",
        "teacher": "老师"}  # fmt: skip
AGES = ("6个月", "1岁", "2岁", "4岁")
ANY = "都可以"


def known(wish: Wish) -> int:
    """How many bounds the wish has."""
    return sum(map(bool, (
        wish.goods, wish.low or wish.high, wish.for_whom or wish.months is not None,
        wish.occasion, wish.skin, wish.season, wish.avoids, wish.expecting,
    )))  # fmt: skip


def next_question(
    wish: Wish, offers: Sequence[Offer], dialogue: Dialogue
) -> tuple[str, tuple[str, ...]] | None:
    """The question to ask (``goods``, ``skin``, ``age``, ``budget``, ``whom``) with its options as
    customers say them; nothing when none is worth it."""
    if len(dialogue.asked) >= MOST_QUESTIONS or known(wish) >= CLEAR or len(offers) <= FEW:
        return None
    spreads = {name: spread for name, spread in _spreads(wish, offers).items()
               if name not in dialogue.asked and len(spread) > 1}
    if not spreads:
        return None
    name = min(spreads, key=lambda n: (_remaining(spreads[n]), n))
    if _remaining(spreads[name]) > WORTH:
        return None
    common = [value for value, _ in spreads[name].most_common(MOST_OPTIONS)]
    options = list(AGES) if name == "age" else common
    return name, (*options, ANY)


def _remaining(spread: Counter[str]) -> float:
    total = spread.total()
    return sum((count / total) ** 2 for count in spread.values())


def _spreads(wish: Wish, offers: Sequence[Offer]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    if not wish.goods:
        found["goods"] = Counter(name for o in offers if (name := _goods_of(o)))
    if not wish.skin:
        found["skin"] = _told(offers, lambda o: [SKINS[t.value] for t in o.traits
                                                 if t.kind is Kind.SKIN and t.value in SKINS])
    if wish.months is None and wish.for_whom in ("", "child"):
        found["age"] = _told(offers, lambda o: [t.words for t in o.traits
                                                if t.kind in (Kind.AGE, Kind.STAGE) and t.low])
    if not (wish.low or wish.high):
        found["budget"] = Counter(_band(o) for o in offers)
    if wish.occasion == "gift" and not wish.for_whom:
        found["whom"] = _told(offers, lambda o: [WHOM[c] for t in o.traits
                              if t.kind is Kind.FOR_WHOM and (c := code_of("whom", t.words))])
    return found


def _told(
    offers: Sequence[Offer], read: Callable[[Offer], list[str]]
) -> Counter[str]:
    values = [read(offer) for offer in offers]
    if sum(map(bool, values)) < TELLING * len(offers):
        return Counter()
    return Counter(value for some in values for value in dict.fromkeys(some))


def _goods_of(offer: Offer) -> str:
    """The noun of the package's list that the title ends with or holds."""
    title = offer.product.title
    return next((noun for noun, searched in words().goods.items()
                 if len(searched) == 1 and noun in title and not noun.isascii()), "")


def _band(offer: Offer) -> str:
    yuan = offer.price.minor // 100
    for most in (100, 300, 800):
        if yuan <= most:
            return f"{most}元以内"
    return "800元以上"
