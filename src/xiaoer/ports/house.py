"""The house as the edge, the ladder and the labs see it: ports, units of work, deliveries.

``main`` builds one frozen :class:`House` per process and hands it down.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.kit.settings import Settings
from xiaoer.ports.ctx import Actor, Ctx, Ports, Scope

T = TypeVar("T")


class Units(Protocol):
    """Opens units of work.

    Every engine guarantees what :class:`~xiaoer.ports.unit_of_work.UnitOfWork` says, and that a
    connection used again carries no scope of its last user.
    """

    def unit(self, actor: Actor, scope: Scope) -> AbstractAsyncContextManager[Ctx]:
        """One transaction: commits on exit, rolls back on an error or a cancellation."""
        ...

    async def grouped(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        """Run ``work`` in a commit shared with what arrives for the tenant at the same time.

        Returns after the commit. When one member of the group fails, each is run again alone,
        so ``work`` must be safe to repeat.
        """
        ...


class Later(Exception):
    """Raised by a subscriber that has done what it can for now: deliver the same again ``at``.

    It is no failure and uses no attempt up; what follows in the key waits behind it.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        super().__init__(at.isoformat())


class Delivery(Protocol):
    """Facts of one key, in order, owed to one subscriber."""

    @property
    def tenant(self) -> TenantId:
        """Whose facts they are."""
        ...

    @property
    def key(self) -> UUID:
        """The thing that the facts are about."""
        ...

    @property
    def facts(self) -> Sequence[Fact]:
        """One or more facts, oldest first."""
        ...

    @property
    def house(self) -> House:
        """The house, for a subscriber that opens its own units."""
        ...

    def unit(self, actor: Actor) -> AbstractAsyncContextManager[Ctx]:
        """The unit whose commit also acknowledges the facts. Open it exactly once, at the end."""
        ...


Reaction = Callable[[Ctx, Any], Awaitable[None]]
Run = Callable[[Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears which fact.

    ``react`` runs inside the unit that acknowledges the fact, one fact at a time; ``run`` takes
    all waiting facts of a key together and opens the units itself. Exactly one is given.
    ``group`` names the subscriber: order holds per group and key, and each group gets each fact.
    ``only`` says whether a fact concerns the subscriber at all, before anything is stored.
    """

    fact: type[Fact]
    group: str
    react: Reaction | None = None
    run: Run | None = None
    only: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class House:
    """Everything a caller above the rooms needs."""

    settings: Settings
    ports: Ports
    units: Units

    def unit(self, actor: Actor, scope: Scope) -> AbstractAsyncContextManager[Ctx]:
        """One unit of work for an actor in a scope."""
        return self.units.unit(actor, scope)

    async def grouped(self, actor: Actor, scope: Scope, work: Callable[[Ctx], Awaitable[T]]) -> T:
        """See :meth:`Units.grouped`; only the receipt of messages uses it."""
        return await self.units.grouped(actor, scope, work)
