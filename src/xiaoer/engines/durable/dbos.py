"""Workflows on DBOS, in the schema ``dbos`` of the same PostgreSQL.

DBOS is kept behind this one module, and on a thread and an event loop of its own: it would
otherwise replace the thread pool of ours. Steps come back to the loop that called ``start``.

What it does not do by itself, in the edition that is free: take up a dead process's work. Each
process therefore works under a fixed name, the slot, and holds a lock on it; all look after the
slots that nobody holds (`engines/durable/postgres.py`). The application version is pinned,
because DBOS leaves work of another version lying for ever.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

import orjson

from xiaoer.engines.durable.postgres import Slot
from xiaoer.ports.clock import Clock
from xiaoer.ports.durable import ATTEMPTS, WAIT_UNTIL, Json, Step

if TYPE_CHECKING:
    from dbos import DBOSConfig

VERSION = "xiaoer-1"
SCHEMA = "dbos"

_PATIENCE_S = 15.0
_GLANCE_S = 1.0
_BRIEFEST_SLEEP_S = 0.001
_ERROR = "$error"
_STATES = {"SUCCESS": "done", "PENDING": "running", "ENQUEUED": "running", "DELAYED": "running"}

_log = logging.getLogger(__name__)

T = TypeVar("T")
Workflow = Callable[[Json], Coroutine[Any, Any, Json]]


def prepare(owner_url: str, app_role: str) -> None:
    """Make or bring up to date the tables of DBOS, and let ``app_role`` use them.

    The serving role may then own nothing and create nothing. Blocking; safe to repeat.
    """
    from dbos import DBOS

    _quiet()
    DBOS.migrate(_plain(owner_url), schema=SCHEMA, application_role=app_role)


class DbosDurable:
    """One process's part in running workflows; see :class:`xiaoer.ports.durable.Durable`.

    ``slot`` names the process among all processes of the installation and is the same after a
    restart (``"worker-0"``). ``dead_after_s`` is how long a slot is unheld before others take
    up its work. DBOS allows one engine in a process at a time.
    """

    def __init__(
        self,
        dsn: str,
        slot: str,
        clock: Clock,
        *,
        back_off_s: float = 1.0,
        dead_after_s: float = 5.0,
    ) -> None:
        self._dsn = _plain(dsn)
        self._slot = Slot(dsn, SCHEMA, slot)
        self._clock = clock
        self._back_off_s = back_off_s
        self._dead_after_s = dead_after_s
        self._declared: dict[str, Mapping[str, Step]] = {}
        self._workflows: dict[str, Workflow] = {}
        self._own = _OwnLoop()
        self._app_loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None

    def register(self, name: str, steps: Mapping[str, Step]) -> None:
        """Declare a workflow as named steps in order."""
        if self._app_loop is not None:
            raise RuntimeError("workflows are declared before the start")
        self._declared[name] = dict(steps)

    async def start(self) -> None:
        """Take the slot, go on with its unfinished work, and watch over the others."""
        await asyncio.to_thread(self._slot.claim, _PATIENCE_S)
        self._app_loop = asyncio.get_running_loop()
        self._own.open()
        try:
            await self._own.run(self._launch())
        except BaseException:
            await self.stop()
            raise
        self._watching = asyncio.create_task(self._watch(), name="durable")

    async def stop(self) -> None:
        """Leave the running steps; they run again after the next start, here or elsewhere."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None
        if self._own.is_open:
            await self._own.run(self._own.cancel_all())
            await asyncio.to_thread(_destroy)
            await asyncio.to_thread(self._own.close)
        await asyncio.to_thread(self._slot.release)
        self._app_loop = None

    async def begin(self, name: str, workflow_id: str, given: Json) -> None:
        """Start a workflow; an id that exists is left alone."""
        workflow = self._workflows.get(name)
        if workflow is None:
            raise ValueError(f"no workflow is named {name!r}")
        await self._own.run(_begin(workflow, workflow_id, _as_stored(given)))

    async def outcome(self, workflow_id: str) -> tuple[str, Json | None]:
        """How far a workflow has come."""
        return await self._own.run(_outcome(workflow_id))

    async def _launch(self) -> None:
        from dbos import DBOS

        _quiet()
        DBOS(config=self._config())
        for name, steps in self._declared.items():
            self._workflows[name] = DBOS.workflow(name=name)(self._as_workflow(steps))
        DBOS.launch()

    def _config(self) -> DBOSConfig:
        return {
            "name": "xiaoer",
            "system_database_url": self._dsn,
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": self._slot.name,
            "run_migrations": False,
            "serializer": cast(Any, _JsonRows()),
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 0.1,
            "log_level": "ERROR",
            "max_executor_threads": 8,
            "sys_db_pool_size": 3,
            "db_engine_kwargs": {
                "max_overflow": 2,
                "connect_args": {"application_name": "xiaoer-durable"},
            },
        }

    def _as_workflow(self, steps: Mapping[str, Step]) -> Workflow:
        from dbos import DBOS, StepOptions

        async def workflow(given: Json) -> Json:
            latest = given
            for name, step in steps.items():
                options = StepOptions(
                    name=name,
                    retries_allowed=True,
                    max_attempts=ATTEMPTS,
                    interval_seconds=self._back_off_s,
                )
                latest = await DBOS.run_step_async(options, self._on_app_loop, step, latest)
                if WAIT_UNTIL in latest:
                    # Also when the time has passed: a replay must meet the same sleeps.
                    left = datetime.fromisoformat(latest[WAIT_UNTIL]) - self._clock.now()
                    await DBOS.sleep_async(max(left.total_seconds(), _BRIEFEST_SLEEP_S))
            return latest

        return workflow

    async def _on_app_loop(self, step: Step, given: Json) -> Json:
        async def run() -> Json:
            return _as_stored(await step(given))

        if self._app_loop is None:
            raise asyncio.CancelledError
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._app_loop))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_GLANCE_S)
            try:
                await asyncio.to_thread(self._look_after_others)
            except Exception as error:
                # The database is away, or DBOS is not itself: the next look tells.
                _log.warning("durable work could not look round: %s", type(error).__name__)

    def _look_after_others(self) -> None:
        from dbos import DBOS

        if not self._slot.keep():
            _log.warning("the slot %s is held by somebody else", self._slot.name)
            return
        dead = self._slot.abandoned(self._dead_after_s)
        if dead:
            _log.warning("taking up the work of %s", ", ".join(dead))
            DBOS._recover_pending_workflows(dead)


class _JsonRows:
    """Rows as JSON: DBOS would pickle, and reading a pickle runs whatever is in it."""

    def serialize(self, value: Any) -> str:
        if isinstance(value, BaseException):
            value = {_ERROR: f"{type(value).__name__}: {value}"}
        return orjson.dumps(value).decode()

    def deserialize(self, text: str) -> Any:
        value = orjson.loads(text)
        if isinstance(value, dict) and _ERROR in value:
            return RuntimeError(value[_ERROR])
        return value

    def name(self) -> str:
        return "xiaoer_json"


class _OwnLoop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        return self._loop is not None

    def open(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="durable", daemon=True
        )
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for it here."""
        if self._loop is None:
            work.close()
            raise RuntimeError("durable work has not been started")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def cancel_all(self) -> None:
        """Cut what runs there. DBOS records no cancellation, so the work stays unfinished."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        if self._loop is None or self._thread is None:
            return
        with suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(self.cancel_all(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self._loop = None


async def _begin(workflow: Workflow, workflow_id: str, given: Json) -> None:
    from dbos import DBOS, SetWorkflowID

    with SetWorkflowID(workflow_id):
        await DBOS.start_workflow_async(workflow, given)


async def _outcome(workflow_id: str) -> tuple[str, Json | None]:
    from dbos import DBOS

    status = await DBOS.get_workflow_status_async(workflow_id)
    if status is None:
        return "unknown", None
    state = _STATES.get(status.status, "failed")
    return state, status.output if state == "done" else None


def _destroy() -> None:
    from dbos import DBOS

    DBOS.destroy(destroy_registry=True)


def _quiet() -> None:
    """No console handler and no advertisement of its own; errors go where ours go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.ERROR)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _as_stored(result: Json) -> Json:
    """What will come back from the database: JSON, and nothing shared with the giver."""
    stored: Json = orjson.loads(orjson.dumps(dict(result)))
    return stored
