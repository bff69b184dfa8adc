"""Who the group's customers are, however many names they come under."""

from xiaoer.modules.customers import contracts, errors, events
from xiaoer.modules.customers.rules import mask_identity, mask_phone, masked, normalised
from xiaoer.modules.customers.rules.rows import read_row
from xiaoer.modules.customers.service import (
    change,
    consent,
    consents,
    find,
    get,
    identify,
    identities,
    link,
    load,
    merge,
    merges,
    move_balance,
    page,
    resolve,
    shown,
    undo_merge,
    wallets,
)

__all__ = [
    "change",
    "consent",
    "consents",
    "contracts",
    "errors",
    "events",
    "find",
    "get",
    "identify",
    "identities",
    "link",
    "load",
    "mask_identity",
    "mask_phone",
    "masked",
    "merge",
    "merges",
    "move_balance",
    "normalised",
    "page",
    "read_row",
    "resolve",
    "shown",
    "undo_merge",
    "wallets",
]
