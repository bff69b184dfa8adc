"""The demo's own doors: the shop page, the start page, and who may be tried out.

They open only while the demo group exists, and only for this machine: the passwords are
published.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse, Response

from xiaoer.kit.ids import NOWHERE, TenantId
from xiaoer.kit.problem import NotFound
from xiaoer.labs.demo.pictures import draw
from xiaoer.labs.demo.places import PASSWORD
from xiaoer.labs.demo.seed import SLUG
from xiaoer.labs.demo.shop import ACCOUNT_KEY, SETTLED, SHOPPERS, shopper_token
from xiaoer.modules import customers, orders, org, selfservice
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

router = APIRouter(include_in_schema=False)
ACTOR = System("demo")


def open_demo_doors(app: FastAPI) -> None:
    """Add the demo's routes; without a demo group they lead to the desk or are not found."""
    app.include_router(router)


async def demo_tenant(request: Request) -> TenantId:
    """The demo group; ``NotFound`` when there is none or the caller is not on this machine."""
    client = request.client.host if request.client else ""
    try:
        local = ipaddress.ip_address(client).is_loopback
    except ValueError:
        local = False
    house: House = request.app.state.house
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        tenant = await org.find_tenant(ctx, SLUG)
    if tenant is None or not tenant.demo or not local:
        raise NotFound()
    return tenant.id


DemoTenant = Annotated[TenantId, Depends(demo_tenant)]


class TokenBody(BaseModel):
    customer_id: UUID


@router.get("/")
async def start(request: Request) -> Response:
    """Who to be; a real installation goes straight to the desk."""
    try:
        await demo_tenant(request)
    except NotFound:
        return RedirectResponse("/desk/")
    return _shown(_page("start.html"))


@router.get("/shop")
async def shop(tenant: DemoTenant) -> Response:
    """The demo shop with the widget."""
    return _shown(_page("shop.html").replace("{{account}}", ACCOUNT_KEY))


@router.get("/demo/accounts")
async def accounts(tenant: DemoTenant) -> dict[str, Any]:
    """The staff, with their published passwords."""
    text = (files("xiaoer.labs.demo") / "data" / "staff.csv").read_text("utf-8")
    return {
        "items": [
            {
                "login": row["login"],
                "password": PASSWORD,
                "name": row["name"],
                "role": row["role"],
                "title": row["title"],
                "serves_online": row["skills"].startswith("online"),
            }
            for row in csv.DictReader(text.splitlines())
        ]
    }


@router.get("/demo/shoppers")
async def shoppers(request: Request, tenant: DemoTenant) -> dict[str, Any]:
    """A few customers to be: those who have something on its way, and others who just bought."""
    async with request.app.state.house.unit(ACTOR, Scope(tenant)) as ctx:
        shipped = await _buyers(ctx, orders.contracts.Status.SHIPPED, SHOPPERS - SETTLED)
        settled = await _buyers(ctx, orders.contracts.Status.COMPLETED, SETTLED)
        ids = dict.fromkeys((*shipped, *settled))
        found = [await customers.get(ctx, customer_id) for customer_id in ids]
    return {"items": [{"id": c.id, "name": c.name, "level": c.level} for c in found]}


async def _buyers(ctx: Ctx, status: orders.contracts.Status, most: int) -> list[UUID]:
    search = orders.contracts.OrderSearch(status=status, limit=most)
    found = await orders.page(ctx, search)
    return [order.customer_id for order in found.items if order.customer_id]


@router.get("/demo/shoppers/{customer_id}/orders")
async def shopper_orders(customer_id: UUID, request: Request, tenant: DemoTenant) -> dict[str, Any]:
    """The customer's newest orders, for the shop's order page."""
    async with request.app.state.house.unit(ACTOR, Scope(tenant)) as ctx:
        found = await orders.of_customer(ctx, customer_id, limit=5)
    return {"items": [selfservice.order_card(order, "zh-CN") for order in found]}


@router.post("/demo/token")
async def token(body: TokenBody, request: Request, tenant: DemoTenant) -> dict[str, str]:
    """A real customer token, signed as the shop's own server would."""
    async with request.app.state.house.unit(ACTOR, Scope(tenant)) as ctx:
        return {"token": await shopper_token(ctx, body.customer_id)}


@router.get("/demo/pictures/{name}.svg")
async def picture(name: str) -> Response:
    """The drawn picture of an invented product."""
    drawn = draw(name)
    if drawn is None:
        raise NotFound()
    headers = {"cache-control": "public, max-age=86400"}
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def _shown(page: str) -> Response:
    """Its own scripts run, by their digests (CSP 3, section 2.3.1), and the widget's."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = (
        f"default-src 'self'; script-src 'self' {allowed}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(page, headers={"content-security-policy": policy})


def _page(name: str) -> str:
    return (files("xiaoer.labs.demo") / "pages" / name).read_text("utf-8")
