"""Where customers looked: the denominators of every rate."""

from xiaoer.modules.visits import contracts
from xiaoer.modules.visits.service import (
    daily,
    denominator,
    forget,
    rate,
    record,
    roll_up,
)

__all__ = [
    "contracts",
    "daily",
    "denominator",
    "forget",
    "rate",
    "record",
    "roll_up",
]
