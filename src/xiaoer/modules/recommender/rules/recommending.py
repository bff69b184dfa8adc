"""Chooses three offers for a wish, each with one reason that rests on one fact.

Never: what is out of stock, what the place does not sell (both are no offers), what is outside the
budget, and what is not written to be suited where safety decides. What is unknown counts as
unsuited there: sensitive skin, small children, allergies, pregnancy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from zlib import crc32

from xiaoer.kit.text import fold
from xiaoer.modules import catalog
from xiaoer.modules.recommender.contracts import Choice, Pick, Wish
from xiaoer.modules.recommender.rules.wishing import code_of

Offer = catalog.contracts.Offer
Trait = catalog.contracts.Trait
Kind = catalog.contracts.TraitKind

MOST_PICKS = 3
TODDLER = 36
MOSTLY = 0.6
NEAR_PERCENT = 130
"""How far above the budget an alternative may lie, said openly as such."""
_SMALL = re.compile(r"(三|3)\s*岁以下|小零件")
_ALCOHOL = re.compile(r"酒精度|alcohol|%vol")
_PROMOTION, _PRICE = "正在优惠", "价格"
_PLAIN = (Kind.INGREDIENT, Kind.SIZE, Kind.SKIN, Kind.SEASON, Kind.AGE, Kind.OTHER)
_WEIGHTS = {"safety": 8.0, "whom": 5.0, "occasion": 4.0, "goods": 3.0, "season": 2.5,
            "pair": 2.5, "skin": 6.0, "age": 6.0, "promotion": 1.5, "plain": 0.5}  # fmt: skip


def suited(wish: Wish, offer: Offer) -> Offer | None:
    """The offer with what of it suits the wish; nothing when it does not, or is not written to."""
    fit = _of_age(wish, offer)
    if fit is None or not _of_skin(wish, fit) or not _without(wish, fit):
        return None
    if wish.expecting and not _has(fit, Kind.FOR_WHOM, "expecting"):
        return None
    if (wish.expecting or wish.months is not None) and _is_alcohol(fit):
        return None
    return fit


def _of_age(wish: Wish, offer: Offer) -> Offer | None:
    """Only stages and ages that cover the child; what gives none is for no small child."""
    if wish.months is None:
        return offer
    aged = [t for t in offer.traits if t.kind in (Kind.AGE, Kind.STAGE) and t.low is not None]
    product_wide = [t for t in aged if t.origin != "variant"]
    if any(not t.covers(wish.months) for t in product_wide):
        return None
    if wish.months < TODDLER:
        warned = any(t.kind is Kind.WARNING and _SMALL.search(t.words) for t in offer.traits)
        if warned or not aged:
            return None
    told = {t.words for t in aged if t.origin == "variant"}
    if not told:
        return offer
    right = {t.words for t in aged if t.origin == "variant" and t.covers(wish.months)}
    stock = tuple(v for v in offer.in_stock
                  if right.intersection(v.options.values()) or not told & set(v.options.values()))
    return replace(offer, in_stock=stock) if stock and right else None


def _of_skin(wish: Wish, offer: Offer) -> bool:
    if not wish.skin:
        return True
    known = [t.value for t in offer.traits if t.kind is Kind.SKIN]
    if not known:
        return wish.skin != "sensitive"
    return wish.skin in known or "all" in known


def _without(wish: Wish, offer: Offer) -> bool:
    """For each thing to avoid: nowhere named, and written to be absent, or in a list without it."""
    for what in wish.avoids:
        held = [t for t in offer.traits if t.kind in (Kind.CONTAINS, Kind.INGREDIENT)]
        if what in offer.product.title or any(what in t.value or t.value in what for t in held):
            return False
        if any(what in t.words and t.kind is Kind.WARNING for t in offer.traits):
            return False
        absent = any(what in t.value for t in offer.traits if t.kind is Kind.FREE_OF)
        listed = any(t.kind is Kind.CONTAINS for t in offer.traits)
        if not absent and not listed:
            return False
    return True


def _is_alcohol(offer: Offer) -> bool:
    return any(_ALCOHOL.search(fold(f"{t.name}{t.words}")) for t in offer.traits)


def _has(offer: Offer, kind: Kind, value: str) -> bool:
    return any(t.kind is kind and t.value == value for t in offer.traits)


def within(wish: Wish, offer: Offer) -> Offer | None:
    """The offer with the variants inside the budget; nothing when none is."""
    stock = tuple(v for v in offer.in_stock if v.available
                  and (wish.low is None or v.price.minor >= wish.low)
                  and (wish.high is None or v.price.minor <= wish.high))
    return replace(offer, in_stock=stock) if stock else None


def choose(
    wish: Wish, offers: Iterable[Offer], *, shown: Sequence[str] = (), least: float = 0.0
) -> Choice:
    """At most three picks and one alternative: a little above the budget, else another kind.

    ``shown`` are codes that were shown before; with ``least`` only what scores as much is chosen.
    """
    fit = [one for offer in offers if offer.product.code not in (*shown, *wish.owned)
           and (one := suited(wish, offer)) is not None and one.in_stock]  # fmt: skip
    inside = [pick for offer in fit if (one := within(wish, offer)) is not None
              and (pick := _pick(wish, one)).score >= least]  # fmt: skip
    picks = _varied(sorted(inside, key=lambda p: (-p.score, crc32(p.offer.product.code.encode()))))
    taken = {p.offer.product.code for p in picks}
    above = [_pick(wish, offer) for offer in fit if within(wish, offer) is None
             and wish.high is not None and wish.high < offer.price.minor <= most(wish)]
    near = min(above, key=lambda p: (-p.score, p.offer.price.minor), default=None)
    if near is not None:
        return Choice(picks, near, "near_budget")
    other = next((p for p in sorted(inside, key=lambda p: -p.score)
                  if p.offer.product.code not in taken
                  and p.offer.product.line not in {q.offer.product.line for q in picks}), None)
    rest = other or next((p for p in inside if p.offer.product.code not in taken), None)
    return Choice(picks, rest, "other" if rest else "")


def main_category(offers: Sequence[Offer]) -> str:
    """The category of most of the offers; empty when they are mixed."""
    counts = Counter(offer.product.category for offer in offers).most_common(1)
    return counts[0][0] if counts and counts[0][1] > MOSTLY * len(offers) else ""


def most(wish: Wish) -> int:
    """The price up to which an alternative is looked for, in minor units."""
    return (wish.high or 0) * NEAR_PERCENT // 100


def _varied(ranked: Sequence[Pick]) -> tuple[Pick, ...]:
    """The best of them, of different brands and lines where almost as good ones exist."""
    chosen: list[Pick] = []
    for pick in ranked:
        alike = any(p.offer.product.brand == pick.offer.product.brand
                    or p.offer.product.line == pick.offer.product.line for p in chosen)
        better = [p for p in ranked if p not in chosen and p is not pick
                  and p.score >= pick.score - 1.0 and not any(
                      q.offer.product.brand == p.offer.product.brand for q in chosen)]
        if alike and better and len(ranked) > MOST_PICKS:
            pick = better[0]
        if pick not in chosen:
            chosen.append(pick)
        if len(chosen) == MOST_PICKS:
            break
    return tuple(chosen)


def _pick(wish: Wish, offer: Offer) -> Pick:
    """The offer with its score and the weightiest fact."""
    found = list(_reasons(wish, offer))
    _, fact = max(found, key=lambda one: one[0])
    total = sum(w for w, _ in found if w > _WEIGHTS["plain"])
    return Pick(offer, fact, round(total + _closeness(wish, offer), 4))


def _reasons(wish: Wish, offer: Offer) -> Iterable[tuple[float, Trait]]:
    for trait in offer.traits:
        what = _speaks_for(wish, trait)
        if what:
            yield _WEIGHTS[what], trait
    if any(word in offer.product.title for word in wish.goods):
        plain = next((t for t in offer.traits if t.kind in _PLAIN), None)
        if plain:
            yield _WEIGHTS["goods"], plain
    if offer.promotion:
        yield _WEIGHTS["promotion"], Trait(Kind.OTHER, _PROMOTION, offer.promotion)
    plain = next((t for t in offer.traits if t.kind in _PLAIN), None)
    yield _WEIGHTS["plain"], plain or Trait(Kind.OTHER, _PRICE, str(offer.price))


def _speaks_for(wish: Wish, trait: Trait) -> str:
    """Which part of the wish the trait meets; empty for none."""
    match trait.kind:
        case Kind.SKIN:
            return _for_skin(wish, trait)
        case Kind.AGE | Kind.STAGE:
            return "age" if wish.months is not None and trait.covers(wish.months) else ""
        case Kind.FREE_OF:
            return "safety" if any(a in trait.value for a in wish.avoids) else ""
        case Kind.FOR_WHOM:
            return _for_whom(wish, trait)
        case Kind.OCCASION:
            return _for_occasion(wish, trait)
        case Kind.SEASON:
            return "season" if wish.season and trait.value == wish.season else ""
        case Kind.GOES_WITH:
            return "pair" if any(trait.value in fold(o) for o in wish.owned) else ""
        case _:
            return ""


def _for_skin(wish: Wish, trait: Trait) -> str:
    if not wish.skin or trait.value not in (wish.skin, "all"):
        return ""
    is_surest = wish.skin == "sensitive" and trait.value == wish.skin and not trait.on_trial
    return "safety" if is_surest else "skin"


def _for_whom(wish: Wish, trait: Trait) -> str:
    if wish.expecting:
        return "safety" if trait.value == "expecting" else ""
    return "whom" if wish.for_whom and code_of("whom", trait.words) == wish.for_whom else ""


def _for_occasion(wish: Wish, trait: Trait) -> str:
    if not wish.occasion:
        return ""
    is_gift = wish.occasion == "gift" and "礼" in trait.words
    return "occasion" if is_gift or code_of("occasions", trait.words) == wish.occasion else ""


def _closeness(wish: Wish, offer: Offer) -> float:
    """Up to one point for a price in the upper part of the budget: what was meant to be spent."""
    if not wish.high:
        return 0.0
    share = offer.price.minor / wish.high
    return max(0.0, 1.0 - abs(share - 0.75))
