"""No route and no live frame shows or changes anything of another group."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.architecture.cross_tenant_cases import (
    CASES,
    FRAMES,
    MAY_WRITE,
    QUIET_FRAMES,
    SHOPPER_FRAMES,
)
from tests.architecture.worlds import PASSWORD, World, make_world, signed_in
from xiaoer.edge.live import desk as live_desk
from xiaoer.edge.live import widget as live_widget
from xiaoer.edge.live.hub import Hub
from xiaoer.edge.live.line import Line
from xiaoer.kit.problem import NotFound, Problem
from xiaoer.modules import org
from xiaoer.ports.ctx import Member, Scope
from xiaoer.ports.house import House


def routes(application: FastAPI) -> list[str]:
    spec = application.openapi()["paths"]
    found = (f"{method.upper()} {path}" for path, ways in spec.items() for method in ways)
    return sorted(found)


def covered(application: FastAPI) -> list[str]:
    """Routes that have a case; that all have is a test of its own."""
    return [key for key in routes(application) if key in CASES]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worlds(assembly: Any) -> tuple[World, World]:
    """The group that is looked at, and the group that the stranger comes from."""
    hashed = await org.hash_password(PASSWORD)
    house = assembly.house
    return await make_world(house, hashed), await make_world(house, hashed)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stranger(
    application: FastAPI, worlds: tuple[World, World]
) -> AsyncIterator[httpx.AsyncClient]:
    async for client in signed_in(application, worlds[1]):
        yield client


def test_every_route_has_a_case(application: FastAPI) -> None:
    assert set(routes(application)) == set(CASES)


def test_every_live_frame_has_a_case() -> None:
    assert set(live_desk.ACTS) == set(FRAMES)
    assert set(live_widget.ACTS) == set(SHOPPER_FRAMES)


async def test_a_stranger_sees_and_changes_nothing_anywhere(
    application: FastAPI, worlds: tuple[World, World], stranger: httpx.AsyncClient
) -> None:
    theirs, mine = worlds
    before = await theirs.fingerprint()
    wrong = []
    last = ("POST /api/org/sign-out", "POST /api/org/sign-out-everywhere")
    for key in [r for r in covered(application) if r not in last]:
        case = CASES[key]
        method, _, path = key.partition(" ")
        address = fill(path.replace("/hooks/{account}", "/hooks/{hook}"), theirs)
        headers = {"authorization": f"Bearer {mine.ids['token']}"} if case.token else {}
        answer = await stranger.request(
            method, address, json=fill_all(case.body, theirs) if case.body else None,
            params=fill_all(case.query, theirs), headers=headers,
        )
        if answer.status_code not in case.statuses:
            wrong.append((key, answer.status_code, answer.text[:200]))
    assert wrong == []
    after = await theirs.fingerprint()
    assert {t for t in before if before[t] != after[t]} <= MAY_WRITE


async def test_without_a_session_every_member_route_asks_to_sign_in(
    application: FastAPI, worlds: tuple[World, World], http: httpx.AsyncClient
) -> None:
    wrong = []
    for key in covered(application):
        method, _, path = key.partition(" ")
        if not path.startswith("/api/") or path == "/api/org/sign-in":
            continue
        body = CASES[key].body
        answer = await http.request(
            method, fill(path, worlds[0]), json=fill_all(body, worlds[0]) if body else None
        )
        if answer.status_code != 401:
            wrong.append((key, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(FRAMES))
async def test_a_strangers_frame_finds_nothing(
    name: str, worlds: tuple[World, World], house: House
) -> None:
    theirs, mine = worlds
    async with mine.unit() as ctx:
        profile = await org.member(ctx, mine.ids["admin"])
    actor = Member(profile.id, profile.name, frozenset(), org.permissions_of(profile.roles))
    line = Line(None, actor, Scope(mine.tenant), "zh-CN")  # type: ignore[arg-type]
    hub = Hub(house)
    before = await theirs.fingerprint()
    call = live_desk.Call(house, hub, line, {"t": name, **fill_all(FRAMES[name], theirs)})
    if name in QUIET_FRAMES:
        await live_desk.ACTS[name](call)
    else:
        with pytest.raises(Problem) as raised:
            await live_desk.ACTS[name](call)
        assert isinstance(raised.value, NotFound)
    assert theirs.ids["conversation_id"] not in line.marks
    assert await theirs.fingerprint() == before


async def test_what_a_stranger_is_shown_is_only_their_own(
    application: FastAPI, worlds: tuple[World, World], stranger: httpx.AsyncClient
) -> None:
    theirs, _ = worlds
    secrets = {str(v) for k, v in theirs.ids.items() if k not in ("number", "code", "blob")}
    for key in covered(application):
        method, _, path = key.partition(" ")
        if method != "GET" or "{" in path:
            continue
        answer = await stranger.get(path, params=fill_all(CASES[key].query, theirs))
        shown = {s for s in secrets if s in answer.text and len(s) > 8}
        assert shown == set(), (key, shown)


def fill(text: str, world: World) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: str(world.ids[m.group(1)]), text)


def fill_all(value: Any, world: World) -> Any:
    if isinstance(value, str):
        return fill(value, world) if value.startswith("{") else value
    if isinstance(value, dict):
        return {k: fill_all(v, world) for k, v in value.items()}
    if isinstance(value, list):
        return [fill_all(v, world) for v in value]
    return value
