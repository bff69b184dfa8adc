"""The parent of a server: binds the port, keeps the database and the workers alive, ends both.

Everything that can fail fails before the first request and as a sentence. Afterwards nothing
ends the server but a signal: dead workers are replaced, a dead PostgreSQL is revived.
"""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from xiaoer.engines.postgres.server import RunningPostgres
from xiaoer.kit.problem import Problem

from .companions import Companions
from .contracts import Plan, Tell
from .crew import Crew
from .database import opened_database
from .listening import address_of, listening
from .signals import Interrupted, Signals

GLANCE_S = 0.25
REVIVE_AGAIN_S = 2.0


def serve(plan: Plan, tell: Tell) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; a second one ends the workers without draining.

    :raises Problem: the port, the data folder, the database or a step forbids it.
    """
    with Signals() as signals, suppress(Interrupted), ExitStack() as stack:
        settings = plan.settings
        port = stack.enter_context(listening(settings.host, settings.port))
        crew = Crew((plan.worker, *plan.preload), settings.workers, port, tell)
        stack.callback(crew.dismiss)
        # Hired before the database is up: importing the application takes longer.
        crew.hire()
        database = stack.enter_context(opened_database(settings))
        for step in plan.steps:
            step(settings, database.urls, tell)
        signals.begin(on_second=crew.kill)
        crew.begin(settings, database.urls.app)
        companions = Companions(plan.companions)
        stack.callback(companions.end)
        note = Note(settings.data_dir / "serving.json", address_of(port))
        stack.callback(note.remove)

        def announce() -> None:
            plan.ready(note.address)
            companions.begin(note.address)

        Watch(crew, database.server, signals, tell).until_stopped(note, announce)
        tell("stopping: finishing what was begun")
        crew.drain()


class Watch:
    """The loop in which a server spends its life."""

    def __init__(
        self, crew: Crew, server: RunningPostgres | None, signals: Signals, tell: Tell
    ) -> None:
        self._crew = crew
        self._server = server
        self._signals = signals
        self._tell = tell
        self._revive_at = 0.0

    def until_stopped(self, note: Note, announce: Callable[[], None]) -> None:
        """Tend workers and database; call ``announce`` once, when a worker answers."""
        announced = False
        while not self._signals.stopping:
            waiting = [self._signals.wakeup, *self._crew.readiness()]
            with suppress(InterruptedError):
                select.select(waiting, [], [], GLANCE_S)
            self._signals.forget()
            self._tend_database()
            self._crew.tend()
            if self._crew.was_ready:
                note.keep(self._crew.pids)
            if self._crew.was_ready and not announced:
                announced = True
                announce()

    def _tend_database(self) -> None:
        server = self._server
        began = time.monotonic()
        if server is None or began < self._revive_at or server.is_alive():
            return
        try:
            server.revive()
        except Problem as problem:
            self._tell(str(problem))
            self._revive_at = time.monotonic() + REVIVE_AGAIN_S
        else:
            self._tell(f"PostgreSQL had ended; revived in {time.monotonic() - began:.1f} s")


class Note:
    """A small file that tells other programs where this server answers, and who works for it."""

    def __init__(self, path: Path, address: str) -> None:
        self.address = address
        self._path = path
        self._workers: list[int] | None = None
        self.remove()

    def keep(self, workers: list[int]) -> None:
        """Say that requests are answered, by these processes."""
        if workers == self._workers:
            return
        self._workers = workers
        told = {"pid": os.getpid(), "address": self.address, "workers": workers}
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(told))
        draft.replace(self._path)

    def remove(self) -> None:
        """Say that they no longer are."""
        self._path.unlink(missing_ok=True)
