"""The port through which every query and every fact passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from xiaoer.kit.event import Fact


class UnitOfWork(Protocol):
    """One transaction in one tenant's scope.

    Every engine guarantees: nothing is visible to others before the commit; facts are
    delivered after it, at least once to each subscriber and in order per key; an error or a
    cancellation leaves nothing behind; row-level security admits the tenant's rows only.

    ``statement`` is SQL text with ``%(name)s`` parameters; a parameter whose type the server
    cannot tell from its place is cast. Rows give their columns as attributes.
    """

    async def rows(self, statement: str, params: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """All rows of a query."""
        ...

    async def row(self, statement: str, params: Mapping[str, Any] | None = None) -> Any | None:
        """The first row, or nothing."""
        ...

    async def run(
        self,
        statement: str,
        params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        """Execute, for one or many parameter sets; returns the number of rows touched."""
        ...

    async def once(self, key: str) -> bool:
        """Whether this idempotency key is new in this tenant; it is kept with the effect."""
        ...

    def tell(self, fact: Fact) -> None:
        """Write a fact with this transaction; its subscribers hear it after the commit."""
        ...

    def wake(self, topic: str) -> None:
        """After the commit, let live listeners know that ``topic`` has news (ids only)."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A part that may fail without failing the whole."""
        ...
