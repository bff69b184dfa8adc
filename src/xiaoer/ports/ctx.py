"""What every verb is given first: who acts, where, in which transaction, with which ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from xiaoer.kit.ids import MemberId, TenantId, uuid7
from xiaoer.kit.memo import Memo
from xiaoer.kit.problem import Forbidden
from xiaoer.ports.blobs import Blobs
from xiaoer.ports.bus import Bus
from xiaoer.ports.channel import Channel
from xiaoer.ports.clock import Chance, Clock
from xiaoer.ports.documents import Documents
from xiaoer.ports.durable import Durable
from xiaoer.ports.embedder import Embedder
from xiaoer.ports.llm import Llm
from xiaoer.ports.outside import Outside
from xiaoer.ports.sheets import Sheets
from xiaoer.ports.unit_of_work import UnitOfWork
from xiaoer.ports.verifier import Verifier


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the organisation who has signed in."""

    id: MemberId
    name: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shopper:
    """Someone on the customer's side of a channel; ``proven`` once identity is established."""

    visitor_id: UUID
    account_id: UUID
    customer_id: UUID | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Assistant:
    """The machine, when it answers a customer."""


@dataclass(frozen=True, slots=True)
class System:
    """The house itself: a schedule, an import, a reaction."""

    name: str


Actor: TypeAlias = Member | Shopper | Assistant | System


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant and a place in its organisation tree, such as ``/dept/bj01/`` (``/`` is all)."""

    tenant: TenantId
    path: str = "/"


@dataclass(frozen=True, slots=True)
class Ports:
    """The engines that this installation runs on."""

    clock: Clock
    chance: Chance
    bus: Bus
    blobs: Blobs
    embedder: Embedder
    verifier: Verifier
    llm: Llm
    durable: Durable
    memo: Memo
    sheets: Sheets
    documents: Documents
    outside: Outside
    channels: Mapping[str, Channel] = field(default_factory=dict)
    second: Embedder | None = None  # asked about questions that the first leaves in doubt


@dataclass(frozen=True, slots=True)
class Ctx:
    """The first argument of every verb."""

    actor: Actor
    scope: Scope
    uow: UnitOfWork
    ports: Ports

    def now(self) -> datetime:
        """The time now, UTC."""
        return self.ports.clock.now()

    def new_id(self) -> UUID:
        """A new time-ordered id."""
        return uuid7(int(self.now().timestamp() * 1000), self.ports.chance.bits(74))

    def can(self, permission: str) -> bool:
        """Whether the actor may; the house itself and the assistant always may."""
        match self.actor:
            case Member(permissions=granted):
                return permission in granted
            case Shopper():
                return False
            case _:
                return True

    def require(self, permission: str) -> None:
        """Raise :class:`Forbidden` unless the actor may."""
        if not self.can(permission):
            raise Forbidden()

    def acting_as(self, actor: Actor) -> Ctx:
        """The same transaction, seen by another actor."""
        return replace(self, actor=actor)
