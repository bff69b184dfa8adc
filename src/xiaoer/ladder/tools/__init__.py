"""Tools with the policy of the room that owns the thing: propose, check, explicit yes, do, audit.

A model or a flow receives the specifications and can only propose. What is proposed is checked
in code, told to the customer, done after a yes to exactly that, once, and leaves an audit line.

There are two sets: ``SPECS`` of the published τ-bench retail domain, and ``SHOP_SPECS`` of a
Chinese shop. A session says which names are offered in it.
"""

from xiaoer.ladder.tools.contracts import (
    Done,
    Effect,
    Found,
    HandOff,
    Outcome,
    Profile,
    Proposal,
    Refused,
    Rules,
    Seen,
    Session,
    ToolSpec,
    Used,
    Yes,
)
from xiaoer.ladder.tools.lookups import profile
from xiaoer.ladder.tools.shop_specs import SHOP_SPECS
from xiaoer.ladder.tools.specs import BY_NAME, SHOP_TOOLS, SPECS, TAU_TOOLS
from xiaoer.ladder.tools.using import Verb, confirm, use, withdraw

__all__ = [
    "BY_NAME",
    "SHOP_SPECS",
    "SHOP_TOOLS",
    "SPECS",
    "TAU_TOOLS",
    "Done",
    "Effect",
    "Found",
    "HandOff",
    "Outcome",
    "Profile",
    "Proposal",
    "Refused",
    "Rules",
    "Seen",
    "Session",
    "ToolSpec",
    "Used",
    "Verb",
    "Yes",
    "confirm",
    "profile",
    "use",
    "withdraw",
]
