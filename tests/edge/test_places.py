"""A code in the store: made by an administrator, printed, scanned, greeted in the place's voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tests.conftest import Units
from tests.edge.test_retail_routes import Door, front
from xiaoer.edge.http.scanning import scan_page
from xiaoer.kit.money import Money
from xiaoer.modules import catalog
from xiaoer.modules.catalog.contracts import Catalogue, Counter, NewProduct, NewStore, Variant

__all__ = ["Door", "front"]
COUNTER = "/dept/s1/baiyu/"
ORIGIN = {"origin": "http://testserver"}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(front: FastAPI, unit: Units) -> AsyncIterator[httpx.AsyncClient]:
    async with unit() as ctx:
        await catalog.load(ctx, Catalogue(
            stores=(NewStore("s1", "/dept/s1/", "一店"),), counters=(Counter("baiyu", "s1", COUNTER, "1F"),),
            products=(NewProduct("C1", "面霜", (Variant("C1-1", "", {}, Money(100)),), brand="baiyu", category="beauty"),),
        ))  # fmt: skip
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=ORIGIN) as client:
        client.headers["x-tenant"] = str(unit.tenant)
        yield client


async def opened(desk: httpx.AsyncClient) -> dict[str, str]:
    made = await desk.post("/api/places", json={"unit_path": COUNTER, "name": "一店<1F>白榆专柜"})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def greeted(desk: httpx.AsyncClient, key: str, page: dict[str, str] | None = None) -> dict[str, object]:
    said = await desk.post(f"/widget/{key}/sessions", json={"page": page or {}})
    assert said.status_code == 200, said.text
    return dict(said.json()["config"])


async def test_a_scan_opens_the_conversation_and_the_places_persona_greets(desk: httpx.AsyncClient) -> None:
    place = await opened(desk)
    path = urlsplit(place["address"]).path
    page = await desk.get(path, params={"spot": "A3", "product": "C1"})
    assert page.status_code == 200
    assert "一店&lt;1F&gt;白榆专柜 · A3" in page.text
    assert f'data-account="{place["key"]}" data-product="C1"' in page.text
    config = await greeted(desk, place["key"])
    assert "美妆顾问" in str(config["greeting"])


async def test_a_changed_persona_greets_at_the_codes_of_its_place(desk: httpx.AsyncClient) -> None:
    place = await opened(desk)
    change = {"unit_path": "/dept/", "version": 0, "body": {"opening": {"zh-CN": "百货欢迎您。"}}}
    assert (await desk.put("/api/recommender/personas", json=change)).status_code == 200
    assert (await greeted(desk, place["key"]))["greeting"] == "百货欢迎您。"
    told = (await desk.get("/api/recommender/personas/at", params={"unit": COUNTER})).json()
    assert (told["key"], told["told_at"]) == ("beauty", "/dept/")


async def test_codes_are_drawn_for_screen_and_print(desk: httpx.AsyncClient) -> None:
    place = await opened(desk)
    svg = await desk.get(f"/api/places/{place['id']}/code")
    assert ElementTree.fromstring(svg.text).tag.endswith("svg")
    png = await desk.get(f"/api/places/{place['id']}/code", params={"kind": "png", "product": "C1"})
    assert png.content.startswith(b"\x89PNG")
    assert (await desk.get(f"/api/places/{place['id']}/code?kind=exe")).status_code == 422
    page = (await desk.get("/places/print")).text
    assert "一店&lt;1F&gt;白榆专柜" in page
    assert "<svg" in page


async def test_only_administrators_make_codes_and_only_for_places(desk: httpx.AsyncClient) -> None:
    body = {"unit_path": COUNTER, "name": "专柜"}
    refused = await desk.post("/api/places", json=body, headers={"x-may": "catalog.read"})
    assert refused.status_code == 403
    assert (await desk.get("/api/places", headers={"x-may": ""})).status_code == 403
    assert (await desk.post("/api/places", json=body | {"unit_path": "dept"})).status_code == 422
    assert (await desk.get("/scan/xw_heguang_demo")).status_code == 404
    assert (await desk.get("/scan/xp_nobody")).status_code == 404


@pytest.mark.parametrize("text", ["a", "&lt;script&gt;"])
def test_the_page_runs_nothing_but_what_its_policy_names(text: str) -> None:
    assert scan_page(text, text, text).count("<script") == 2
