"""What the shop's policy reads out of the facts: the pieces that a wish means, what they cost now,
which windows hold, what money would move. Checks, effects and words ask the same functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime

from xiaoer.kit.cells import HOME
from xiaoer.kit.money import Money
from xiaoer.modules import catalog, orders
from xiaoer.modules.aftersales.contracts import Facts, Verb, Wish
from xiaoer.modules.aftersales.rules.checks import GIFT_CARD

BALANCE = "balance"
FAULTS = ("quality", "not_as_described", "wrong_item")
Order = orders.contracts.Order
Piece = orders.contracts.Piece
Status = orders.contracts.Status


def order(facts: Facts) -> Order:
    """The order that the wish names."""
    assert facts.order is not None, "the wish names an order"
    return facts.order


def days_since(facts: Facts, at: datetime) -> int:
    """Calendar days of Shanghai from a moment until now."""
    return (facts.now.astimezone(HOME).date() - at.astimezone(HOME).date()).days


def skus(facts: Facts, fits: Callable[[Piece], bool]) -> Iterator[str]:
    """The SKUs of the pieces that fit."""
    return (one.item.sku for one in order(facts).pieces if fits(one))


def pairs(wish: Wish, facts: Facts) -> list[tuple[Piece, str]]:
    """The pieces that the wish means, in the order of the lines, each with what comes instead.

    Of several pieces alike the first counts that the deed can be done to: a loss that was
    settled is over, a price is protected once.
    """
    left = list(enumerate(order(facts).pieces))
    left.sort(key=lambda at: (_is_spent(wish.verb, at[1]), at[0]))
    found = []
    for n, sku in enumerate(wish.items):
        at = next((one for one in left if one[1].item.sku == sku), None)
        if at is not None:
            left.remove(at)
            found.append((at[0], at[1], wish.new_items[n] if n < len(wish.new_items) else ""))
    return [(piece, new) for _, piece, new in sorted(found, key=lambda one: one[0])]


def _is_spent(verb: Verb, piece: Piece) -> int:
    if verb is not Verb.PROTECT_PRICE:
        return int(bool(piece.reported))
    return 2 * piece.protected + (piece.reported == "refund")


def meant(wish: Wish, facts: Facts) -> list[Piece]:
    """The pieces that the wish means, in the order of the lines."""
    return [piece for piece, _ in pairs(wish, facts)]


def is_whole(wish: Wish, facts: Facts) -> bool:
    """Every piece of the order is meant."""
    return Counter(wish.items) == Counter(skus(facts, lambda _one: True))


def product_of(facts: Facts, piece: Piece) -> catalog.contracts.Product | None:
    """The product of a piece, by its code or by its variant."""
    found = facts.products.get(piece.item.product)
    if found is not None:
        return found
    return next((one for one in facts.products.values()
                 if any(v.sku == piece.item.sku for v in one.variants)), None)  # fmt: skip


def variant_of(facts: Facts, piece: Piece, sku: str) -> catalog.contracts.Variant | None:
    """A variant of the product of a piece."""
    product = product_of(facts, piece)
    return next((one for one in (product.variants if product else ()) if one.sku == sku), None)


def present(facts: Facts, piece: Piece) -> catalog.contracts.Variant | None:
    """The piece's own variant as it is sold now."""
    return variant_of(facts, piece, piece.item.sku)


def faults_only(wish: Wish, facts: Facts) -> list[Piece]:
    """The pieces that are taken back only when something is wrong with them."""
    found = [(one, product_of(facts, one)) for one in meant(wish, facts)]
    return [one for one, product in found if product and product.returns_faults_only]


def steady(wish: Wish, facts: Facts) -> list[Piece]:
    """The pieces whose price has not fallen, as far as the catalogue knows."""
    found = [(piece, present(facts, piece)) for piece in meant(wish, facts)]
    return [one for one, now in found if now is None or now.price.minor >= one.paid.minor]


def bulky(_wish: Wish, facts: Facts) -> list[Piece]:
    """The pieces that no store can hand out."""
    found = [(one, product_of(facts, one)) for one in order(facts).pieces]
    return [one for one, product in found if product and not product.can_be_picked_up]


def account_of(facts: Facts) -> str:
    """The customer's balance; empty when they have none."""
    known = sorted(one.id for one in facts.wallet.values() if one.kind == BALANCE and one.balance)
    return known[0] if known else ""


def holder(facts: Facts, method: str) -> str:
    """The account of ours that a payment method is; empty when the money is kept elsewhere."""
    if method in facts.wallet:
        return method if facts.wallet[method].kind in (BALANCE, GIFT_CARD) else ""
    return account_of(facts) if method == BALANCE else ""


def still_paid(facts: Facts) -> Money:
    """What was paid for the order less what went back."""
    found = order(facts)
    return Money(max((found.paid - found.refunded).minor, 0), found.total.currency)


def amount(wish: Wish, facts: Facts) -> Money:
    """What the wish pays back, or will pay back: nothing for those that move no money."""
    found, chosen = order(facts), meant(wish, facts)
    minor = 0
    match wish.verb:
        case Verb.CANCEL_ORDER | Verb.INVOICE:
            return still_paid(facts)
        case Verb.RETURN_ITEMS:
            shipping = wish.reason in FAULTS and is_whole(wish, facts)
            minor = _paid(chosen) + (found.shipping.minor if shipping else 0)
        case Verb.PROTECT_PRICE:
            now = [present(facts, one) for one in chosen]
            minor = _paid(chosen) - sum(one.price.minor for one in now if one)
        case Verb.REPORT:
            minor = _paid(chosen) if wish.details.get("solution") == "refund" else 0
        case Verb.TO_PICKUP:
            minor = found.shipping.minor
        case Verb.CLAIM_FREIGHT:
            return found.freight_insurance.cover if found.freight_insurance else Money(0)
    return Money(minor, found.total.currency)


def reported_worth(wish: Wish, facts: Facts) -> Money:
    """What was paid for the pieces that are reported, whichever way they are settled."""
    return amount(replace(wish, details={**wish.details, "solution": "refund"}), facts)


def _paid(chosen: Collection[Piece]) -> int:
    return sum(one.paid.minor for one in chosen)


def sold_out(wish: Wish, facts: Facts) -> list[str]:
    """What should come and is not in stock: the new items, or the pieces themselves."""
    wanted = [(piece, new or piece.item.sku) for piece, new in pairs(wish, facts)]
    found = [(sku, variant_of(facts, piece, sku)) for piece, sku in wanted]
    return [sku for sku, variant in found if variant is None or not variant.available]


def return_days(wish: Wish, facts: Facts) -> int:
    """The window of the wish's reason."""
    terms = facts.terms
    return terms.fault_return_days if wish.reason in FAULTS else terms.return_days


def report_days(wish: Wish, facts: Facts) -> int:
    """The window of the kind of loss."""
    missing = wish.details.get("kind") == "missing"
    return facts.terms.missing_days if missing else facts.terms.damaged_days


def stalled(order: Order, facts: Facts) -> orders.contracts.Parcel | None:
    """A parcel on its way that has told nothing for too long."""
    if order.status is not Status.SHIPPED:
        return None
    for parcel in order.parcels:
        news = parcel.last_event.at if parcel.last_event else parcel.shipped_at
        underway = parcel.status not in ("delivered", "returned")
        if underway and news and days_since(facts, news) > facts.terms.stalled_days:
            return parcel
    return None
