"""Hostile values in every parameter and every field of every route: refused or stored, never a
crash, and nothing of the inside is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.architecture.cross_tenant_cases import CASES
from tests.architecture.test_cross_tenant import fill, fill_all
from tests.architecture.worlds import PASSWORD, World, make_world
from tests.attacks.hostile import LONG, TEXTS, VALUES, places, put, raw
from xiaoer.modules import org

INSIDE = re.compile(r"Traceback|asyncpg|SELECT |INSERT INTO|psycopg|\.py\"|site-packages|relation \"")
ENDS_SESSION = {"POST /api/org/sign-out", "POST /api/org/sign-out-everywhere"}
JSON = {"content-type": "application/json", "origin": "http://testserver"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(assembly: Any) -> World:
    """A group whose administrator is the attacker."""
    return await make_world(assembly.house, await org.hash_password(PASSWORD))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def insider(application: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator's browser, which is shown a crash as an answer."""
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers=JSON
    ) as client:
        body = {"login": "admin", "password": PASSWORD, "group": world.slug}
        assert (await client.post("/api/org/sign-in", json=body)).status_code == 200
        yield client


def schema_bodies(spec: dict[str, Any], operation: dict[str, Any]) -> Any:
    """A body that the schema allows, with every field."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return sample(spec, content.get("schema", {})) if content else None


def sample(spec: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """Some value of a schema."""
    if "$ref" in schema:
        return sample(spec, spec["components"]["schemas"][schema["$ref"].split("/")[-1]], depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(spec, schema[several][0], depth)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "string")
    if kind == "object":
        known = schema.get("properties", {})
        return {k: sample(spec, v, depth + 1) for k, v in known.items()} if depth < 5 else {}
    if kind == "array":
        return [sample(spec, schema.get("items", {}), depth + 1)] if depth < 5 else []
    if kind == "string" and schema.get("format") == "uuid":
        return "00000000-0000-0000-0000-000000000007"
    if kind == "string" and "date" in schema.get("format", ""):
        return "2026-01-01T00:00:00Z"
    return {"integer": 1, "number": 0.1, "boolean": True}.get(kind, "a")


def operations(application: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each route."""
    for path, ways in application.openapi()["paths"].items():
        for method, operation in ways.items():
            if f"{method.upper()} {path}" not in ENDS_SESSION:
                yield method.upper(), path, operation


def address(path: str, world: World) -> str:
    return fill(path.replace("/hooks/{account}", "/hooks/{hook}"), world)


def bearer(path: str, world: World) -> dict[str, str]:
    return {"authorization": f"Bearer {world.ids['token']}"} if path.startswith("/widget") else {}


def complaint(key: str, what: object, answer: httpx.Response) -> str | None:
    """What is wrong with an answer: a crash, or a word about the inside."""
    if answer.status_code >= 500 or INSIDE.search(answer.text):
        return f"{key} {ascii(what)[:120]} -> {answer.status_code} {answer.text[:120]}"
    return None


def some(values: Sequence[Any], turn: int, share: int | None) -> Sequence[Any]:
    """All values, or ``share`` of them: others at each place, so that all have their turn."""
    if share is None:
        return values
    return [values[(turn * share + n) % len(values)] for n in range(share)]


SHARES = [pytest.param(2, id="some"), pytest.param(None, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("share", SHARES)
async def test_no_value_in_an_address_or_a_query_crashes(
    application: FastAPI, world: World, insider: httpx.AsyncClient, share: int | None
) -> None:
    wrong, turn = [], 0
    for method, path, operation in operations(application):
        key = f"{method} {path}"
        for parameter in operation.get("parameters", []):
            turn += 1
            for text in some(TEXTS, turn, share):
                coded = quote(text.encode("utf-8", "surrogatepass")[:3_000], safe="")
                at, query = path, ""
                if parameter["in"] == "path":
                    at = path.replace("{" + parameter["name"] + "}", coded or "%20")
                elif parameter["in"] == "query":
                    known = {**CASES[key].query, parameter["name"]: ""}
                    query = "?" + "&".join(
                        f"{n}={coded if n == parameter['name'] else quote(fill(str(v), world))}"
                        for n, v in known.items())
                answer = await insider.request(
                    method, address(at, world) + query, headers=bearer(path, world),
                    content=raw(fill_all(CASES[key].body or {}, world)))
                wrong.append(complaint(key, (parameter["name"], text), answer))
    assert [one for one in wrong if one] == []


@pytest.mark.parametrize("share", SHARES)
async def test_no_value_in_a_body_crashes(
    application: FastAPI, world: World, insider: httpx.AsyncClient, share: int | None
) -> None:
    wrong, turn = [], 0
    for method, path, operation in operations(application):
        key = f"{method} {path}"
        for place in places(body := whole(application, operation, key, world)):
            turn += 1
            for value in some((*TEXTS, *VALUES), turn, share):
                answer = await insider.request(
                    method, address(path, world), headers=bearer(path, world),
                    content=raw(put(body, place, value)))
                wrong.append(complaint(key, (place, value), answer))
    assert [one for one in wrong if one] == []


@pytest.mark.slow
async def test_no_field_takes_a_megabyte_and_crashes(
    application: FastAPI, world: World, insider: httpx.AsyncClient
) -> None:
    wrong = []
    for method, path, operation in operations(application):
        key = f"{method} {path}"
        for place in places(body := whole(application, operation, key, world)):
            if place:
                answer = await insider.request(
                    method, address(path, world), headers=bearer(path, world),
                    content=raw(put(body, place, LONG)))
                wrong.append(complaint(key, (place, "long"), answer))
    assert [one for one in wrong if one] == []


def whole(
    application: FastAPI, operation: dict[str, Any], key: str, world: World
) -> dict[str, Any]:
    """The body that the route would take: what the schema has, and what is known to be good."""
    body = schema_bodies(application.openapi(), operation)
    return {**body, **fill_all(CASES[key].body or {}, world)} if isinstance(body, dict) else {}
