"""The nouns of the room: what a customer may ask for, what it would do, and the yes that binds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.money import Money
from xiaoer.modules import catalog, customers, orders

ProposalId = NewType("ProposalId", UUID)
CaseId = NewType("CaseId", UUID)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Verb(StrEnum):
    """What can be done after a sale; the values are the names of the tools."""

    CANCEL = "cancel_pending_order"
    READDRESS = "modify_pending_order_address"
    REPAY = "modify_pending_order_payment"
    CHANGE_ITEMS = "modify_pending_order_items"
    RETURN = "return_delivered_order_items"
    EXCHANGE = "exchange_delivered_order_items"
    MOVE_HOME = "modify_user_address"
    URGE = "urge_dispatch"
    CHANGE_ADDRESS = "change_address"
    CANCEL_ORDER = "cancel_order"
    RETURN_ITEMS = "return_items"
    EXCHANGE_ITEMS = "exchange_items"
    REPORT = "report_missing_or_damaged"
    PROTECT_PRICE = "price_protect"
    CLAIM_FREIGHT = "claim_freight_insurance"
    INVOICE = "issue_invoice"
    TO_PICKUP = "change_to_pickup"


SHOP_VERBS = frozenset({
    Verb.URGE, Verb.CHANGE_ADDRESS, Verb.CANCEL_ORDER, Verb.RETURN_ITEMS, Verb.EXCHANGE_ITEMS,
    Verb.REPORT, Verb.PROTECT_PRICE, Verb.CLAIM_FREIGHT, Verb.INVOICE, Verb.TO_PICKUP,
})  # fmt: skip
"""The ten deeds of Chinese retail; the others are those of the published τ-bench domain."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of the shop's policy. Days are calendar days of Shanghai, counted from the
    signing unless said otherwise; amounts are in fen.

    ``stalled_days``: a parcel without news for longer needs a person. ``fault_return_days``: the
    window when the shop is at fault. A ``limit`` is the most that is settled without a person.
    """

    urge_after_hours: int = 24
    urge_again_hours: int = 24
    address_changes: int = 1
    stalled_days: int = 5
    return_days: int = 7
    fault_return_days: int = 15
    return_limit: int = 300_000
    exchange_days: int = 15
    protect_days: int = 15
    protect_limit: int = 30_000
    freight_days: int = 15
    invoice_days: int = 90
    missing_days: int = 7
    damaged_days: int = 3
    report_limit: int = 50_000


@dataclass(frozen=True, slots=True)
class KeptTerms:
    """The terms of a group with the version to change them by; 0 while they are as published."""

    terms: Terms
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Capability:
    """What may be done for one customer: these verbs on these orders (by number), until then.

    It is granted by :func:`grant` after the customer is known, names nothing of anybody else, and
    is looked at again when the deed is done.
    """

    customer_id: UUID
    verbs: frozenset[Verb]
    orders: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, typed. ``items`` and ``new_items`` are SKUs, pairwise where both count.

    ``details`` are further arguments of a verb by the names of its tool: ``refund_to``; ``kind``
    and ``solution``; ``type``, ``title``, ``tax_number`` and ``email``; ``store_id``.
    """

    verb: Verb
    order: str = ""
    reason: str = ""
    items: tuple[str, ...] = ()
    new_items: tuple[str, ...] = ()
    method: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision may look at. ``products`` are those of the order's lines, by code;
    ``stores`` those that a pickup can be moved to, by code. ``now`` is when it is decided."""

    customer: customers.contracts.Customer
    wallet: Mapping[str, customers.contracts.PaymentMethod]
    order: orders.contracts.Order | None = None
    products: Mapping[str, catalog.contracts.Product] = field(default_factory=dict)
    stores: Mapping[str, catalog.contracts.Store] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    now: datetime = LONG_AGO


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows from a wish: the change of the order, and what each gift card gains or gives."""

    change: orders.contracts.Change | None = None
    balances: Mapping[str, Money] = field(default_factory=dict)
    amount: Money | None = None


class State(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that is allowed and waits for the customer's yes.

    ``digest`` stands for the exact change: who, which order, which items, prices and payments.
    ``zh`` and ``en`` say it to the customer.
    """

    id: ProposalId
    customer_id: UUID
    wish: Wish
    digest: str
    proposed_at: datetime
    expires_at: datetime
    state: State = State.OPEN
    zh: str = ""
    en: str = ""

    def sentence(self, locale: str) -> str:
        """What the customer is asked to say yes to."""
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Yes:
    """The customer's explicit yes to one exact change."""

    proposal_id: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: a code for the log, a sentence for the customer.

    ``clause`` is the number of the published clause, such as ``7.2``; empty where none has one.
    ``to_person``: nothing the customer could still say changes it, a person has to do it.
    """

    code: str
    zh: str
    en: str
    clause: str = ""
    to_person: bool = False

    def sentence(self, locale: str) -> str:
        """What the customer is told."""
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Done:
    """A deed that was done; ``again`` when this yes had been said before and nothing happened now.

    ``order`` (or ``customer``, for an address of theirs) is as it stands afterwards. ``zh`` and
    ``en`` tell the customer what was done and what comes next.
    """

    proposal_id: ProposalId
    verb: Verb
    order: orders.contracts.Order | None = None
    customer: customers.contracts.Customer | None = None
    again: bool = False
    zh: str = ""
    en: str = ""

    def sentence(self, locale: str) -> str:
        """What the customer is told."""
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class AftersalesCase:
    """An after-sales case: what was done or asked for, and what it comes to.

    ``status`` is ``settled`` when nothing is left to do, ``requested`` while goods come back.
    """

    id: CaseId
    proposal_id: ProposalId
    customer_id: UUID
    order_number: str
    verb: Verb
    status: str
    items: tuple[str, ...]
    amount: Money
    method: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of who tried what, and what came of it.

    ``outcome`` is ``proposed``, ``refused``, ``done``, ``repeated``, ``withdrawn``, ``told`` or
    ``changed`` (of the terms).
    """

    verb: str
    outcome: str
    customer_id: UUID | None = None
    order_number: str = ""
    code: str = ""
    proposal_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    at: datetime | None = None
