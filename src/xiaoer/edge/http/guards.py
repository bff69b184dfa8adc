"""What every request passes: where unsafe requests may come from, how large they may be, and the
headers that every answer carries. Plain ASGI, so that sockets and streams are not wrapped."""

from __future__ import annotations

from time import perf_counter
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiaoer.edge.http.problems import render
from xiaoer.engines.metrics.prometheus import observe_request
from xiaoer.kit.problem import Forbidden, Problem
from xiaoer.modules.channels.http.door import LengthRequired

_SAFE = {"GET", "HEAD", "OPTIONS"}
_BODY_SLACK = 65_536
MOST_IMPORT_BYTES = 268_435_456
"""Files of a retailer's own tables; they are spooled to disk, not held."""
MOST_JSON_BYTES = 2_000_000
"""What is parsed in memory."""
_A_YEAR = "max-age=31536000"

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}
"""What an answer says that says nothing else: it is no page, runs nothing and is shown in none."""


class TooLarge(Problem):
    """More bytes than a request may have."""

    code = "too_large"
    status = 413
    zh = "内容超过 {limit} 字节，没有接收。"
    en = "The content is larger than {limit} bytes and was not taken."


class Guards:
    """Refuses cross-site writes with a session cookie, and bodies that are too large, have no
    stated length, or are large and come from nobody: before a byte of them is read."""

    def __init__(self, app: ASGIApp, most_bytes: int, public_url: str | None) -> None:
        self._app = app
        self._most = most_bytes
        public = urlsplit(public_url or "")
        self._public = public.netloc or None
        self._is_tls = public.scheme == "https"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = self._with_headers(scope, send) if scope["type"] == "http" else send
        try:
            await self._admit(scope, headers)
        except Problem as problem:
            if scope["type"] == "http":
                await render(problem, _locale(headers))(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 4403})
            return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, headers: Headers) -> None:
        """Raise what is wrong with the request."""
        path = scope["path"]
        writes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if not writes:
            return
        if path.startswith("/api/") and not self._same_site(headers):
            raise Forbidden()
        if "transfer-encoding" in headers and not path.startswith("/hooks/"):
            raise LengthRequired()
        length = _length(headers)
        limit = self._limit(path, headers)
        if length > limit:
            raise TooLarge(limit=limit)
        if length > _BODY_SLACK and path.startswith("/api/"):
            await scope["app"].state.doorkeeper.member(HTTPConnection(scope))

    def _limit(self, path: str, headers: Headers) -> int:
        if not headers.get("content-type", "").lower().startswith("multipart/"):
            return MOST_JSON_BYTES
        return MOST_IMPORT_BYTES if path.endswith("/imports") else self._most + _BODY_SLACK

    def _same_site(self, headers: Headers) -> bool:
        """Browsers send Origin with every unsafe request and every socket."""
        origin = headers.get("origin")
        if origin is None:
            return "cookie" not in headers
        try:
            from_where = urlsplit(origin).netloc
        except ValueError:
            return False
        return bool(from_where) and from_where in (headers.get("host"), self._public)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        began = perf_counter()
        is_data = scope["path"].startswith(("/api/", "/widget/"))
        is_tls = self._is_tls or scope["scheme"] == "https"

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if is_data:
                    headers.setdefault("cache-control", "no-store")
                if is_tls:
                    headers.setdefault("strict-transport-security", _A_YEAR)
                observe_request(scope["method"], message["status"], perf_counter() - began)
            await send(message)

        return wrapped


def _length(headers: Headers) -> int:
    """Of the body; a length that is no number is one that nothing may have."""
    told = headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 2**63


def _locale(headers: Headers) -> str:
    return "en" if headers.get("accept-language", "").lower().startswith("en") else "zh-CN"
