"""What follows from a wish that the shop's policy allows: the change of the order, and the money.

Money is paid back through ``refund``: as payments of kind ``refund`` that say what for, at most
what is still paid with each method; what goes to a balance moves there in the same commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from xiaoer.kit.money import Money
from xiaoer.modules import orders
from xiaoer.modules.aftersales.contracts import Effects, Facts, Verb, Wish
from xiaoer.modules.aftersales.rules import shop_checks as checks
from xiaoer.modules.aftersales.rules import shop_facts as seen
from xiaoer.modules.aftersales.rules.checks import net_paid
from xiaoer.modules.aftersales.rules.shop_spoken import original

Change = orders.contracts.Change
Kind = orders.contracts.ChangeKind
Payment = orders.contracts.Payment
Swap = orders.contracts.Swap
Piece = orders.contracts.Piece
FOR = "for"
"""Under this key of a payment's ``extra`` stands what a refund was for."""


def effects(wish: Wish, facts: Facts, by: str) -> Effects:
    """All that doing it would change. The wish has passed the policy with the same facts."""
    match wish.verb:
        case Verb.URGE:
            return _only(_change(Kind.URGED, facts, by, details={"priority": "high"}))
        case Verb.CHANGE_ADDRESS:
            return _only(_change(Kind.READDRESSED, facts, by, address=_moved(wish, facts)))
        case Verb.CANCEL_ORDER:
            change = _change(Kind.CANCELLED, facts, by, reason=wish.reason)
            return _refunded(wish, facts, change, "cancel")
        case Verb.TO_PICKUP:
            told = {"store": wish.details["store_id"]}
            change = _change(Kind.TO_PICKUP, facts, by, details=told)
            return _refunded(wish, facts, change, "shipping")
        case Verb.PROTECT_PRICE:
            change = _change(Kind.PRICE_PROTECTED, facts, by, swaps=_repriced(wish, facts))
            return _refunded(wish, facts, change, "price_protect")
        case Verb.REPORT:
            return _reported(wish, facts, by)
        case Verb.CLAIM_FREIGHT:
            cover = seen.amount(wish, facts)
            change = _change(Kind.FREIGHT_CLAIMED, facts, by, details={"amount": cover.minor})
            return Effects(change, {seen.account_of(facts): cover}, cover)
        case Verb.INVOICE:
            return _invoiced(wish, facts, by)
        case Verb.RETURN_ITEMS:
            return _returned(wish, facts, by)
        case _:
            return _exchanged(wish, facts, by)


def _moved(wish: Wish, facts: Facts) -> dict[str, str]:
    """The new place, for whom it was unless that changes too; an address that was one line goes."""
    found = seen.order(facts)
    who = {"receiver": found.recipient, "phone": found.phone}
    known = {name: text for name, text in found.address.items() if name != "text" and text}
    return {**{name: text for name, text in who.items() if text}, **known,
            **checks.tidy(dict(wish.address))}  # fmt: skip


def refund(
    facts: Facts, amount: Money, why: str
) -> tuple[tuple[Payment, ...], dict[str, Money]]:
    """The payments that bring an amount back to how the order was paid, in that order, and what
    each balance of ours gains by them."""
    payments: list[Payment] = []
    balances: dict[str, Money] = {}
    left = amount.minor
    for method, paid in net_paid(seen.order(facts)).items():
        part = Money(min(paid.minor, left), paid.currency)
        if part.minor:
            payments.append(Payment(method, part, "refund", facts.now, {FOR: why}))
            if account := seen.holder(facts, method):
                balances[account] = balances.get(account, Money(0, part.currency)) + part
        left -= part.minor
    return tuple(payments), balances


def _change(kind: Kind, facts: Facts, by: str, **more: Any) -> Change:
    return Change(kind, facts.now, by, **more)


def _only(change: Change) -> Effects:
    return Effects(change)


def _refunded(wish: Wish, facts: Facts, change: Change, why: str) -> Effects:
    amount = seen.amount(wish, facts)
    payments, balances = refund(facts, amount, why)
    return Effects(replace(change, payments=payments), balances, amount)


def _repriced(wish: Wish, facts: Facts) -> tuple[Swap, ...]:
    found = []
    for one in seen.meant(wish, facts):
        now = seen.present(facts, one)
        assert now is not None, "the clause 10.2 stands before"
        found.append(Swap(one.place, _as_paid(one), replace(one.item, paid=now.price)))
    return tuple(found)


def _reported(wish: Wish, facts: Facts, by: str) -> Effects:
    told = {"kind": wish.details["kind"], "solution": wish.details["solution"],
            "amount": seen.amount(wish, facts).minor}  # fmt: skip
    pieces = _going(seen.meant(wish, facts))
    return _refunded(
        wish, facts, _change(Kind.REPORTED, facts, by, swaps=pieces, details=told), "report"
    )


def _invoiced(wish: Wish, facts: Facts, by: str) -> Effects:
    amount, given = seen.amount(wish, facts), wish.details
    told = {
        "type": given["type"], "title": given["title"].strip(),
        "tax_number": given.get("tax_number") or None,
        "email": given.get("email") or facts.customer.email, "amount": amount.minor,
    }  # fmt: skip
    return Effects(_change(Kind.INVOICED, facts, by, details=told), amount=amount)


def _returned(wish: Wish, facts: Facts, by: str) -> Effects:
    """The refund waits until the goods are back and checked."""
    amount, to = seen.amount(wish, facts), wish.details["refund_to"]
    told = {"refund_to": to, "refund": amount.minor,
            "shipping_by": "seller" if wish.reason in seen.FAULTS else "buyer"}  # fmt: skip
    method = seen.account_of(facts) if to == seen.BALANCE else original(facts)
    change = _change(Kind.RETURN_REQUESTED, facts, by, reason=wish.reason, method=method,
                     swaps=_going(seen.meant(wish, facts)), details=told)  # fmt: skip
    return Effects(change, amount=amount)


def _exchanged(wish: Wish, facts: Facts, by: str) -> Effects:
    """The difference waits until the goods are back."""
    found, minor = [], 0
    for one, sku in seen.pairs(wish, facts):
        now = seen.variant_of(facts, one, sku)
        assert now is not None, "the clause 8.3 stands before"
        new = orders.contracts.Item(now.sku, one.item.title, 1, now.price, one.item.product,
                                    now.label, one.item.picture, now.options)  # fmt: skip
        found.append(Swap(one.place, _as_paid(one), new))
        minor += now.price.minor - one.paid.minor
    more = Money(minor, seen.order(facts).total.currency)
    change = _change(Kind.EXCHANGE_REQUESTED, facts, by, reason=wish.reason, swaps=tuple(found),
                     method=original(facts), difference=more)  # fmt: skip
    return Effects(change, amount=more)


def _going(pieces: Iterable[Piece]) -> tuple[Swap, ...]:
    return tuple(Swap(one.place, _as_paid(one)) for one in pieces)


def _as_paid(piece: Piece) -> orders.contracts.Item:
    return replace(piece.item, paid=piece.paid)
