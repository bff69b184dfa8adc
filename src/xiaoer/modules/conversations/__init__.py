"""What is said: conversations, messages, demands, and who owns them."""

from xiaoer.modules.conversations import contracts, errors, events
from xiaoer.modules.conversations.rules import read_parts
from xiaoer.modules.conversations.service import delivering, measuring, reading
from xiaoer.modules.conversations.service.answering import (
    hand_off,
    record_tries,
    reply,
    turn,
    unsolved,
)
from xiaoer.modules.conversations.service.measuring import measure, rekey_demands
from xiaoer.modules.conversations.service.owning import (
    claim,
    claim_next,
    rate,
    release,
    reopen,
    resolve,
    say,
    transfer,
)
from xiaoer.modules.conversations.service.reading import get, seen
from xiaoer.modules.conversations.service.receiving import receive

__all__ = [
    "claim",
    "claim_next",
    "contracts",
    "delivering",
    "errors",
    "events",
    "get",
    "hand_off",
    "measure",
    "measuring",
    "rate",
    "read_parts",
    "reading",
    "receive",
    "record_tries",
    "rekey_demands",
    "release",
    "reopen",
    "reply",
    "resolve",
    "say",
    "seen",
    "transfer",
    "turn",
    "unsolved",
]
