"""What the clauses of the policy look at. Each is true when the wish may pass; those further down
a policy may rely on those above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from xiaoer.kit.money import Money
from xiaoer.modules import catalog, orders
from xiaoer.modules.aftersales.contracts import Facts, Wish

GIFT_CARD = "gift_card"
NEEDED = ("address1", "city", "country", "zip")
_Status = orders.contracts.Status
_Kind = orders.contracts.ChangeKind


def is_pending(_wish: Wish, facts: Facts) -> bool:
    """Paid or waiting for payment, and nothing packed yet."""
    return _order(facts).status in (_Status.PAID, _Status.UNPAID)


def is_unmodified(_wish: Wish, facts: Facts) -> bool:
    """The items have not been modified before."""
    return not _order(facts).was(_Kind.ITEMS_CHANGED)


def is_delivered(_wish: Wish, facts: Facts) -> bool:
    """Delivered, and neither returned nor exchanged since."""
    return _order(facts).status is _Status.DELIVERED


def reason_in(reasons: Sequence[str]) -> Callable[[Wish, Facts], bool]:
    """The reason is one of those accepted."""
    return lambda wish, _facts: wish.reason in reasons


def address_complete(wish: Wish, _facts: Facts) -> bool:
    """A parcel could be sent there."""
    return all(wish.address.get(name, "").strip() for name in NEEDED)


def method_known(wish: Wish, facts: Facts) -> bool:
    """The customer has this payment method, or has paid this order with it."""
    return wish.method in facts.wallet or wish.method in net_paid(_order(facts))


def paid_once(_wish: Wish, facts: Facts) -> bool:
    """One payment, and nothing refunded or paid anew."""
    return [payment.kind for payment in _order(facts).payments] == ["payment"]


def method_differs(wish: Wish, facts: Facts) -> bool:
    """Not the one that the order was paid with."""
    return _order(facts).payments[0].method != wish.method


def card_covers_total(wish: Wish, facts: Facts) -> bool:
    """A gift card holds what was paid; other methods have no limit that we know."""
    return _covers(wish, facts, _order(facts).payments[0].amount)


def card_covers_difference(wish: Wish, facts: Facts) -> bool:
    """A gift card holds what the new items cost more."""
    return _covers(wish, facts, difference(swaps(wish, facts), _order(facts).total.currency))


def names_items(wish: Wish, _facts: Facts) -> bool:
    """At least one item."""
    return bool(wish.items)


def pairs_match(wish: Wish, _facts: Facts) -> bool:
    """As many new items as items."""
    return len(wish.items) == len(wish.new_items)


def items_in_order(wish: Wish, facts: Facts) -> bool:
    """Each item as often as it was bought, at most."""
    bought: Counter[str] = Counter()
    for item in _order(facts).items:
        bought[item.sku] += item.quantity
    return not Counter(wish.items) - bought


def same_product(wish: Wish, facts: Facts) -> bool:
    """Each new item is a variant of the product that it replaces."""
    return all(_variant(facts, line, sku) is not None for line, sku in _wanted(wish, facts))


def different_item(wish: Wish, _facts: Facts) -> bool:
    """Each new item differs from the one that it replaces."""
    return all(old != new for old, new in zip(wish.items, wish.new_items, strict=True))


def available(wish: Wish, facts: Facts) -> bool:
    """Each new item can be had."""
    found = [_variant(facts, line, sku) for line, sku in _wanted(wish, facts)]
    return all(variant is not None and variant.available for variant in found)


def original_or_gift_card(wish: Wish, facts: Facts) -> bool:
    """Money goes back to where it came from, or onto a gift card."""
    return is_gift_card(facts, wish.method) or wish.method in net_paid(_order(facts))


def is_gift_card(facts: Facts, method: str) -> bool:
    """Whether this payment method of the customer is a gift card."""
    return method in facts.wallet and facts.wallet[method].kind == GIFT_CARD


def net_paid(order: orders.contracts.Order) -> dict[str, Money]:
    """What is still paid with which method, in the order of the payments: refunds taken off."""
    left: dict[str, Money] = {}
    for payment in order.payments:
        signed = payment.amount if payment.kind == "payment" else payment.amount * -1
        left[payment.method] = left.get(payment.method, Money(0, signed.currency)) + signed
    return {method: amount for method, amount in left.items() if amount.minor > 0}


def swaps(wish: Wish, facts: Facts) -> tuple[orders.contracts.Swap, ...]:
    """The pieces that the wish is about, each at its line, with what comes instead."""
    lines = _lines(wish, facts)
    if not wish.new_items:
        return tuple(orders.contracts.Swap(place, item) for place, item in lines)
    return tuple(
        orders.contracts.Swap(place, item, _as_item(item, _variant(facts, item, sku)))
        for (place, item), sku in zip(lines, wish.new_items, strict=True)
    )


def difference(pieces: Sequence[orders.contracts.Swap], currency: str) -> Money:
    """What the new items cost more than the old ones; negative when they cost less."""
    more = [(piece.new.price - piece.old.price).minor for piece in pieces if piece.new]
    return Money(sum(more), currency)


def _covers(wish: Wish, facts: Facts, amount: Money) -> bool:
    if not is_gift_card(facts, wish.method):
        return True
    balance = facts.wallet[wish.method].balance
    return balance is not None and balance.minor >= amount.minor


def _wanted(wish: Wish, facts: Facts) -> list[tuple[orders.contracts.Item, str]]:
    lines = [item for _, item in _lines(wish, facts)]
    return list(zip(lines, wish.new_items, strict=True))


def _lines(wish: Wish, facts: Facts) -> list[tuple[int, orders.contracts.Item]]:
    """Each named piece with its line; two of one SKU are on two lines, or on one with a quantity."""
    left = [(place, replace(item, quantity=1)) for place, item in enumerate(_order(facts).items)
            for _ in range(item.quantity)]
    found = []
    for sku in wish.items:
        one = next(pair for pair in left if pair[1].sku == sku)
        left.remove(one)
        found.append(one)
    return found


def _variant(
    facts: Facts, line: orders.contracts.Item, sku: str
) -> catalog.contracts.Variant | None:
    product = facts.products.get(line.product)
    variants = product.variants if product else ()
    return next((one for one in variants if one.sku == sku), None)


def _as_item(
    line: orders.contracts.Item, variant: catalog.contracts.Variant | None
) -> orders.contracts.Item:
    assert variant is not None, "the clause same_product stands before"
    return orders.contracts.Item(
        variant.sku, line.title, 1, variant.price, product=line.product,
        variant=variant.label, picture=line.picture, options=variant.options,
    )


def _order(facts: Facts) -> orders.contracts.Order:
    assert facts.order is not None, "the wish names an order"
    return facts.order
