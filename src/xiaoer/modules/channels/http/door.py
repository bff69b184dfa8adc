"""Who comes through the public door: a page that the account lists, with a session's token.

A request that writes must name an allowed origin (browsers always do); one that reads may come
without, because pictures do, and is let in by its token alone. Answers may be read by allowed
pages only: ``WidgetCors`` says so on every answer, errors too.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import Problem, Unauthenticated
from xiaoer.modules.channels.contracts import Account, Route, Session
from xiaoer.modules.channels.rules import tokens
from xiaoer.modules.channels.service import accounts, sessions
from xiaoer.ports.blobs import TooLarge
from xiaoer.ports.ctx import Ctx, Scope, Shopper, System
from xiaoer.ports.house import House

MOST_JSON_BYTES = 1_000_000
FORM_BYTES = 65_536
_READS = ("GET", "HEAD")
_STATE = "widget_origin"
DOOR = System("door")


class LengthRequired(Problem):
    """A body of unknown length; every browser says how long it is."""

    code = "length_required"
    status = 411
    zh = "请求缺少 Content-Length。"
    en = "The request has no Content-Length."


class LimitedRoute(APIRoute):
    """Refuses a body that is too long before a byte of it is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the check."""
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            _check_length(request)
            account = request.path_params.get("account")
            if account and int(request.headers.get("content-length", "0")) > FORM_BYTES:
                await _visit(account, request)  # a large body of nobody's is not read
            return await handle(request)

        return limited


class PreflightRoute(APIRoute):
    """Answers OPTIONS below a prefix, and is no route at all for anything else."""

    def matches(self, scope: AsgiScope) -> tuple[Match, AsgiScope]:
        """A path that only this route knows is not found, rather than not allowed."""
        if scope.get("method") != "OPTIONS":
            return Match.NONE, {}
        return super().matches(scope)


def _check_length(request: Request) -> None:
    length = request.headers.get("content-length")
    if length is None and "transfer-encoding" in request.headers:
        raise LengthRequired()
    limit = MOST_JSON_BYTES
    if request.url.path.endswith("/uploads"):
        limit = house_of(request).settings.max_upload_bytes + FORM_BYTES
    if length is not None and int(length) > limit:
        raise TooLarge(limit=f"{limit // 1_000_000 or 1} MB")


def house_of(request: Request) -> House:
    """The house that serves the request."""
    house: House = request.app.state.house
    return house


async def route_of(request: Request, key: str) -> Route:
    """Which tenant a public key leads to; raises ``NotFound``."""
    async with house_of(request).unit(DOOR, Scope(NOWHERE)) as ctx:
        return await accounts.find(ctx, key)


def admit(request: Request, account: Account) -> None:
    """Check the page; raises :class:`OriginRefused`."""
    origin = request.headers.get("origin")
    if origin is None and request.method in _READS:
        return
    sessions.check_origin(account, origin)
    if origin is not None:
        setattr(request.state, _STATE, origin)


async def admit_by_key(request: Request, key: str) -> Route:
    """Check the page by the account's public key; raises ``NotFound``, :class:`OriginRefused`."""
    route = await route_of(request, key)
    async with house_of(request).unit(DOOR, Scope(route.tenant)) as ctx:
        admit(request, await accounts.account(ctx, route.account_id))
    return route


async def _visit(account: str, request: Request) -> Session:
    """The session behind the token; a page that is listed may read also that there is none."""
    tenant, secret = tokens.split(_token(request))
    session = None
    if tenant is not None:
        async with house_of(request).unit(DOOR, Scope(tenant)) as ctx:
            session = await sessions.shopper(ctx, account, secret)
    if session is None:
        await admit_by_key(request, account)
        raise Unauthenticated()
    admit(request, session.account)
    return session


def _token(request: Request) -> str:
    """In the header, or for a picture in the address."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token
    return request.query_params.get("token", "") if request.method in _READS else ""


Visit = Annotated[Session, Depends(_visit)]


def actor_of(session: Session) -> Shopper:
    """The visitor as an actor."""
    return Shopper(
        session.visitor_id, session.account.id, session.customer_id, session.proven
    )


def scope_of(session: Session) -> Scope:
    """The tenant of a session."""
    return Scope(session.account.tenant)


def entered(request: Request, session: Session) -> AbstractAsyncContextManager[Ctx]:
    """A unit of work of the visitor."""
    return house_of(request).unit(actor_of(session), scope_of(session))


class WidgetCors:
    """Says on every answer below ``/widget/`` which page may read it (Fetch, section 3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/widget/"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if _STATE in state:
                    headers["Access-Control-Allow-Origin"] = state[_STATE]
            await send(message)

        await self._app(scope, receive, say)
