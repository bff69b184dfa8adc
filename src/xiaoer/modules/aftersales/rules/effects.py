"""What follows from a wish that the policy allows: the change, the money, and their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from xiaoer.kit.money import Money
from xiaoer.modules import orders
from xiaoer.modules.aftersales.contracts import Effects, Facts, Verb, Wish
from xiaoer.modules.aftersales.rules import checks

Change = orders.contracts.Change
Payment = orders.contracts.Payment
_Kind = orders.contracts.ChangeKind
_KINDS = {Verb.RETURN: _Kind.RETURN_REQUESTED, Verb.EXCHANGE: _Kind.EXCHANGE_REQUESTED}


def effects(wish: Wish, facts: Facts, at: datetime, by: str) -> Effects:
    """All that doing it would change. The wish has passed the policy with the same facts."""
    if facts.order is None:
        return Effects()
    match wish.verb:
        case Verb.CANCEL:
            return _cancelled(wish, facts, facts.order, Change(_Kind.CANCELLED, at, by))
        case Verb.READDRESS:
            return Effects(Change(_Kind.READDRESSED, at, by, address=dict(wish.address)))
        case Verb.REPAY:
            return _repaid(wish, facts, facts.order, Change(_Kind.REPAID, at, by))
        case Verb.CHANGE_ITEMS:
            return _items_changed(wish, facts, facts.order, Change(_Kind.ITEMS_CHANGED, at, by))
        case _:
            return _sent_back(wish, facts, facts.order, Change(_KINDS[wish.verb], at, by))


def digest(tenant: Any, wish: Wish, facts: Facts, found: Effects) -> str:
    """SHA-256 over who, what and every effect; any difference makes another one."""
    change = found.change
    whole = {
        "tenant": str(tenant), "customer": str(facts.customer.id), "verb": wish.verb,
        "order": wish.order, "reason": wish.reason, "items": wish.items,
        "new_items": wish.new_items, "method": wish.method, "address": dict(wish.address),
        "asked": dict(wish.details),
        "payments": [[p.kind, p.method, p.amount.minor, p.amount.currency, dict(p.extra)]
                     for p in (change.payments if change else ())],
        "prices": [[s.place, s.old.sku, s.old.price.minor, s.new and s.new.price.minor,
                    s.old.worth.minor, s.new and s.new.worth.minor]
                   for s in (change.swaps if change else ())],
        "details": dict(change.details) if change else {},
        "to": dict(change.address) if change else {},
        "by": change.method if change else "",
        "difference": change.difference.minor if change and change.difference else 0,
        "balances": {method: more.minor for method, more in found.balances.items()},
    }  # fmt: skip
    return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _cancelled(
    wish: Wish, facts: Facts, order: orders.contracts.Order, change: Change
) -> Effects:
    """What is still paid goes back to where it came from, and no more than that."""
    paid = checks.net_paid(order)
    refunds = tuple(Payment(method, amount, "refund", change.at)
                    for method, amount in paid.items())
    balances = {method: amount for method, amount in paid.items()
                if checks.is_gift_card(facts, method)}
    total = Money(sum(amount.minor for amount in paid.values()), order.total.currency)
    return Effects(
        Change(change.kind, change.at, change.by, wish.reason, payments=refunds), balances, total
    )


def _repaid(wish: Wish, facts: Facts, order: orders.contracts.Order, change: Change) -> Effects:
    first = order.payments[0]
    payments = (
        Payment(wish.method, first.amount, "payment", change.at),
        Payment(first.method, first.amount, "refund", change.at),
    )
    moved = {wish.method: first.amount * -1, first.method: first.amount}
    return Effects(
        Change(change.kind, change.at, change.by, method=wish.method, payments=payments),
        {method: more for method, more in moved.items() if checks.is_gift_card(facts, method)},
        first.amount,
    )


def _items_changed(
    wish: Wish, facts: Facts, order: orders.contracts.Order, change: Change
) -> Effects:
    pieces = checks.swaps(wish, facts)
    more = checks.difference(pieces, order.total.currency)
    kind = "payment" if more.minor > 0 else "refund"
    payment = Payment(wish.method, Money(abs(more.minor), more.currency), kind, change.at)
    card = checks.is_gift_card(facts, wish.method)
    return Effects(
        Change(change.kind, change.at, change.by, swaps=pieces, method=wish.method,
               difference=more, payments=(payment,)),
        {wish.method: more * -1} if card and more.minor else {},
        more,
    )  # fmt: skip


def _sent_back(wish: Wish, facts: Facts, order: orders.contracts.Order, change: Change) -> Effects:
    """Money waits until the goods are back: a return says what will be refunded and to where, an
    exchange what will be paid."""
    pieces = checks.swaps(wish, facts)
    more = checks.difference(pieces, order.total.currency) if wish.new_items else None
    return Effects(
        Change(change.kind, change.at, change.by, swaps=pieces, method=wish.method,
               difference=more),
        amount=more if more is not None else worth(pieces, order.total.currency),
    )  # fmt: skip


def worth(pieces: Sequence[orders.contracts.Swap], currency: str) -> Money:
    """What was paid for the pieces together."""
    return Money(sum(piece.old.price.minor for piece in pieces), currency)


def line_of(address: Mapping[str, str]) -> str:
    """An address in one line."""
    return ", ".join(value for value in address.values() if value)
