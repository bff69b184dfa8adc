"""What can be done after a sale: proposed, checked against the policy, confirmed, done once."""

from xiaoer.modules.aftersales import contracts, events
from xiaoer.modules.aftersales.rules.policy import (
    GENERAL,
    NOT_CONFIRMED,
    NOT_FOUND,
    POLICIES,
    REASONS,
    UNAUTHENTICATED,
)
from xiaoer.modules.aftersales.service import (
    cases,
    confirm,
    grant,
    propose,
    record,
    trail,
    withdraw,
)

__all__ = [
    "GENERAL",
    "NOT_CONFIRMED",
    "NOT_FOUND",
    "POLICIES",
    "REASONS",
    "UNAUTHENTICATED",
    "cases",
    "confirm",
    "contracts",
    "events",
    "grant",
    "propose",
    "record",
    "trail",
    "withdraw",
]
