"""What can be done after a sale: proposed, checked against the policy, confirmed, done once."""

from xiaoer.modules.aftersales import contracts, errors, events
from xiaoer.modules.aftersales.rules.policy import (
    GENERAL,
    NOT_CONFIRMED,
    NOT_FOUND,
    POLICIES,
    REASONS,
    UNAUTHENTICATED,
)
from xiaoer.modules.aftersales.rules.shop import SHOP_POLICIES
from xiaoer.modules.aftersales.rules.shop_checks import REASONS as SHOP_REASONS
from xiaoer.modules.aftersales.rules.shop_published import published
from xiaoer.modules.aftersales.service import (
    cases,
    confirm,
    grant,
    propose,
    record,
    set_terms,
    terms,
    trail,
    withdraw,
)

__all__ = [
    "GENERAL",
    "NOT_CONFIRMED",
    "NOT_FOUND",
    "POLICIES",
    "REASONS",
    "SHOP_POLICIES",
    "SHOP_REASONS",
    "UNAUTHENTICATED",
    "cases",
    "confirm",
    "contracts",
    "errors",
    "events",
    "grant",
    "propose",
    "published",
    "record",
    "set_terms",
    "terms",
    "trail",
    "withdraw",
]
