"""Workflows in memory: the same promises, as far as a process without a disk can keep them.

The journal plays the disk. A second engine over the same journal is the next process, and goes
on where a stopped or abandoned one was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from xiaoer.ports.clock import Clock
from xiaoer.ports.durable import ATTEMPTS, WAIT_UNTIL, Json, Step

_GLANCE_S = 60.0


@dataclass(slots=True)
class Entry:
    """One workflow: what it was given, what its finished steps returned, how it ended."""

    name: str
    given: Json
    results: list[Json] = field(default_factory=list)
    ended: str | None = None

    @property
    def latest(self) -> Json:
        """What the next step is given."""
        return self.results[-1] if self.results else self.given


Journal = dict[str, Entry]


class MemoryDurable:
    """Runs workflows as tasks; ``look`` makes waiting ones look at a clock that was moved."""

    def __init__(
        self, clock: Clock, journal: Journal | None = None, back_off_s: float = 1.0
    ) -> None:
        self.journal: Journal = {} if journal is None else journal
        self._clock = clock
        self._back_off_s = back_off_s
        self._workflows: dict[str, Mapping[str, Step]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._looked = asyncio.Event()
        self._started = False

    def register(self, name: str, steps: Mapping[str, Step]) -> None:
        """Declare a workflow as named steps in order."""
        if self._started:
            raise RuntimeError("workflows are declared before the start")
        self._workflows[name] = dict(steps)

    async def start(self) -> None:
        """Begin to run, also what the journal holds unfinished."""
        self._started = True
        for workflow_id, entry in self.journal.items():
            if entry.ended is None:
                self._run(workflow_id)

    async def stop(self) -> None:
        """Leave the running steps; they run again over the same journal."""
        self._started = False
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    async def begin(self, name: str, workflow_id: str, given: Json) -> None:
        """Start a workflow; an id that exists is left alone."""
        if name not in self._workflows:
            raise ValueError(f"no workflow is named {name!r}")
        if workflow_id not in self.journal:
            self.journal[workflow_id] = Entry(name, _as_stored(given))
            self._run(workflow_id)

    async def outcome(self, workflow_id: str) -> tuple[str, Json | None]:
        """How far a workflow has come."""
        entry = self.journal.get(workflow_id)
        if entry is None:
            return "unknown", None
        return entry.ended or "running", entry.latest if entry.ended == "done" else None

    def look(self) -> None:
        """Wake the waiting workflows, after a fake clock was advanced."""
        self._looked.set()
        self._looked = asyncio.Event()

    def _run(self, workflow_id: str) -> None:
        entry = self.journal[workflow_id]
        self._tasks[workflow_id] = asyncio.create_task(self._play(entry))

    async def _play(self, entry: Entry) -> None:
        steps = list(self._workflows[entry.name].values())
        try:
            for step in steps[len(entry.results):]:
                await self._wait(entry.latest)
                entry.results.append(await self._attempt(step, entry.latest))
            await self._wait(entry.latest)
            entry.ended = "done"
        except Exception:
            entry.ended = "failed"

    async def _attempt(self, step: Step, given: Json) -> Json:
        for attempt in range(1, ATTEMPTS):
            with suppress(Exception):
                return _as_stored(await step(given))
            await asyncio.sleep(self._back_off_s * 2 ** (attempt - 1))
        return _as_stored(await step(given))

    async def _wait(self, result: Json) -> None:
        if WAIT_UNTIL not in result:
            return
        until = datetime.fromisoformat(result[WAIT_UNTIL])
        while (left := (until - self._clock.now()).total_seconds()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._looked.wait(), min(left, _GLANCE_S))


def _as_stored(result: Json) -> Json:
    """What would come back from a disk: JSON, and nothing shared with the giver."""
    stored: Json = orjson.loads(orjson.dumps(dict(result)))
    return stored
