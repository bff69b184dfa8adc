"""What every request passes: where unsafe requests may come from, how large they may be, and the
headers that every answer carries. Plain ASGI, so that sockets and streams are not wrapped."""

from __future__ import annotations

from time import perf_counter
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiaoer.edge.http.problems import render
from xiaoer.engines.metrics.prometheus import observe_request
from xiaoer.kit.problem import Forbidden, Problem

_SAFE = {"GET", "HEAD", "OPTIONS"}
_BODY_SLACK = 65_536
MOST_IMPORT_BYTES = 268_435_456
"""Files of a retailer's own tables; they are spooled to disk, not held."""


class TooLarge(Problem):
    """More bytes than a request may have."""

    code = "too_large"
    status = 413
    zh = "内容超过 {limit} 字节，没有接收。"
    en = "The content is larger than {limit} bytes and was not taken."


class Guards:
    """Refuses cross-site writes with a session cookie, and bodies that say they are too large."""

    def __init__(self, app: ASGIApp, most_bytes: int, public_url: str | None) -> None:
        self._app = app
        self._most = most_bytes + _BODY_SLACK
        self._public = urlsplit(public_url).netloc if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        problem = self._refusal(scope, headers)
        if problem is None:
            await self._app(scope, receive, _with_headers(scope, send))
        elif scope["type"] == "http":
            await render(problem, _locale(headers))(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        length = headers.get("content-length", "0")
        most = MOST_IMPORT_BYTES if scope["path"].endswith("/imports") else self._most
        if length.isdigit() and int(length) > most:
            return TooLarge(limit=most - _BODY_SLACK)
        writes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if writes and scope["path"].startswith("/api/") and not self._same_site(headers):
            return Forbidden()
        return None

    def _same_site(self, headers: Headers) -> bool:
        """Browsers send Origin with every unsafe request and every socket."""
        origin = headers.get("origin")
        if origin is None:
            return "cookie" not in headers
        return urlsplit(origin).netloc in (headers.get("host"), self._public)


def _with_headers(scope: Scope, send: Send) -> Send:
    began = perf_counter()

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "same-origin")
            observe_request(scope["method"], message["status"], perf_counter() - began)
        await send(message)

    return wrapped


def _locale(headers: Headers) -> str:
    return "en" if headers.get("accept-language", "").lower().startswith("en") else "zh-CN"
