"""The routes of customers, orders, the catalogue and imports."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from tests.conftest import EVERYTHING, Units, browser, member
from xiaoer.edge.http.app import furnish
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.kit.ids import TenantId
from xiaoer.kit.money import Money
from xiaoer.kit.problem import Unauthenticated
from xiaoer.main import house as wiring
from xiaoer.modules import aftersales, catalog, customers, orders
from xiaoer.modules.aftersales.contracts import AuditLine
from xiaoer.modules.customers.contracts import Identity, IdentityKind, Newcomer
from xiaoer.modules.orders.contracts import Item, NewOrder, Status
from xiaoer.ports.ctx import Actor, Scope

PERMISSIONS = EVERYTHING | {"catalog.read", "orders.manage"}


class Door:
    """Lets in whoever the request names: ``x-tenant``, and ``x-may`` for fewer permissions."""

    async def member(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        if "x-tenant" not in connection.headers:
            raise Unauthenticated()
        may = connection.headers.get("x-may")
        permissions = PERMISSIONS if may is None else frozenset(may.split())
        return member(permissions=permissions), Scope(TenantId(UUID(connection.headers["x-tenant"])))

    async def shopper(self, connection: HTTPConnection) -> tuple[Actor, Scope]:
        raise Unauthenticated()


@pytest.fixture(scope="module")
def front(assembly: Assembly) -> FastAPI:
    app = FastAPI()
    furnish(app, assembly.house, Door(), wiring.ROUTERS)
    return app


@pytest_asyncio.fixture(loop_scope="session")
async def desk(front: FastAPI, unit: Units) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(front) as client:
        client.headers["x-tenant"] = str(unit.tenant)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def mei(unit: Units) -> customers.contracts.CustomerId:
    """A customer with one order."""
    async with unit() as ctx:
        loaded = await customers.load(ctx, [Newcomer((
            Identity(IdentityKind.MEMBER_NO, "M1"), Identity(IdentityKind.PHONE, "13812345678"),
        ), name="王晓梅", level="gold", points=7)])  # fmt: skip
        await orders.load(ctx, [NewOrder(
            "HG1", Status.SHIPPED, datetime(2026, 1, 4, tzinfo=UTC),
            (Item("S", "精华水", 1, Money(19900)),), Money(19900), customer_id=loaded.ids[0],
            recipient="王晓梅", phone="13812345678")])  # fmt: skip
    return loaded.ids[0]


async def test_the_panel_shows_a_customer_masked(
    desk: httpx.AsyncClient, mei: customers.contracts.CustomerId
) -> None:
    body = (await desk.get(f"/api/customers/{mei}")).json()
    assert (body["name"], body["level"], body["points"]) == ("王晓梅", "gold", 7)
    assert body["phone_masked"] == body["phone"] == "138****5678"
    assert {"kind": "phone", "value": "138****5678", "proven": True} in body["identities"]
    assert "13812345678" not in str(body)
    whole = await desk.get(
        f"/api/customers/{mei}", headers={"x-may": "customers.read customers.read_private"}
    )
    assert whole.json()["phone"] == "13812345678"
    found = (await desk.get("/api/customers", params={"q": "5678"})).json()
    assert [one["id"] for one in found["items"]] == [str(mei)]


async def test_the_panel_shows_orders_in_the_readers_language(
    desk: httpx.AsyncClient, mei: customers.contracts.CustomerId
) -> None:
    body = (await desk.get(f"/api/customers/{mei}/orders")).json()
    (order,) = body["items"]
    assert (order["number"], order["status_text"], order["total"]) == (
        "HG1", "已发货", {"minor": 19900, "currency": "CNY"}
    )  # fmt: skip
    assert "13812345678" not in str(body)
    english = await desk.get("/api/orders/HG1", headers={"accept-language": "en"})
    assert english.json()["status_text"] == "On its way"
    assert (await desk.get("/api/orders")).json()["items"][0]["number"] == "HG1"


async def test_a_merge_is_made_and_taken_back_at_the_desk(
    desk: httpx.AsyncClient, unit: Units, mei: customers.contracts.CustomerId
) -> None:
    async with unit() as ctx:
        late = Newcomer((Identity(IdentityKind.EMAIL, "mei@example.com"),), name="小梅")
        other = (await customers.load(ctx, [late])).ids[0]
    merged = await desk.post(f"/api/customers/{mei}/merge", json={"other": str(other)})
    (line,) = merged.json()["merges"]
    assert line["other_name"] == "小梅"
    assert (await desk.get(f"/api/customers/{other}")).json()["id"] == str(mei)
    undone = await desk.post(f"/api/customers/merges/{line['id']}/undo")
    assert undone.json()["merges"] == []
    again = await desk.post(f"/api/customers/merges/{line['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "merge_settled")


async def test_stores_products_and_promotions_are_read(
    desk: httpx.AsyncClient, unit: Units
) -> None:
    tables = {
        "stores": "code,name,hours\nbj01,朝阳店,10:00-22:00\n",
        "products": "code,sku,title,price\nP1,S1,精华水,199\n",
        "promotions": "code,title,start,end\nW,护肤周,2020-01-01,2099-01-01\n",
    }
    for kind, table in tables.items():
        sent = await desk.post(f"/api/catalog/imports?kind={kind}",
                               files={"file": ("t.csv", table.encode())})  # fmt: skip
        assert (sent.status_code, sent.json()["created"]) == (200, 1)
    (store,) = (await desk.get("/api/catalog/stores")).json()["items"]
    assert (store["name"], store["hours_today"]) == ("朝阳店", "10:00–22:00")
    page = (await desk.get("/api/catalog/products", params={"q": "精华"})).json()
    assert page["items"][0]["price"] == {"minor": 19900, "currency": "CNY"}
    assert (await desk.get("/api/catalog/products/S1")).json()["code"] == "P1"
    assert (await desk.get("/api/catalog/promotions")).json()["items"][0]["code"] == "W"


async def test_an_import_names_its_bad_row_and_keeps_nothing(desk: httpx.AsyncClient) -> None:
    file = {"file": ("c.csv", "会员号,手机号\nM1,13812345678\nM2,abc\n".encode())}
    tried = await desk.post("/api/customers/imports?kind=customers&dry_run=true", files=file)
    assert tried.status_code == 200
    assert [one["row"] for one in tried.json()["errors"]] == [3]
    sent = await desk.post("/api/customers/imports?kind=customers", files=file)
    assert (sent.status_code, sent.json()["code"]) == (422, "import_refused")
    assert "第 3 行" in sent.json()["detail"]
    assert (await desk.get("/api/customers")).json()["items"] == []
    kept = await desk.post("/api/customers/imports?kind=customers&skip_errors=true", files=file)
    assert kept.json()["created"] == 1


async def test_an_import_tells_how_far_it_is_and_ends_with_its_outcome(
    desk: httpx.AsyncClient,
) -> None:
    rows = "".join(f"M{n},客户{n}\n" for n in range(2100))
    file = {"file": ("people.csv", f"会员号,姓名\n{rows}".encode())}
    url = "/api/customers/imports?kind=customers&run=told"
    sent = await desk.post(url, files=file, headers={"accept": "application/x-ndjson"})
    assert sent.headers["content-type"] == "application/x-ndjson"
    *steps, last = [json.loads(line) for line in sent.text.splitlines()]
    assert [step["done"] for step in steps] == [0, 1000, 2000, 2100]
    assert {step["rows"] for step in steps} == {2100}
    assert (last["result"]["created"], last["result"]["run"]) == (2100, "told")
    bad = {"file": ("people.csv", "会员号,姓名,类型\nM1,甲,火星人\n".encode())}
    refused = await desk.post(url, files=bad, headers={"accept": "application/x-ndjson"})
    assert (refused.status_code, refused.json()["code"]) == (422, "import_refused")


ROUTES = (
    "/api/customers", "/api/customers/{id}", "/api/customers/{id}/orders", "/api/orders",
    "/api/orders/HG1", "/api/catalog/stores", "/api/catalog/products", "/api/catalog/products/P1",
    "/api/catalog/promotions",
)  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
async def test_nothing_is_shown_to_strangers_and_other_groups(
    desk: httpx.AsyncClient, mei: customers.contracts.CustomerId, route: str
) -> None:
    path = route.format(id=mei)
    assert (await desk.get(path, headers={"x-may": ""})).status_code == 403
    foreign = await desk.get(path, headers={"x-tenant": str(uuid4())})
    assert foreign.status_code == 404 or foreign.json()["items"] == []
    del desk.headers["x-tenant"]
    assert (await desk.get(path)).status_code == 401


@pytest.mark.parametrize("path", [
    "/api/customers/nonsense", "/api/customers?limit=0", "/api/customers?cursor=%00",
    "/api/customers?cursor=WzEsMl0", "/api/orders?cursor=WzEsMl0", "/api/orders/%00",
    "/api/customers?q=%00", "/api/catalog/products?q=%00&brand=%00",
    "/api/catalog/products/%00", "/api/catalog/stores?unit=%00", "/api/orders?status=%00",
])  # fmt: skip
async def test_odd_requests_are_answered_calmly(desk: httpx.AsyncClient, path: str) -> None:
    assert (await desk.get(path)).status_code in (200, 400, 404, 422)




async def test_the_editor_sees_what_an_import_of_knowledge_would_do(
    desk: httpx.AsyncClient,
) -> None:
    table = {"file": ("faq.csv", "问题,答案\n几点关门,22:00\n,没有问题\n".encode())}
    tried = await desk.post("/api/knowledge/imports?dry_run=true", files=table)
    assert tried.json() == {
        "dry_run": True, "rows": 2, "added": 1, "changed": 0, "unchanged": 0,
        "problems": [{"row": 3, "field": "question", "reason": "不能为空"}],
    }  # fmt: skip
    english = await desk.post("/api/knowledge/imports?dry_run=true", files=table,
                              headers={"accept-language": "en"})  # fmt: skip
    assert english.json()["problems"][0]["reason"] == "must not be empty"
    done = await desk.post("/api/knowledge/imports?live=true", files=table)
    assert (done.status_code, done.json()["added"]) == (200, 1)
    listed = (await desk.get("/api/knowledge/entries")).json()["items"]
    assert [(one["question"], one["state"]) for one in listed] == [("几点关门", "live")]


async def test_a_file_that_is_no_knowledge_is_refused_with_a_code(desk: httpx.AsyncClient) -> None:
    for name, content in (("faq.csv", b"\0\1"), ("guide.md", b"\0\1"), ("old.doc", b"\xd0\xcf\0")):
        told = await desk.post("/api/knowledge/imports", files={"file": (name, content)})
        assert (told.status_code, told.json()["code"]) == (
            422, "unreadable_document" if name == "guide.md" else "unreadable_row"
        )  # fmt: skip
    refused = await desk.post(
        "/api/knowledge/imports", headers={"x-may": "knowledge.read"},
        files={"file": ("faq.csv", b"a")},
    )  # fmt: skip
    assert refused.status_code == 403


async def test_an_administrator_reads_and_changes_the_numbers_of_the_policy(
    desk: httpx.AsyncClient,
) -> None:
    found = (await desk.get("/api/aftersales/terms")).json()
    assert (found["version"], found["terms"]["return_days"]) == (0, 7)
    assert found["shipped"] == found["terms"]
    assert set(found["clauses"]) == set(found["terms"])
    assert found["clauses"]["return_days"]["number"] == "7.2"
    wanted = {"terms": found["terms"] | {"return_days": 10}, "version": 0}
    told = await desk.put("/api/aftersales/terms", json=wanted, headers={"x-may": "orders.read"})
    assert told.status_code == 403
    changed = (await desk.put("/api/aftersales/terms", json=wanted)).json()
    assert (changed["version"], changed["terms"]["return_days"]) == (1, 10)
    assert changed["changed_by"]
    assert "10 天" in changed["clauses"]["return_days"]["text"]
    assert changed["shipped"]["return_days"] == 7
    assert (await desk.put("/api/aftersales/terms", json=wanted)).status_code == 409
    for wrong in (-1, 10**9, "7", None, 1.5):
        body = {"terms": wanted["terms"] | {"return_days": wrong}, "version": 1}
        assert (await desk.put("/api/aftersales/terms", json=body)).status_code == 422
    assert (await desk.get("/api/aftersales/terms")).json() == changed


async def test_the_panel_shows_what_was_done_after_a_sale(
    desk: httpx.AsyncClient, mei: customers.contracts.CustomerId, unit: Units
) -> None:
    async with unit() as ctx:
        for outcome in ("proposed", "refused"):
            line = AuditLine("return_items", outcome, mei, "HG1", "not_delivered")
            await aftersales.record(ctx, line)
    told = (await desk.get(f"/api/aftersales/customers/{mei}/trail")).json()["items"]
    assert [one["outcome"] for one in told] == ["refused", "proposed"]
    assert all(one["order_number"] == "HG1" and "(" not in one["actor"] for one in told)
    assert (await desk.get(f"/api/aftersales/customers/{mei}/cases")).json() == {"items": []}
    for what in ("cases", "trail"):
        path = f"/api/aftersales/customers/{mei}/{what}"
        assert (await desk.get(path, headers={"x-may": "knowledge.read"})).status_code == 403
        gone = f"/api/aftersales/customers/{uuid4()}/{what}"
        assert (await desk.get(gone)).status_code == 404


async def test_the_answer_and_its_picture_are_one_request_away(
    desk: httpx.AsyncClient, unit: Units
) -> None:
    async with unit() as ctx:
        price = (catalog.contracts.Variant("V", "", {}, Money(100)),)
        new = catalog.contracts.NewProduct
        await catalog.load(ctx, catalog.contracts.Catalogue(products=(
            new("C1", "舒缓面霜", price, facts={"适合肤质": "敏感肌"}),)))  # fmt: skip
    said = (await desk.get("/api/catalog/answers", params={"q": "敏感肌能用吗", "code": "C1"})).json()
    assert (said["verdict"], said["path"][0]["value"]) == ("yes", "敏感肌")
    assert said["picture"].startswith("<svg")
    tags = {"tags": [{"kind": "occasion", "value": "生日"}]}
    told = (await desk.put("/api/catalog/products/C1/tags", json=tags)).json()
    assert told["tags"] == tags["tags"]
    again = (await desk.get("/api/catalog/products/C1/traits")).json()
    assert {"occasion", "skin"} == {t["kind"] for t in again["traits"]}


@pytest.mark.parametrize(("language", "reason"), [
    ("zh-CN", "“much”不是金额"), ("en", "“much” is not an amount"),
])  # fmt: skip
async def test_what_is_wrong_with_a_row_is_said_in_the_readers_language(
    desk: httpx.AsyncClient, language: str, reason: str
) -> None:
    rows = "number,placed_at,status,title,qty,price\nA1,2026-01-04,paid,精华水,1,much\n"
    told = await desk.post(
        "/api/orders/imports?kind=orders&dry_run=true", headers={"accept-language": language},
        files={"file": ("orders.csv", rows.encode())},
    )  # fmt: skip
    assert [one["message"] for one in told.json()["errors"]] == [reason]
