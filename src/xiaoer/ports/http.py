"""How a route of a room gets its ``ctx``: the one place below the edge that knows the framework.

A room's ``http.py`` declares ``ctx: MemberCtx`` and calls its own door; who the caller is, is
decided by the edge's doorkeeper. The unit commits before the response leaves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Protocol

from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from xiaoer.kit.ids import TenantId
from xiaoer.kit.paging import MAX_LIMIT
from xiaoer.kit.problem import Problem
from xiaoer.ports.ctx import Actor, Ctx, Scope
from xiaoer.ports.house import House


class Doorkeeper(Protocol):
    """Says who stands at the door. Two implementations: sessions and tokens, and the tests'."""

    async def member(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        """The signed-in member; raises ``Unauthenticated``."""
        ...

    async def shopper(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        """The visitor or customer behind a widget token; raises ``Unauthenticated``."""
        ...


async def _member(request: Request) -> AsyncIterator[Ctx]:
    actor, scope = await request.app.state.doorkeeper.member(request)
    async with request.app.state.house.unit(actor, scope) as ctx:
        yield ctx


async def _shopper(request: Request) -> AsyncIterator[Ctx]:
    actor, scope = await request.app.state.doorkeeper.shopper(request)
    async with request.app.state.house.unit(actor, scope) as ctx:
        yield ctx


def enter(request: Request, actor: Actor, tenant: TenantId) -> AbstractAsyncContextManager[Ctx]:
    """A unit in a tenant that a public route has found by name, or in none; commits on exit."""
    house: House = request.app.state.house
    return house.unit(actor, Scope(tenant))


MemberCtx = Annotated[Ctx, Depends(_member, scope="function")]
ShopperCtx = Annotated[Ctx, Depends(_shopper, scope="function")]
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def raises(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route that can end in these problems."""
    declared: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        entry = declared.setdefault(
            problem.status,
            {
                "description": "",
                "content": {"application/problem+json": {"schema": {"type": "object"}}},
            },
        )
        entry["description"] = ", ".join(filter(None, (entry["description"], problem.code)))
    return declared


def locale_of(connection: HTTPConnection) -> str:
    """``zh-CN`` or ``en``, from the request's Accept-Language; Chinese when it does not say."""
    return (
        "en" if connection.headers.get("accept-language", "").lower().startswith("en") else "zh-CN"
    )
