"""A shop with a widget and a hook, and a browser in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from tests.conftest import Units, member
from xiaoer.edge.http.problems import install_problems
from xiaoer.engines.channels.webhook import signature
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.kit.ids import TenantId
from xiaoer.modules import channels, customers
from xiaoer.modules.channels import http as channels_http
from xiaoer.modules.channels.contracts import Account, Greeting, Profile, QuickReply
from xiaoer.ports.ctx import Actor, Member, Scope

SHOP = "https://shop.example"
GREETINGS = {
    "zh-CN": Greeting("您好", (QuickReply("转人工", "action:person"),)),
    "en": Greeting("Hello"),
}


@dataclass(slots=True)
class Desk:
    """The test's doorkeeper: whoever it is told stands at the desk."""

    tenant: TenantId
    member: Member
    path: str = "/"

    async def admit(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        return self.member, Scope(self.tenant, self.path)


@dataclass(frozen=True, slots=True)
class _Doorkeeper:
    desk: Desk

    async def member(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        return await self.desk.admit(connection)

    async def shopper(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        raise AssertionError("the room's routes find their visitors themselves")


@pytest.fixture
def desk(tenant: TenantId) -> Desk:
    """Who sits at the desk in this test."""
    return Desk(tenant, member())


@pytest.fixture(scope="session")
def front(assembly: Assembly) -> FastAPI:
    """The room's routes, which take long to build and know no test."""
    app = FastAPI()
    app.state.house = assembly.house
    install_problems(app)
    app.include_router(channels_http.router)
    app.add_middleware(channels_http.WidgetCors)
    return app


@pytest.fixture
async def http(front: FastAPI, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the shop's page; also a member's, and another system."""
    front.state.doorkeeper = _Doorkeeper(desk)
    transport = httpx.ASGITransport(front)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://xiaoer.test", headers={"Origin": SHOP}
    ) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Opened:
    """An account and its newest secret."""

    account: Account
    secret: str

    @property
    def key(self) -> str:
        return self.account.key


async def opened(unit: Units, kind: str = "web", **more: Any) -> Opened:
    """An account of the test's tenant."""
    given: dict[str, Any] = {
        "name": "官网",
        "allowed_origins": (SHOP,),
        "greetings": GREETINGS,
        "callback_url": "https://elsewhere.example/in" if kind == "webhook" else "",
    }
    async with unit(member()) as ctx:
        return Opened(*await channels.open_account(ctx, Profile(kind=kind, **(given | more))))


@pytest.fixture
async def web(unit: Units) -> Opened:
    """The widget's account."""
    return await opened(unit)


@pytest.fixture
async def hook(unit: Units) -> Opened:
    """Another system's account."""
    return await opened(unit, "webhook")


async def customer(unit: Units, **kinds: str) -> customers.contracts.Customer:
    """A customer with these identities."""
    identities = tuple(
        customers.contracts.Identity(customers.contracts.IdentityKind(kind), value)
        for kind, value in kinds.items()
    )
    newcomer = customers.contracts.Newcomer(identities, name="王芳", level="gold")
    async with unit() as ctx:
        found = await customers.identify(ctx, identities[0], newcomer)
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget with a session."""

    http: httpx.AsyncClient
    key: str
    session: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session['token']}"}

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.http.post(
            f"/widget/{self.key}/{path}",
            json={} if body is None else body,
            headers=self.headers,
            **more,
        )

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(
            f"/widget/{self.key}/{path}", params=query, headers=self.headers
        )

    async def say(self, text: str, client_id: str | None = None) -> httpx.Response:
        parts = [{"kind": "text", "text": text}]
        return await self.post(
            "messages", {"client_id": client_id or str(uuid4()), "parts": parts}
        )

    async def upload(self, content: bytes, name: str = "a.bin") -> httpx.Response:
        return await self.http.post(
            f"/widget/{self.key}/uploads",
            files={"file": (name, content)},
            headers=self.headers,
        )


async def enter(http: httpx.AsyncClient, key: str, **body: Any) -> Widget:
    """Open the widget."""
    answer = await http.post(f"/widget/{key}/sessions", json={"page": {}} | body)
    assert answer.status_code == 200, answer.text
    return Widget(http, key, answer.json())


async def call(
    http: httpx.AsyncClient,
    hook: Opened,
    body: Any,
    *,
    at: float,
    path: str = "",
    secret: str | None = None,
    **headers: str,
) -> httpx.Response:
    """A signed call of another system; ``body`` as bytes goes as it is."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    timestamp = str(int(at))
    signed = {
        "X-Xiaoer-Timestamp": timestamp,
        "X-Xiaoer-Signature": signature(secret or hook.secret, timestamp, raw),
    }
    return await http.post(f"/hooks/{hook.key}{path}", content=raw, headers=signed | headers)


def message(
    text: str = "在吗", external_id: str | None = None, sender: str = "s-1"
) -> dict[str, Any]:
    """What another system sends."""
    return {
        "external_id": external_id or str(uuid4()),
        "sender": {"id": sender, "name": "李雷"},
        "text": text,
    }
