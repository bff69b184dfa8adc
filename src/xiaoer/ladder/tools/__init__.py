"""Tools with the policy of the room that owns the thing: propose, check, explicit yes, do, audit.

A model or a flow receives the specifications and can only propose. What is proposed is checked
in code, told to the customer, done after a yes to exactly that, once, and leaves an audit line.
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
    Seen,
    Session,
    ToolSpec,
    Used,
    Yes,
)
from xiaoer.ladder.tools.lookups import profile
from xiaoer.ladder.tools.specs import BY_NAME, SPECS
from xiaoer.ladder.tools.using import confirm, use

__all__ = [
    "BY_NAME",
    "SPECS",
    "Done",
    "Effect",
    "Found",
    "HandOff",
    "Outcome",
    "Profile",
    "Proposal",
    "Refused",
    "Seen",
    "Session",
    "ToolSpec",
    "Used",
    "Yes",
    "confirm",
    "profile",
    "use",
]
