"""Hostile readers and writers on the live sockets."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers, QueryParams
from starlette.websockets import WebSocketState

from tests.architecture.cross_tenant_cases import FRAMES, SHOPPER_FRAMES
from tests.architecture.test_cross_tenant import fill_all
from tests.architecture.worlds import PASSWORD, World, make_world
from tests.attacks.hostile import LONG, TEXTS, VALUES, raw
from tests.conftest import browser
from xiaoer.edge.live import desk as live_desk
from xiaoer.edge.live import line as live_line
from xiaoer.edge.live import widget as live_widget
from xiaoer.edge.serve.worker import LARGEST_FRAME
from xiaoer.modules import org
from xiaoer.ports.ctx import Scope
from xiaoer.ports.house import House

SAID = {
    "send": {"client_id": "c", "parts": [{"kind": "text", "text": "hi"}]},
    "seen": {"seq": 1},
    "rate": {"score": 5, "text": ""},
    "leave": {"text": "hi", "contact": "1"},
}
PIECES = ("1" * 100, "[" * 100_000, "{", "null", '"t"', "\ud800", '{"t": "\\ud800"}', "", "\x00", "NaN")


class Socket:
    """A socket whose frames are written down beforehand; then its caller goes."""

    def __init__(
        self, application: FastAPI, frames: list[Any], *, cookie: str = "", token: str = "",
        account: str = "", origin: str = "http://testserver",
    ) -> None:
        self.app = application
        self.cookies = {"xe_session": cookie}
        self.headers = Headers({"origin": origin})
        self.query_params = QueryParams({"token": token})
        self.path_params = {"account": account}
        self.application_state = WebSocketState.CONNECTING
        self.frames = iter(frames)
        self.told: list[dict[str, Any]] = []
        self.code: int | None = None
        self.heard = 0

    async def accept(self) -> None:
        self.application_state = WebSocketState.CONNECTED

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        frame = None if self.code else next(self.frames, None)
        if frame is None:
            await asyncio.sleep(0.02)
            return {"type": "websocket.disconnect"}
        self.heard += 1
        is_text = isinstance(frame, str)
        text = frame if is_text else raw(frame).decode()
        return {"type": "websocket.receive", "text": text}

    async def send_text(self, text: str) -> None:
        self.told.append(json.loads(text))

    async def close(self, code: int) -> None:
        self.code = code
        self.application_state = WebSocketState.DISCONNECTED


@pytest.fixture
async def world(house: House) -> World:
    return await make_world(house, await org.hash_password(PASSWORD))


async def at_desk(application: FastAPI, world: World, frames: list[Any]) -> Socket:
    async with browser(application) as client:
        body = {"login": "admin", "password": PASSWORD, "group": world.slug}
        await client.post("/api/org/sign-in", json=body)
        socket = Socket(application, frames, cookie=client.cookies["xe_session"])
        await live_desk.live(socket)  # type: ignore[arg-type]
    return socket


async def at_shop(
    application: FastAPI, world: World, frames: list[Any], origin: str = "http://testserver"
) -> Socket:
    account = world.ids["account"]
    socket = Socket(
        application, frames, token=world.ids["token"], account=account, origin=origin
    )
    await live_widget.live(socket, account)  # type: ignore[arg-type]
    return socket


def hostile_frames(cases: dict[str, dict[str, Any]]) -> list[Any]:
    """Each value in each field of each frame, and things that are no frames."""
    frames: list[Any] = list(PIECES)
    for name, fields in cases.items():
        for field in fields:
            frames += [{"t": name, **fields, field: value} for value in (*TEXTS, *VALUES, LONG)]
        frames += [{"t": name}, {"t": [name]}, {"t": {name: 1}}, {"t": name, "ref": LONG}]
    return frames


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what a frame does is seen, and not that there are many."""
    monkeypatch.setattr(live_line.Pace, "admit", lambda self, now: None)


async def test_no_frame_breaks_a_desks_line(
    application: FastAPI, world: World, unhurried: None
) -> None:
    frames = hostile_frames({name: fill_all(said, world) for name, said in FRAMES.items()})
    socket = await at_desk(application, world, [*frames, {"t": "ping"}])
    assert socket.heard == len(frames) + 1
    assert socket.told[-1] == {"t": "pong"}
    codes = {one["problem"]["code"] for one in socket.told if one["t"] == "error"}
    assert "internal" not in codes


async def test_no_frame_breaks_a_shoppers_line(
    application: FastAPI, world: World, unhurried: None
) -> None:
    frames = hostile_frames({name: SAID.get(name, {}) for name in sorted(SHOPPER_FRAMES)})
    socket = await at_shop(application, world, [*frames, {"t": "ping"}])
    assert socket.heard == len(frames) + 1
    assert socket.told[-1] == {"t": "pong"}
    assert not any(one["t"] == "error" and one["problem"]["code"] == "internal"
                   for one in socket.told)


async def test_a_flood_of_frames_ends_the_line(application: FastAPI, world: World) -> None:
    desk = await at_desk(application, world, [{"t": "ping"}] * 5_000)
    shop = await at_shop(application, world, [{"t": "typing"}] * 5_000)
    for socket, most in ((desk, live_desk.MOST_FRAMES), (shop, live_widget.MOST_FRAMES)):
        assert socket.heard == most + 1
        assert socket.code == live_line.TRY_AGAIN_LATER


async def test_messages_wishes_and_complaints_are_counted_together(
    application: FastAPI, world: World
) -> None:
    words = [{"t": "send", "client_id": str(n), "parts": [{"kind": "text", "text": "hi"}]}
             for n in range(10)]
    socket = await at_shop(application, world, [*words, *([{"t": "person"}] * 200)])
    refused = [one for one in socket.told if one["t"] == "error"]
    assert {one["problem"]["code"] for one in refused} == {"rate_limited"}
    async with world.unit() as ctx:
        [row] = await ctx.uow.rows("SELECT count(*) AS n FROM conversations_message")
    assert row.n <= live_widget.MOST_MESSAGES + 5


async def test_a_reader_that_reads_nothing_is_let_go(house: House, world: World) -> None:
    never = asyncio.Event()
    closed = asyncio.get_running_loop().create_future()

    async def send_text(text: str) -> None:
        await never.wait()

    async def close(code: int) -> None:
        closed.set_result(code)

    socket = SimpleNamespace(
        send_text=send_text, close=close, application_state=WebSocketState.CONNECTED
    )
    actor: Any = None
    line = live_line.Line(socket, actor, Scope(world.tenant), "en")  # type: ignore[arg-type]
    line.start()
    await asyncio.sleep(0)
    for _ in range(live_line.MOST_WAITING + 10):
        line.send({"t": "news"})
    async with asyncio.timeout(5):
        assert await closed == live_line.TRY_AGAIN_LATER


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil", "http://["])
async def test_another_pages_script_opens_no_shoppers_line(
    application: FastAPI, world: World, origin: str
) -> None:
    socket = await at_shop(application, world, [{"t": "ping"}], origin)
    assert socket.code == 4403
    assert socket.heard == 0


async def test_another_sites_script_opens_no_desks_line(application: FastAPI) -> None:
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        told.append(message)

    for origin in (b"https://evil.example", b"null", b"http://["):
        await application(
            {"type": "websocket", "path": "/api/live", "raw_path": b"/api/live", "scheme": "ws",
             "query_string": b"", "root_path": "", "subprotocols": [], "client": ("1.2.3.4", 1),
             "server": ("testserver", 80), "headers": [(b"host", b"testserver"),
                                                      (b"origin", origin), (b"cookie", b"a=b")]},
            receive, send)
    assert [m["type"] for m in told] == ["websocket.close"] * 3


async def test_a_line_watches_only_so_many(
    application: FastAPI, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_desk, "MOST_WATCHED", 0)
    about = {"t": "watch", "conversation": str(world.ids["conversation_id"])}
    socket = await at_desk(application, world, [about])
    assert [one["problem"]["code"] for one in socket.told if one["t"] == "error"] == ["invalid"]


def test_a_frame_is_no_larger_than_the_largest_message() -> None:
    assert LARGEST_FRAME <= 2 * 1024 * 1024
