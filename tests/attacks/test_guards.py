"""What stands before every route: where a write comes from, how much of it is read, and what a
browser is told about the answer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.responses import Response

from tests.architecture.cross_tenant_cases import CASES
from tests.architecture.test_cross_tenant import fill, routes
from tests.architecture.worlds import PASSWORD, World, make_world, signed_in
from tests.conftest import browser
from xiaoer.edge.http import pages
from xiaoer.edge.http.guards import MOST_JSON_BYTES, Guards
from xiaoer.labs.demo import http as demo
from xiaoer.modules import org

SIGN_IN = "/api/org/sign-in"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(assembly: Any) -> World:
    return await make_world(assembly.house, await org.hash_password(PASSWORD))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def member(application: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async for client in signed_in(application, world):
        yield client


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://testserver.evil.example",
        "http://evil.example/testserver",
        "http://testserver@evil.example",
        "http://testserver:8000",
        "http://[",
        "http://[::1",
        "null",
        "",
        "testserver",
        "javascript:testserver",
    ],
)
async def test_another_site_writes_nothing_with_a_members_cookie(
    member: httpx.AsyncClient, world: World, origin: str
) -> None:
    wrong = []
    for route in routes(member._transport.app):  # type: ignore[attr-defined]
        method, _, path = route.partition(" ")
        if method == "GET" or not path.startswith("/api/"):
            continue
        answer = await member.request(
            method, fill(path, world), json=CASES[route].body, headers={"origin": origin}
        )
        if answer.status_code != 403 or answer.json()["code"] != "forbidden":
            wrong.append((route, answer.status_code))
    assert wrong == []


async def test_a_cookie_without_an_origin_writes_nothing(
    application: FastAPI, member: httpx.AsyncClient
) -> None:
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as bare:
        bare.cookies.update(member.cookies)
        assert (await bare.get("/api/org/me")).status_code == 200
        assert (await bare.put("/api/org/me", json={"locale": "en"})).status_code == 403


async def test_reading_changes_nothing(member: httpx.AsyncClient, world: World) -> None:
    """A link or a picture on another site reads with the cookie; that must be all."""
    before = await world.fingerprint()
    for route in routes(member._transport.app):  # type: ignore[attr-defined]
        method, _, path = route.partition(" ")
        if method == "GET" and path.startswith("/api/"):
            await member.get(fill(path, world), headers={"origin": "https://evil.example"})
    assert await world.fingerprint() == before


class Body:
    """A body that would never end, and that counts how much of it was read."""

    def __init__(self, chunk: bytes = b"x" * 65_536) -> None:
        self.chunk = chunk
        self.read = 0

    async def __call__(self) -> dict[str, Any]:
        self.read += 1
        return {"type": "http.request", "body": self.chunk, "more_body": self.read < 10_000}


async def ask(
    application: FastAPI, path: str, headers: dict[str, str], body: Body | None = None
) -> tuple[int, int]:
    """The status, and how many chunks of the body were read for it."""
    given = body or Body()
    told: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
        "root_path": "", "server": ("testserver", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"testserver"), (b"origin", b"http://testserver"),
                    *((k.encode(), v.encode("latin-1")) for k, v in headers.items())],
    }
    await application(scope, given, send)
    return told[0], given.read


JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (SIGN_IN, JSON | {"transfer-encoding": "chunked"}, 411),
        (SIGN_IN, JSON | {"transfer-encoding": "chunked", "content-length": "5"}, 411),
        (SIGN_IN, JSON | {"content-length": str(MOST_JSON_BYTES + 1)}, 413),
        (SIGN_IN, JSON | {"content-length": "9" * 400}, 413),
        (SIGN_IN, JSON | {"content-length": "-1"}, 413),
        (SIGN_IN, JSON | {"content-length": "²"}, 413),
        (SIGN_IN, JSON | {"content-length": "100000"}, 401),
        ("/api/orders/imports", FORM | {"content-length": "268000000"}, 401),
        ("/api/customers/imports", FORM | {"content-length": "99999999999"}, 413),
        ("/api/uploads", FORM | {"content-length": "9000000"}, 401),
        ("/widget/{account}/uploads", FORM | {"content-length": "9000000"}, 401),
        ("/widget/{account}/messages", JSON | {"transfer-encoding": "chunked"}, 411),
        ("/widget/{account}/messages", JSON | {"content-length": "1000001"}, 413),
        ("/nowhere", JSON | {"content-length": "99999999"}, 413),
    ],
)
async def test_what_is_not_taken_is_not_read(
    application: FastAPI, world: World, path: str, headers: dict[str, str], status: int
) -> None:
    assert await ask(application, fill(path, world), headers) == (status, 0)


async def test_a_hook_reads_no_further_than_a_message_can_be(
    application: FastAPI, world: World
) -> None:
    path = f"/hooks/{world.ids['hook']}"
    status, read = await ask(application, path, JSON | {"transfer-encoding": "chunked"})
    assert (status, read) == (413, 16)


async def test_a_file_that_says_it_is_small_is_not_read_beyond_what_it_says(
    application: FastAPI, world: World
) -> None:
    """The server in front ends the body there; here the application itself is asked."""
    body = Body(b"{" * 10)
    status, _ = await ask(application, SIGN_IN, JSON | {"content-length": "10"}, body)
    assert status == 422


@pytest.mark.parametrize("path", ["/api/org/me", "/healthz", "/nowhere", "/widget/x/messages"])
async def test_every_answer_says_that_it_is_no_page(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


async def test_what_is_about_people_is_kept_in_no_cache(
    member: httpx.AsyncClient, world: World
) -> None:
    for path in ("/api/org/me", f"/api/customers/{world.ids['customer_id']}"):
        assert (await member.get(path)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("public", "scheme", "is_sent"), [
    ("https://service.example", "http", True),
    (None, "https", True),
    ("http://service.example", "http", False),
])
async def test_behind_tls_a_browser_is_told_to_stay_there(
    public: str | None, scheme: str, is_sent: bool
) -> None:
    app = Guards(Response("ok"), 1000, public)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://x") as client:
        headers = (await client.get("/desk/")).headers
    assert ("strict-transport-security" in headers) is is_sent


async def test_the_session_cookie_is_secure_where_the_public_address_is(
    application: FastAPI, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser(application) as client:
        body = {"login": "admin", "password": PASSWORD, "group": world.slug}
        plain = (await client.post(SIGN_IN, json=body)).headers["set-cookie"].lower()
        settings = application.state.house.settings
        monkeypatch.setattr(settings, "public_url", "https://service.example")
        secure = (await client.post(SIGN_IN, json=body)).headers["set-cookie"].lower()
    assert "secure" not in plain
    for word in ("secure", "httponly", "samesite=lax", "path=/"):
        assert word in secure


def directives(policy: str) -> dict[str, set[str]]:
    return {
        name: set(values)
        for name, *values in (part.split() for part in policy.split(";") if part.strip())
    }


async def test_the_desk_runs_nothing_but_its_own_files(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(pages, "built_screens", lambda: tmp_path)
    for path in ("/desk/", "/desk/inbox/1", "/desk/..%2f..%2fetc%2fpasswd"):
        answer = await http.get(path)
        assert answer.text == "<!doctype html>"
        policy = directives(answer.headers["content-security-policy"])
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == {"'self'"}
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == {"'none'"}


def test_the_demo_pages_run_their_own_script_by_its_digest() -> None:
    for page in ("shop.html", "start.html"):
        shown = demo._shown(demo._page(page).replace("{{account}}", "x"))
        policy = directives(shown.headers["content-security-policy"])
        assert policy["frame-ancestors"] == {"'none'"}
        assert "'unsafe-inline'" not in policy["script-src"]
        inline = re.findall(r"<script>", bytes(shown.body).decode())
        assert sum(value.startswith("'sha256-") for value in policy["script-src"]) == len(inline)


@pytest.mark.parametrize("path", [
    "/desk/assets/../../../../pyproject.toml", "/desk/assets/..%2f..%2f..%2fpyproject.toml",
    "/desk/assets/%2e%2e/%2e%2e/%2e%2e/pyproject.toml", "/widget-assets/..%5c..%5cpyproject.toml",
    "/widget-assets//etc/passwd", "/desk/assets/%00", "/desk/assets/a%00.js",
    "/widget-assets/" + "a" * 5000,
])
async def test_no_file_outside_the_screens_is_served(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "screens" / "desk" / "assets").mkdir(parents=True)
    (tmp_path / "screens" / "widget").mkdir()
    (tmp_path / "screens" / "desk" / "index.html").write_text("desk")
    (tmp_path / "pyproject.toml").write_text("secret")
    monkeypatch.setattr(pages, "built_screens", lambda: tmp_path / "screens")
    app = FastAPI()
    pages.install_pages(app)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get(path)
    assert answer.status_code in (200, 404, 405)
    assert answer.text != "secret"
    assert "root:" not in answer.text
