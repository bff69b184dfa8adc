"""Guessing at the door of the desk, and sessions that should be over."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.websockets import WebSocketState

from tests.architecture.worlds import PASSWORD, World, make_world
from tests.conftest import browser
from xiaoer.edge.live import desk as live_desk
from xiaoer.engines.clock.fake import FakeClock
from xiaoer.kit.ids import NOWHERE
from xiaoer.modules import org
from xiaoer.modules.org.rules import FREE_TRIES, OF_ADDRESS, network
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

NEW = "another-long-secret"


@pytest_asyncio.fixture(loop_scope="session")
async def world(house: House) -> World:
    return await make_world(house, await org.hash_password(PASSWORD))


async def enter(client: httpx.AsyncClient, group: str, login: str, password: str) -> Any:
    return await client.post(
        "/api/org/sign-in", json={"group": group, "login": login, "password": password}
    )


async def tries(client: httpx.AsyncClient, group: str, login: str, many: int) -> list[Any]:
    """What is told of each of many wrong passwords: the status and every word."""
    told = []
    for _ in range(many):
        answer = await enter(client, group, login, "not-the-password")
        told.append((answer.status_code, answer.json(), answer.headers.get("retry-after")))
    return told


async def test_a_login_that_exists_and_one_that_does_not_are_told_the_same(
    world: World, http: httpx.AsyncClient
) -> None:
    many = FREE_TRIES + 2
    known = await tries(http, world.slug, "admin", many)
    assert [status for status, _, _ in known[:FREE_TRIES]].count(401) == FREE_TRIES - 1
    assert known[-1][0] == 429
    assert await tries(http, world.slug, "nobody-here", many) == known
    async with world.unit() as ctx:
        await org.change_member(
            ctx, world.ids["member_id"], 1, org.contracts.MemberChange(active=False)
        )
    assert await tries(http, world.slug, "agent", many) == known, "switched off"


async def test_a_group_that_does_not_exist_is_told_the_same(
    world: World, http: httpx.AsyncClient
) -> None:
    nowhere = f"no-{uuid4().hex[:12]}"
    login = f"someone-{uuid4().hex[:8]}"
    there = await tries(http, world.slug, login, FREE_TRIES + 2)
    assert await tries(http, nowhere, login, FREE_TRIES + 2) == there


async def test_one_address_cannot_try_a_password_on_every_login(
    world: World, http: httpx.AsyncClient, clock: FakeClock
) -> None:
    answers = [
        (await enter(http, world.slug, f"login{n}", "spring-2026")).status_code
        for n in range(OF_ADDRESS.free + 3)
    ]
    assert answers[: OF_ADDRESS.free - 1] == [401] * (OF_ADDRESS.free - 1)
    assert set(answers[OF_ADDRESS.free :]) == {429}
    assert (await enter(http, world.slug, "admin", PASSWORD)).status_code == 429
    clock.advance(OF_ADDRESS.longest_s + 1)
    assert (await enter(http, world.slug, "admin", PASSWORD)).status_code == 200


async def test_the_count_keeps_neither_login_nor_address(
    world: World, http: httpx.AsyncClient
) -> None:
    await tries(http, world.slug, "private-name", 2)
    async with world.unit() as ctx:
        rows = await ctx.uow.rows("SELECT subject FROM org_sign_in_try")
    assert len(rows) == 2
    assert not any("private-name" in r.subject or "127.0.0" in r.subject for r in rows)


async def test_old_counts_are_forgotten(world: World, http: httpx.AsyncClient, clock: Any) -> None:
    for n in range(3):
        await tries(http, world.slug, f"made-up-{n}", 1)
    clock.advance(hours=25)
    await tries(http, world.slug, "made-up-9", 1)
    async with world.unit() as ctx:
        [row] = await ctx.uow.rows("SELECT count(*) AS n FROM org_sign_in_try")
    assert row.n == 2, "the newest login and the address"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("not an address", "not an address", True),
    ],
)
def test_an_address_of_ipv6_is_its_network(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


async def test_passwords_are_compared_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0

    def slow(password: str, hashed: str) -> bool:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        import time

        time.sleep(0.02)
        at_once -= 1
        return False

    monkeypatch.setattr("xiaoer.modules.org.rules.verify_password", slow)
    claim = org.contracts.Claim("x", "")
    await asyncio.gather(*(org.prove(claim, "y") for _ in range(12)))
    assert most == 2


async def change_password(client: httpx.AsyncClient, old: str, new: str = NEW) -> httpx.Response:
    return await client.put("/api/org/me", json={"old_password": old, "password": new})


async def test_a_new_password_ends_every_session_and_gives_who_changed_it_a_fresh_one(
    application: FastAPI, world: World
) -> None:
    async with browser(application) as mine, browser(application) as thief:
        for client in (mine, thief):
            assert (await enter(client, world.slug, "admin", PASSWORD)).status_code == 200
        before = mine.cookies["xe_session"]
        assert (await change_password(mine, PASSWORD)).status_code == 204
        assert mine.cookies["xe_session"] != before
        assert (await mine.get("/api/org/me")).status_code == 200
        assert (await thief.get("/api/org/me")).status_code == 401
        thief.cookies.set("xe_session", before)
        assert (await thief.get("/api/org/me")).status_code == 401
        assert (await enter(thief, world.slug, "admin", PASSWORD)).status_code == 401


async def test_the_old_password_cannot_be_guessed_at_an_unwatched_screen(
    application: FastAPI, world: World
) -> None:
    async with browser(application) as screen:
        await enter(screen, world.slug, "admin", PASSWORD)
        answers = [(await change_password(screen, f"guess-{n}")).status_code for n in range(8)]
        assert answers[: FREE_TRIES - 1] == [403] * (FREE_TRIES - 1)
        assert answers[-1] == 429
        assert (await change_password(screen, PASSWORD)).status_code == 429


class Socket:
    """A desk's socket whose reader does nothing, and which remembers how it was closed."""

    def __init__(self, application: FastAPI, cookie: str) -> None:
        self.app = application
        self.cookies = {"xe_session": cookie}
        self.headers: dict[str, str] = {}
        self.application_state = WebSocketState.CONNECTED
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ready = asyncio.Event()

    async def accept(self) -> None:
        return

    async def receive(self) -> dict[str, Any]:
        await self.closed
        return {"type": "websocket.receive", "text": '{"t": "claim_next", "ref": 1}'}

    async def send_text(self, text: str) -> None:
        if '"pong"' in text or '"ready"' in text:
            self.ready.set()
        assert '"ok"' not in text, "a frame was heard after the end"

    async def close(self, code: int) -> None:
        self.closed.set_result(code)


async def opened(application: FastAPI, cookie: str) -> tuple[Socket, asyncio.Task[None]]:
    socket = Socket(application, cookie)
    serving = asyncio.create_task(live_desk.live(socket))  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        await socket.ready.wait()
    return socket, serving


@pytest.mark.parametrize("what", ["own password", "new password", "switched off", "moved", "out"])
async def test_a_live_socket_ends_with_its_session(
    application: FastAPI, world: World, what: str
) -> None:
    async with browser(application) as admin, browser(application) as agent:
        await enter(admin, world.slug, "admin", PASSWORD)
        await enter(agent, world.slug, "agent", PASSWORD)
        socket, serving = await opened(application, agent.cookies["xe_session"])
        member = f"/api/org/members/{world.ids['member_id']}"
        if what == "own password":
            answer = await change_password(agent, PASSWORD)
        elif what == "out":
            answer = await agent.post("/api/org/sign-out-everywhere")
        else:
            change = {"new password": {"password": NEW}, "switched off": {"active": False},
                      "moved": {"roles": ["guide"]}}[what]
            answer = await admin.put(member, json={"version": 1, **change})
        assert answer.status_code in (200, 204), answer.text
        async with asyncio.timeout(5):
            assert await socket.closed == 1013
            await serving


async def test_a_live_socket_ends_when_its_session_expires_even_if_the_bus_is_silent(
    application: FastAPI, world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_desk, "ASK_S", 0.02)
    async with browser(application) as agent:
        await enter(agent, world.slug, "agent", PASSWORD)
        socket, serving = await opened(application, agent.cookies["xe_session"])
        await asyncio.sleep(0.1)
        assert not socket.closed.done()
        clock.advance(days=15)
        async with asyncio.timeout(5):
            assert await socket.closed == 1013
            await serving


async def test_nobody_reads_the_counts_of_no_group(house: House, world: World) -> None:
    async with house.unit(System("test"), Scope(NOWHERE)) as ctx:
        assert not await ctx.uow.rows(
            "SELECT 1 FROM org_sign_in_try WHERE tenant_id = %(t)s", {"t": world.tenant}
        )


async def test_a_new_password_and_a_new_language_do_not_wait_for_each_other(
    application: FastAPI, world: World
) -> None:
    async with browser(application) as client:
        await enter(client, world.slug, "admin", PASSWORD)
        body = {"old_password": PASSWORD, "password": NEW, "locale": "en"}
        async with asyncio.timeout(5):
            assert (await client.put("/api/org/me", json=body)).status_code == 204
        assert (await client.get("/api/org/me")).json()["locale"] == "en"
