"""How a live socket is refused: what is wrong with the caller is final, what ails us is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.conftest import member
from xiaoer.edge.live import desk, widget
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound, Problem, RateLimited, Unauthenticated, Unavailable
from xiaoer.ports.ctx import Actor, Ctx, Scope

SOCKETS = ("/api/live", "/widget/abc/live?token=x")


class Door:
    """Says the same to everyone; without a problem it lets them in."""

    def __init__(self, problem: Problem | None) -> None:
        self.problem = problem

    async def member(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        if self.problem:
            raise self.problem
        return member(), Scope(TenantId(uuid4()))

    async def widget_session(self, connection: HTTPConnection) -> Any:
        if self.problem:
            raise self.problem
        raise AssertionError("only refusals are tried")


@asynccontextmanager
async def away(actor: Actor, scope: Scope) -> AsyncIterator[Ctx]:
    raise Unavailable()
    yield


def closed_with(path: str, problem: Problem | None) -> int:
    app = FastAPI()
    app.include_router(desk.router)
    app.include_router(widget.router)
    app.state.doorkeeper = Door(problem)
    app.state.house = SimpleNamespace(unit=away)
    with (
        TestClient(app) as client,
        client.websocket_connect(path) as socket,
        pytest.raises(WebSocketDisconnect) as gone,
    ):
        socket.receive_text()
    return gone.value.code


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Unauthenticated(), 4401),
        (NotFound(), 4404),
        (Unavailable(), 1013),
        (RateLimited(retry_after_s=3), 1013),
    ],
)
def test_only_what_is_wrong_with_the_caller_is_final(
    path: str, problem: Problem, code: int
) -> None:
    assert closed_with(path, problem) == code


def test_a_database_that_goes_while_an_agent_arrives_signs_nobody_out() -> None:
    assert closed_with("/api/live", None) == 1013
