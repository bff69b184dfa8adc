"""Ways in and out: accounts, visitors and their sessions, proof of identity, files, hooks."""

from xiaoer.modules.channels import contracts, errors, events
from xiaoer.modules.channels.service.accounts import (
    account,
    accounts,
    change_account,
    find,
    open_account,
    retire_secret,
    rotate_secret,
)
from xiaoer.modules.channels.service.hooks import hear
from xiaoer.modules.channels.service.hours import hours
from xiaoer.modules.channels.service.proving import ask_code, prove_code, prove_order
from xiaoer.modules.channels.service.sessions import (
    begin,
    check_origin,
    customer_token,
    shopper,
)
from xiaoer.modules.channels.service.talking import (
    accept,
    ask_person,
    history,
    leave_message,
    rate,
    unsolved,
)

__all__ = [
    "accept",
    "account",
    "accounts",
    "ask_code",
    "ask_person",
    "begin",
    "change_account",
    "check_origin",
    "contracts",
    "customer_token",
    "errors",
    "events",
    "find",
    "hear",
    "history",
    "hours",
    "leave_message",
    "open_account",
    "prove_code",
    "prove_order",
    "rate",
    "retire_secret",
    "rotate_secret",
    "shopper",
    "unsolved",
]
