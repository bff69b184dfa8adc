"""Order under kills: four processes, ten thousand keys, and kill -9 at random."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.kernel.order_worker import SUBSCRIPTIONS, Counted, real_time_ports
from xiaoer.engines.postgres.assembly import assemble
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.ids import TenantId
from xiaoer.kit.settings import Settings
from xiaoer.ports.ctx import Scope, System

KEYS = 10_000
FACTS = 3
PROCESSES = 4
WITHIN_S = 240


class Crew:
    """Workers that are killed and replaced."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self._url = url
        self._chance = chance
        self._names = count(1)
        self._workers = [self._start() for _ in range(PROCESSES)]
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.kernel.order_worker", self._url,
                   f"order-{next(self._names)}"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill_one(self) -> None:
        place = self._chance.randrange(PROCESSES)
        self._workers[place].kill()
        self._workers[place].wait()
        self._workers[place] = self._start()
        self.kills += 1

    def end(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def heard_table(database: DatabaseUrls) -> Iterator[None]:
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS order_heard")
        connection.execute(
            "CREATE TABLE order_heard (id bigserial PRIMARY KEY, key uuid, number int)")
        connection.execute("GRANT INSERT, SELECT ON order_heard TO xiaoer_app")
        connection.execute("GRANT USAGE ON SEQUENCE order_heard_id_seq TO xiaoer_app")
        yield
        connection.execute("DROP TABLE order_heard")


@pytest.mark.slow
async def test_order_holds_over_four_processes_that_are_killed(
    database: DatabaseUrls, heard_table: None
) -> None:
    tenant = TenantId(uuid4())
    teller = assemble(
        Settings(pool_size=4), database.app, real_time_ports(), SUBSCRIPTIONS, "teller")
    keys = [uuid4() for _ in range(KEYS)]
    crew = Crew(database.app, random.Random(7))
    try:
        for number in range(FACTS):
            for start in range(0, KEYS, 500):
                async with teller.house.unit(System("t"), Scope(tenant)) as ctx:
                    for key in keys[start : start + 500]:
                        ctx.uow.tell(Counted(key=key, seq=number, number=number))
                if start % 2_000 == 0:
                    crew.kill_one()
                await asyncio.sleep(0.05)
        heard = await _everything(database, crew)
    finally:
        crew.end()
        await teller.dispose()
    assert crew.kills >= 15
    assert heard == {key: list(range(FACTS)) for key in keys}


async def _everything(database: DatabaseUrls, crew: Crew) -> dict[UUID, list[int]]:
    """Wait until all is delivered, killing now and then; then read in the order of effects."""
    end = time.monotonic() + WITHIN_S
    async with await psycopg.AsyncConnection.connect(
        database.app, autocommit=True
    ) as connection:
        while time.monotonic() < end:
            row = await (await connection.execute("SELECT count(*) FROM order_heard")).fetchone()
            if row and row[0] >= KEYS * FACTS:
                break
            await asyncio.sleep(1)
            if crew.kills < 20:
                crew.kill_one()
        found: dict[UUID, list[int]] = {}
        for key, number in await (
            await connection.execute("SELECT key, number FROM order_heard ORDER BY id")
        ).fetchall():
            found.setdefault(key, []).append(number)
    return found
