"""No route holds two connections at once: as many callers as there are connections would each
hold one and wait for the other's, and the whole worker with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.architecture.cross_tenant_cases import CASES
from tests.architecture.test_cross_tenant import covered, fill, fill_all
from tests.architecture.worlds import PASSWORD, World, make_world, signed_in
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.modules import org

LAST = ("POST /api/org/sign-out", "POST /api/org/sign-out-everywhere")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(assembly: Assembly) -> World:
    return await make_world(assembly.house, await org.hash_password(PASSWORD))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def administrator(application: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async for client in signed_in(application, world):
        yield client


@pytest.fixture
def held(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many connections are out, noted each time that one is taken."""
    database = assembly.database
    connect, give_back = database.connect, database.give_back
    out, noted = 0, list[int]()

    async def counted_connect() -> Any:
        nonlocal out
        out += 1
        noted.append(out)
        return await connect()

    async def counted_give_back(connection: Any) -> None:
        nonlocal out
        out -= 1
        await give_back(connection)

    monkeypatch.setattr(database, "connect", counted_connect)
    monkeypatch.setattr(database, "give_back", counted_give_back)
    return noted


async def test_no_route_takes_a_second_connection_while_it_holds_one(
    application: FastAPI, world: World, administrator: httpx.AsyncClient, held: list[int]
) -> None:
    greedy = []
    for key in [r for r in covered(application) if r not in LAST]:
        held.clear()
        case = CASES[key]
        method, _, path = key.partition(" ")
        headers = {"authorization": f"Bearer {world.ids['token']}"} if case.token else {}
        await administrator.request(
            method,
            fill(path.replace("/hooks/{account}", "/hooks/{hook}"), world),
            json=fill_all(case.body, world) if case.body else None,
            params=fill_all(case.query, world),
            headers=headers,
        )
        if max(held, default=0) > 1:
            greedy.append(key)
    assert greedy == []


async def test_who_signs_in_holds_one_connection_at_a_time(
    world: World, http: httpx.AsyncClient, held: list[int]
) -> None:
    secret = {"login": "admin", "password": PASSWORD, "group": world.slug}
    answer = await http.post("/api/org/sign-in", json=secret)
    assert answer.status_code == 200
    assert held == [1, 1, 1]
