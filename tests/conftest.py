"""A real PostgreSQL for every test process, a migrated template, and a fresh tenant per test."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import pytest_asyncio
import structlog
from fastapi import FastAPI
from psycopg.conninfo import make_conninfo
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests.fakes import fake_ports
from xiaoer.edge.http.app import furnish
from xiaoer.edge.http.doorkeeper import SessionDoorkeeper
from xiaoer.edge.live.hub import Hub
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.engines.postgres.assembly import Assembly, assemble
from xiaoer.engines.postgres.migrate import migrate
from xiaoer.engines.postgres.server import DatabaseUrls, EmbeddedPostgres, prepare_outside
from xiaoer.kit.ids import TenantId
from xiaoer.kit.settings import Settings
from xiaoer.main import house as wiring
from xiaoer.modules.org import rules as org_rules
from xiaoer.ports.ctx import Actor, Ctx, Member, Scope, System
from xiaoer.ports.house import House

OUTSIDE = "XIAOER_TEST_DATABASE_URL"
"""An administrator's address; with it the tests use that server instead of the embedded one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``-m database`` are the tests whose outcome may depend on the server."""
    for item in items:
        if "database" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseUrls]:
    """A migrated database of this test process: embedded, or at ``XIAOER_TEST_DATABASE_URL``."""
    outside = os.environ.get(OUTSIDE)
    if outside:
        folder = tmp_path_factory.mktemp("outside")
        with _outside_database(outside, folder) as urls:
            migrate(urls.owner)
            yield urls
        return
    folder = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres.start(Path(folder)) as server:
        migrate(server.urls.owner)
        yield server.urls


@contextmanager
def _outside_database(address: str, folder: Path) -> Iterator[DatabaseUrls]:
    """A new database there. Roles are the whole server's: test processes share their passwords,
    and make them one after the other."""
    passwords = {
        role: hmac.digest(address.encode(), role.encode(), "sha256").hex()
        for role in ("owner", "app", "ops")
    }
    (folder / "secrets").mkdir()
    (folder / "secrets" / "postgres.json").write_text(json.dumps(passwords))
    name = f"xiaoer_test_{uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            connection.execute("SELECT pg_advisory_lock(7)")
            urls = prepare_outside(make_conninfo(address, dbname=name), folder)
            connection.execute("SELECT pg_advisory_unlock(7)")
            yield urls
        finally:
            connection.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session", autouse=True)
def _quick_where_slowness_proves_nothing() -> Iterator[None]:
    """Passwords are slow to try on purpose, and a traceback in colours is slow to draw."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[renderer])
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(org_rules, "_HASHER", quick)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def assembly(
    database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Assembly]:
    """The house over that database, on a clock that stands still; its courier is driven by
    ``drain``."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), pool_size=8)
    built = assemble(settings, database.app, fake_ports(), wiring.SUBSCRIPTIONS, worker="tests")
    yield built
    await built.dispose()


@pytest.fixture
def house(assembly: Assembly) -> House:
    """The house of the test process."""
    return assembly.house


@pytest.fixture
def clock(house: House) -> FakeClock:
    """The clock of the house; it only moves when told."""
    clock = house.ports.clock
    assert isinstance(clock, FakeClock)
    return clock


@pytest.fixture
def drain(assembly: Assembly) -> Callable[[], Awaitable[None]]:
    """Deliver every fact that is owed."""
    return assembly.courier.drain


@pytest.fixture
def tenant() -> TenantId:
    """A tenant that no other test uses."""
    return TenantId(uuid4())


@dataclass(frozen=True, slots=True)
class Units:
    """Opens units of work in the test's tenant."""

    house: House
    tenant: TenantId

    def __call__(
        self, actor: Actor | None = None, path: str = "/"
    ) -> AbstractAsyncContextManager[Ctx]:
        return self.house.unit(actor or System("test"), Scope(self.tenant, path))


@pytest.fixture
def unit(house: House, tenant: TenantId) -> Units:
    """``async with unit(actor, path) as ctx``: a unit of work in the test's tenant."""
    return Units(house, tenant)


EVERYTHING = frozenset(
    {
        "desk.reassign",
        "operations.read",
        "operations.manage",
        "org.manage",
        "org.read",
        "knowledge.read",
        "knowledge.edit",
        "knowledge.publish",
        "customers.read",
        "customers.manage",
        "orders.read",
        "catalog.manage",
        "desk.serve",
        "numbers.read",
        "channels.manage",
    }
)


def member(
    name: str = "林小满", *, permissions: frozenset[str] = EVERYTHING, member_id: UUID | None = None
) -> Member:
    """A signed-in person for tests."""
    from xiaoer.kit.ids import MemberId

    return Member(MemberId(member_id or uuid4()), name, frozenset({"agent"}), permissions)


@pytest.fixture(scope="session")
def application(assembly: Assembly) -> FastAPI:
    """Every route of the product over the house of the tests."""
    app = FastAPI()
    furnish(app, assembly.house, SessionDoorkeeper(assembly.house), wiring.ROUTERS)
    app.state.hub = Hub(assembly.house)
    return app


@pytest_asyncio.fixture(loop_scope="session")
async def http(application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has not signed in."""
    async with browser(application) as client:
        yield client


def browser(application: FastAPI) -> httpx.AsyncClient:
    """A browser of its own, with its own cookies."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application),
        base_url="http://testserver",
        headers={"origin": "http://testserver"},
    )
