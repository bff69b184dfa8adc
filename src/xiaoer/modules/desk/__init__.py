"""Where agents work: presence, claiming, macros, suggestions."""

from xiaoer.modules.desk import contracts, errors
from xiaoer.modules.desk.service import (
    add_macro,
    arrive,
    change_macro,
    claim,
    claim_next,
    colleagues,
    drop_macro,
    is_staffed,
    macros,
    set_capacity,
    set_presence,
    suggestions,
    transfer,
)

__all__ = [
    "add_macro",
    "arrive",
    "change_macro",
    "claim",
    "claim_next",
    "colleagues",
    "contracts",
    "drop_macro",
    "errors",
    "is_staffed",
    "macros",
    "set_capacity",
    "set_presence",
    "suggestions",
    "transfer",
]
