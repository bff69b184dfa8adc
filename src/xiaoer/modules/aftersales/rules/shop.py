"""The policy of the ten deeds of Chinese retail, as data: for each the clauses that must hold, in
the order in which they are looked at.

The first that does not hold is told. First comes what the customer can least argue with (whose
order, its status), then what they could say differently, last what only a person can go on from;
a parcel that stands still comes before all, because every other answer would be beside the point.
"""

from __future__ import annotations

from collections.abc import Mapping

from xiaoer.modules.aftersales.contracts import Facts, Refused, Verb, Wish
from xiaoer.modules.aftersales.rules import shop_after as after
from xiaoer.modules.aftersales.rules import shop_clauses as any_time
from xiaoer.modules.aftersales.rules.shop_clauses import ShopClause

SHOP_POLICIES: Mapping[Verb, tuple[ShopClause, ...]] = {
    Verb.URGE: (
        any_time.URGE_PENDING, any_time.URGE_EXPRESS, any_time.URGE_PRESALE, any_time.URGE_LATER,
        any_time.URGE_AGAIN,
    ),
    Verb.CHANGE_ADDRESS: (
        any_time.ADDRESS_PICKUP, any_time.ADDRESS_PENDING, any_time.ADDRESS_ONCE,
        any_time.ADDRESS_MAINLAND, any_time.ADDRESS_WHOLE, any_time.ADDRESS_PHONE,
    ),
    Verb.CANCEL_ORDER: (
        any_time.MOVING, any_time.CANCEL_STATUS, any_time.CANCEL_REASON, any_time.ARRIVES,
    ),
    Verb.RETURN_ITEMS: (
        any_time.MOVING, any_time.ONCE, after.RETURN_DELIVERED, any_time.bought("7.5"),
        after.RETURN_REPORTED, after.RETURN_REASON, after.RETURN_SIGNED, after.RETURN_DAYS,
        after.RETURN_CLASS, after.RETURN_TO, any_time.STILL_PAID, after.RETURN_ACCOUNT,
        after.RETURN_LIMIT,
    ),
    Verb.EXCHANGE_ITEMS: (
        any_time.ONCE, after.EXCHANGE_DELIVERED, any_time.bought("8.6"), after.EXCHANGE_REPORTED,
        after.EXCHANGE_REASON, after.EXCHANGE_SIGNED, after.EXCHANGE_DAYS, after.EXCHANGE_CLASS,
        after.EXCHANGE_PAIRS, after.EXCHANGE_PRODUCT, after.EXCHANGE_OTHER, after.EXCHANGE_STOCK,
    ),
    Verb.REPORT: (
        any_time.MOVING, after.REPORT_DELIVERED, any_time.bought("13.3"), after.REPORT_ONCE,
        after.REPORT_KIND, after.REPORT_SIGNED, after.REPORT_DAYS, after.REPORT_SOLUTION,
        after.REPORT_STOCK, any_time.STILL_PAID, after.REPORT_CAME, after.REPORT_LIMIT,
        any_time.ARRIVES,
    ),
    Verb.PROTECT_PRICE: (
        any_time.PROTECT_STATUS, any_time.bought("2.9"), any_time.PROTECT_DAYS, any_time.PROTECT_ONCE,
        any_time.PROTECT_REFUNDED, any_time.PROTECT_FALLEN, any_time.PROTECT_FLASH,
        any_time.STILL_PAID, any_time.PROTECT_LIMIT, any_time.ARRIVES,
    ),
    Verb.CLAIM_FREIGHT: (
        after.FREIGHT_INSURED, after.FREIGHT_ONCE, after.FREIGHT_RETURNING, after.FREIGHT_BUYER,
        after.FREIGHT_MAILED, after.FREIGHT_DAYS, after.FREIGHT_ACCOUNT,
    ),
    Verb.INVOICE: (
        after.INVOICE_DELIVERED, after.INVOICE_SIGNED, after.INVOICE_DAYS, after.INVOICE_ONCE,
        after.INVOICE_TYPE, after.INVOICE_OWN_NAME, after.INVOICE_COMPANY, after.INVOICE_EMAIL,
        after.INVOICE_AMOUNT,
    ),
    Verb.TO_PICKUP: (
        any_time.PICKUP_PENDING, any_time.PICKUP_EXPRESS, any_time.PICKUP_PRESALE,
        any_time.PICKUP_BULKY, any_time.PICKUP_STORE, any_time.PICKUP_CITY, any_time.STILL_PAID,
        any_time.ARRIVES,
    ),
}  # fmt: skip


def check(wish: Wish, facts: Facts) -> Refused | None:
    """The refusal of the first clause that does not hold, or nothing."""
    for clause in SHOP_POLICIES[wish.verb]:
        if not clause.holds(wish, facts):
            return clause.refusal(wish, facts)
    return None
