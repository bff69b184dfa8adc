"""What a model or a flow sees of the tools: frozen specifications, and outcomes that are types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from xiaoer.modules import aftersales, catalog, customers, orders
from xiaoer.ports.ctx import Shopper

Proposal = aftersales.contracts.Proposal
Done = aftersales.contracts.Done
Refused = aftersales.contracts.Refused
Yes = aftersales.contracts.Yes


class Effect(StrEnum):
    """What using a tool can do. A ``DEED`` is only proposed; it takes a yes to be done."""

    IDENTIFY = "identify"
    READ = "read"
    DEED = "deed"
    NOTHING = "nothing"
    HAND_OFF = "hand_off"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool by name, with a JSON schema of its arguments. It carries nothing that can be called.

    ``listed`` is false for a tool that is understood but not offered.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    effect: Effect
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """Whom the tools may serve: nobody yet, or one customer who is known, and never another.

    ``offered`` are the names of the tools that may be used here; nothing stands for all.
    ``misses`` counts the identities that did not fit.
    """

    visitor_id: UUID
    account_id: UUID
    customer_id: UUID | None = None
    offered: frozenset[str] | None = None
    misses: int = 0

    def shopper(self) -> Shopper:
        """The actor on whose behalf the tools are used."""
        proven = self.customer_id is not None
        return Shopper(self.visitor_id, self.account_id, self.customer_id, proven)


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer with how they pay and the numbers of their orders."""

    customer: customers.contracts.Customer
    wallet: tuple[customers.contracts.PaymentMethod, ...]
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Clauses of the published policy by number, in Chinese and English."""

    clauses: Mapping[str, tuple[str, str]]


Seen: TypeAlias = (
    str
    | Mapping[str, str]
    | Profile
    | Rules
    | tuple[orders.contracts.Order, ...]
    | tuple[orders.contracts.Parcel, ...]
    | tuple[catalog.contracts.Product, ...]
    | tuple[catalog.contracts.Store, ...]
    | orders.contracts.Order
    | catalog.contracts.Product
    | catalog.contracts.Variant
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up saw."""

    value: Seen


@dataclass(frozen=True, slots=True)
class HandOff:
    """The conversation goes to a person, with this summary; ``clause`` says by which rule."""

    summary: str
    clause: str = ""


Outcome: TypeAlias = Found | Proposal | HandOff | Refused


@dataclass(frozen=True, slots=True)
class Used:
    """The outcome of one use, and the session to go on with."""

    outcome: Outcome
    session: Session
