"""Work with a timer of minutes to weeks: it goes on after a crash, from its last finished step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

Json = Mapping[str, Any]
Step = Callable[[Json], Awaitable[Json]]

WAIT_UNTIL = "wait_until"
ATTEMPTS = 3


class Durable(Protocol):
    """Runs named sequences of steps, each step at least once, the sequence to its end.

    Every engine guarantees: a workflow id runs once however often it is started; a finished step
    is not repeated after a crash; steps are idempotent by the caller's care, for a step that was
    cut is run again; a dead process's workflows are taken up by another one.

    A step whose result holds ``wait_until`` (ISO 8601 with its zone) keeps the next step waiting
    for that time, across restarts; this is how a workflow takes weeks. A step that raises is
    tried again after a while, three times in all; then the workflow has failed. Steps run on the
    event loop that called ``start``.
    """

    def register(self, name: str, steps: Mapping[str, Step]) -> None:
        """Declare a workflow as named steps in order, each given the result of the one before.

        Before ``start``, the same in every process. Running workflows outlive a release: give
        changed steps a new name, and keep the old one until its last workflow has ended.
        """
        ...

    async def start(self) -> None:
        """Begin to run what was declared, and recover what was cut."""
        ...

    async def stop(self) -> None:
        """Finish or leave the running steps; nothing is lost."""
        ...

    async def begin(self, name: str, workflow_id: str, given: Json) -> None:
        """Start a workflow; an id that exists is left alone."""
        ...

    async def outcome(self, workflow_id: str) -> tuple[str, Json | None]:
        """``("running" | "done" | "failed" | "unknown", result)``."""
        ...
