"""What every engine for durable work promises."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.ports.durable_process import spelling
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.clock.system import SystemClock
from xiaoer.engines.durable.dbos import DbosDurable, prepare
from xiaoer.engines.durable.memory import MemoryDurable
from xiaoer.engines.durable.postgres import Slot, SlotTaken
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.ports.durable import Durable, Json, Step

BACK_OFF_S = 0.02


class Works:
    """Starts processes one after the other, each with the same workflows declared."""

    def __init__(self, make: Callable[[], Durable]) -> None:
        self._make = make
        self._now: Durable | None = None
        self._declared: dict[str, Mapping[str, Step]] = {}

    def declare(self, name: str, **steps: Step) -> None:
        self._declared[name] = steps

    async def start(self) -> Durable:
        """The next process; the one before has stopped, whatever it was doing."""
        await self.stop()
        self._now = self._make()
        for name, steps in self._declared.items():
            self._now.register(name, steps)
        await self._now.start()
        return self._now

    async def stop(self) -> None:
        if self._now is not None:
            await self._now.stop()
            self._now = None


@pytest.fixture(scope="session")
def prepared(database: DatabaseUrls) -> DatabaseUrls:
    prepare(database.owner, "xiaoer_app")
    return database


def memory(_: pytest.FixtureRequest) -> Callable[[], Durable]:
    first = MemoryDurable(SystemClock())
    return lambda: MemoryDurable(SystemClock(), first.journal, back_off_s=BACK_OFF_S)


def dbos(request: pytest.FixtureRequest) -> Callable[[], Durable]:
    urls: DatabaseUrls = request.getfixturevalue("prepared")
    return lambda: DbosDurable(urls.app, "test", SystemClock(), back_off_s=BACK_OFF_S)


@pytest.fixture(params=[memory, pytest.param(dbos, marks=pytest.mark.database)])
async def works(request: pytest.FixtureRequest) -> AsyncIterator[Works]:
    built = Works(request.param(request))
    yield built
    await built.stop()


async def until(reached: Callable[[], bool | Awaitable[bool]]) -> None:
    """Ask again and again; what is waited for happens in another process or thread."""
    deadline = asyncio.get_running_loop().time() + 60
    while asyncio.get_running_loop().time() < deadline:
        answer = reached()
        if answer if isinstance(answer, bool) else await answer:
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen in a minute")


async def ended(durable: Durable, workflow_id: str) -> tuple[str, Json | None]:
    async def has_ended() -> bool:
        return (await durable.outcome(workflow_id))[0] != "running"

    await until(has_ended)
    return await durable.outcome(workflow_id)


def adding(letter: str, ran: list[str]) -> Step:
    """A step that notes its run and adds its letter to the word it was given."""

    async def step(given: Json) -> Json:
        ran.append(letter)
        return {"word": given["word"] + letter}

    return step


async def test_the_steps_run_in_order_each_on_the_result_of_the_one_before(works: Works) -> None:
    ran: list[str] = []
    works.declare("spell", a=adding("a", ran), b=adding("b", ran), c=adding("c", ran))
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("spell", name, {"word": "〉"})
    assert await ended(durable, name) == ("done", {"word": "〉abc"})
    assert ran == ["a", "b", "c"]


async def test_an_id_runs_once_however_often_it_is_started(works: Works) -> None:
    ran: list[str] = []
    works.declare("spell", a=adding("a", ran))
    durable = await works.start()
    name = str(uuid4())
    await asyncio.gather(*(durable.begin("spell", name, {"word": ""}) for _ in range(5)))
    assert await ended(durable, name) == ("done", {"word": "a"})
    await durable.begin("spell", name, {"word": "again"})
    assert await ended(durable, name) == ("done", {"word": "a"})
    durable = await works.start()
    await durable.begin("spell", name, {"word": "again"})
    assert await ended(durable, name) == ("done", {"word": "a"})
    assert ran == ["a"]


async def test_what_was_never_started_is_unknown(works: Works) -> None:
    durable = await works.start()
    assert await durable.outcome(str(uuid4())) == ("unknown", None)
    with pytest.raises(ValueError, match="no workflow"):
        await durable.begin("unheard of", str(uuid4()), {})


async def test_workflows_are_declared_before_the_start(works: Works) -> None:
    durable = await works.start()
    with pytest.raises(RuntimeError):
        durable.register("late", {"a": adding("a", [])})


@pytest.mark.parametrize(("failures", "end"), [(2, "done"), (3, "failed")])
async def test_a_step_that_raises_is_tried_three_times(
    works: Works, failures: int, end: str
) -> None:
    ran: list[str] = []

    async def stumbles(given: Json) -> Json:
        ran.append("stumbles")
        if len(ran) <= failures:
            raise ConnectionError("not yet")
        return {**given, "after": len(ran)}

    works.declare("walk", stumbles=stumbles)
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("walk", name, {})
    state, result = await ended(durable, name)
    assert state == end
    assert result == ({"after": 3} if end == "done" else None)
    assert ran == ["stumbles"] * 3


async def test_a_restart_repeats_the_step_that_was_cut_and_none_that_was_finished(
    works: Works,
) -> None:
    ran: list[str] = []
    reached = asyncio.Event()

    async def is_cut_once(given: Json) -> Json:
        ran.append("cut")
        if ran.count("cut") == 1:
            reached.set()
            await asyncio.Event().wait()
        return {"word": given["word"] + "b"}

    works.declare("spell", a=adding("a", ran), b=is_cut_once, c=adding("c", ran))
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("spell", name, {"word": ""})
    await asyncio.wait_for(reached.wait(), 20)
    durable = await works.start()
    assert await ended(durable, name) == ("done", {"word": "abc"})
    assert ran == ["a", "cut", "cut", "c"]


async def test_a_step_can_keep_the_next_one_waiting(works: Works) -> None:
    times: dict[str, datetime] = {}

    async def until_later(given: Json) -> Json:
        times["due"] = datetime.now(UTC) + timedelta(seconds=0.3)
        return {"wait_until": times["due"].isoformat()}

    async def note(given: Json) -> Json:
        times["ran"] = datetime.now(UTC)
        return {}

    works.declare("wait", until_later=until_later, note=note)
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("wait", name, {})
    assert await ended(durable, name) == ("done", {})
    assert times["due"] <= times["ran"] < times["due"] + timedelta(seconds=5)


async def test_a_time_that_passes_while_no_process_runs_is_not_waited_for_again(
    works: Works,
) -> None:
    ran: list[str] = []
    due: list[datetime] = []

    async def until_later(given: Json) -> Json:
        ran.append("wait")
        due.append(datetime.now(UTC) + timedelta(seconds=0.4))
        return {"word": "", "wait_until": due[0].isoformat()}

    works.declare("wait", a=until_later, b=adding("b", ran), c=adding("c", ran))
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("wait", name, {})
    await until(lambda: bool(due))
    await works.stop()
    await asyncio.sleep(max(0, (due[0] - datetime.now(UTC)).total_seconds()))
    durable = await works.start()
    assert await ended(durable, name) == ("done", {"word": "bc"})
    # The stop may cut the first step before its end is on the disk; then it runs once more.
    assert ran in (["wait", "b", "c"], ["wait", "wait", "b", "c"])


async def test_steps_run_on_the_loop_of_their_process_with_plain_json(works: Works) -> None:
    here = asyncio.get_running_loop()
    seen: list[object] = []
    some_id = UUID(int=7)

    async def look(given: Json) -> Json:
        seen.append(asyncio.get_running_loop() is here)
        seen.append(dict(given))
        return {"id": some_id, "at": datetime(2026, 1, 1, tzinfo=UTC)}

    works.declare("look", look=look, again=look)
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("look", name, {"id": some_id, "tags": ("a", "b")})
    plain = {"id": str(some_id), "at": "2026-01-01T00:00:00+00:00"}
    assert await ended(durable, name) == ("done", plain)
    assert seen == [True, {"id": str(some_id), "tags": ["a", "b"]}, True, plain]


async def test_a_moved_clock_ends_a_wait_of_weeks() -> None:
    clock = FakeClock()
    ran: list[str] = []

    async def until_later(given: Json) -> Json:
        return {"word": "", "wait_until": (clock.now() + timedelta(weeks=3)).isoformat()}

    durable = MemoryDurable(clock)
    durable.register("wait", {"a": until_later, "b": adding("b", ran)})
    await durable.start()
    await durable.begin("wait", "w", {})
    for weeks, expected in ((0, []), (2, []), (1, ["b"])):
        clock.advance(weeks=weeks)
        durable.look()
        for _ in range(10):
            await asyncio.sleep(0)
        assert ran == expected
    await durable.stop()


async def test_the_serving_role_owns_nothing_and_the_rows_hold_json(
    prepared: DatabaseUrls,
) -> None:
    works = Works(lambda: DbosDurable(prepared.app, "test", SystemClock()))
    works.declare("spell", a=adding("a", []))
    durable = await works.start()
    name = str(uuid4())
    await durable.begin("spell", name, {"word": "密"})
    await ended(durable, name)
    await works.stop()
    async with await psycopg.AsyncConnection.connect(prepared.app) as app:
        cursor = await app.execute(
            "SELECT rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class "
            "WHERE relowner = r.oid) FROM pg_roles r WHERE rolname = current_user"
        )
        assert await cursor.fetchone() == (False, False, False)
        cursor = await app.execute(
            "SELECT output::text, serialization FROM dbos.operation_outputs "
            "WHERE workflow_uuid = %s", [name]
        )
        [(output, form)] = await cursor.fetchall()
    assert json.loads(output) == {"word": "密a"}
    assert form == "xiaoer_json"


async def test_nothing_is_advertised_in_the_log(
    prepared: DatabaseUrls, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    works = Works(lambda: DbosDurable(prepared.app, "test", SystemClock()))
    await works.start()
    await works.stop()
    assert [r for r in caplog.records if r.name == "dbos"] == []
    assert capfd.readouterr() == ("", "")


def test_a_slot_belongs_to_one_living_process(prepared: DatabaseUrls) -> None:
    first, second = (Slot(prepared.app, "dbos", "worker-7") for _ in range(2))
    first.claim(0)
    with pytest.raises(SlotTaken, match="worker-7"):
        second.claim(0)
    first.release()
    second.claim(5)
    second.release()


def test_a_slot_is_taken_again_after_the_database_was_away(prepared: DatabaseUrls) -> None:
    slot, thief = (Slot(prepared.app, "dbos", "worker-8") for _ in range(2))
    slot.claim(0)
    with psycopg.connect(prepared.app) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'xiaoer-slot'"
        )
    assert slot.keep()
    assert not thief.keep()
    slot.release()


@pytest.mark.slow
async def test_another_process_finishes_what_a_killed_one_had_begun(
    prepared: DatabaseUrls, tmp_path: Path
) -> None:
    diary, name = tmp_path / "diary", str(uuid4())
    diary.touch()
    program = Path(__file__).with_name("durable_process.py")
    victim = await asyncio.create_subprocess_exec(
        sys.executable, str(program), prepared.app, name, str(diary),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        await until(lambda: diary.read_text() == "ab")
    finally:
        victim.kill()
        await victim.wait()

    survivor = DbosDurable(prepared.app, "survivor", SystemClock(), dead_after_s=1)
    survivor.register("spell", spelling(diary))
    await survivor.start()
    try:
        assert await survivor.outcome(name) == ("running", None)
        assert await ended(survivor, name) == ("done", {"word": "abc"})
        assert diary.read_text() == "abbc"
    finally:
        await survivor.stop()
