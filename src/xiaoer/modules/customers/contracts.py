"""The nouns of a customer that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from xiaoer.kit.money import Money

CustomerId = NewType("CustomerId", UUID)
MergeId = NewType("MergeId", UUID)


class IdentityKind(StrEnum):
    """By what a customer is known.

    ``MEMBER_NO`` and ``EXTERNAL`` are known ids: a customer has at most one of each, and two
    customers whose known ids differ are two people.
    """

    MEMBER_NO = "member_no"
    EXTERNAL = "external"
    PHONE = "phone"
    EMAIL = "email"
    OPENID = "openid"
    VISITOR = "visitor"


class Kind(StrEnum):
    """In which role a customer meets the group."""

    SHOPPER = "shopper"
    VIP = "vip"
    DISTRIBUTOR = "distributor"
    AGENT = "agent"
    SUPPLIER = "supplier"


class Purpose(StrEnum):
    """What a customer may consent to."""

    MARKETING = "marketing"
    MEMORY = "memory"
    ANALYTICS = "analytics"


@dataclass(frozen=True, slots=True)
class Identity:
    """One name under which a customer is known; ``value`` is normalised by the room."""

    kind: IdentityKind
    value: str

    def __hash__(self) -> int:
        """By the value alone: loads hash millions of these, and hashing an enum is slow."""
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Customer:
    """One person (or company), however many identities they have.

    ``phone`` and ``email`` are whole; whoever shows them masks them with ``masked``.
    ``absorbed`` are the ids of customers merged into this one: their orders and conversations
    keep those ids, so that a merge can be undone.
    """

    id: CustomerId
    version: int
    unit_path: str
    name: str
    kind: Kind
    level: str
    points: int
    member_no: str
    phone: str
    phone_last4: str
    email: str
    language: str
    gender: str
    birthday: date | None
    city: str
    address: Mapping[str, str]
    company: str
    joined_at: datetime
    consents: frozenset[str]
    absorbed: tuple[CustomerId, ...]
    extra: Mapping[str, Any]
    updated_at: datetime

    @property
    def every_id(self) -> tuple[CustomerId, ...]:
        """This customer's id and those it absorbed, for looking up what hangs on any of them."""
        return (self.id, *self.absorbed)


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How a customer can pay or be paid back; ``id`` is the shop's own.

    ``balance`` is what a gift card still holds; other methods have none.
    """

    id: str
    kind: str
    balance: Money | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is known of a customer who may be new: from an import, a token or a sign-up.

    ``address`` has the keys of the shop's own form; one written as a line is ``{"text": line}``.
    Empty fields never overwrite what is known already; a new customer then starts as a shopper
    of the level ``basic`` without points. ``wallet`` replaces all payment methods; nothing leaves
    them as they are.
    """

    identities: tuple[Identity, ...]
    name: str = ""
    kind: Kind | None = None
    level: str = ""
    points: int | None = None
    unit_path: str = ""
    language: str = ""
    gender: str = ""
    birthday: date | None = None
    city: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    company: str = ""
    joined_at: datetime | None = None
    consents: frozenset[str] = frozenset()
    extra: Mapping[str, Any] = field(default_factory=dict)
    wallet: tuple[PaymentMethod, ...] | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row of a load whose identity belongs to somebody else; the identity was left there.

    ``place`` counts the rows of the load from 0.
    """

    place: int
    identity: Identity


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. ``ids`` are in the order of the rows."""

    ids: tuple[CustomerId, ...]
    created: int
    updated: int
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records that proved to be one person, and whether that was taken back."""

    id: MergeId
    kept: CustomerId
    absorbed: CustomerId
    by: str
    reason: str
    at: datetime
    undone_at: datetime | None = None
    absorbed_name: str = ""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One yes or no of a customer, with where it was said."""

    purpose: Purpose
    granted: bool
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Search:
    """Which customers a list shows: by name, phone or its last digits, member number, e-mail."""

    text: str = ""
    kind: str = ""
    level: str = ""
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search text can mean: exact identities, the end of a phone number, or a name."""

    identities: tuple[Identity, ...]
    digits: str
    name: str
