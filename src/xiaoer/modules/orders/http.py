"""The routes of orders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from xiaoer.kit.problem import BadCursor, Forbidden, NotFound
from xiaoer.modules.orders import rules, service
from xiaoer.modules.orders.contracts import Order, OrderSearch
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.http import Cursor, Limit, MemberCtx, locale_of, raises

router = APIRouter(prefix="/api/orders", tags=["orders"])


class MoneyBody(BaseModel):
    minor: int
    currency: str


class ItemBody(BaseModel):
    sku: str
    title: str
    qty: int
    image: str | None
    variant: str | None


class ParcelBody(BaseModel):
    carrier: str
    number: str
    status: str
    status_text: str
    last_event: str | None
    last_event_at: datetime | None
    eta: datetime | None


class OrderBody(BaseModel):
    id: UUID
    number: str
    status: str
    status_text: str
    placed_at: datetime
    total: MoneyBody
    items: list[ItemBody]
    parcels: list[ParcelBody]
    unit_path: str
    fulfilment: str
    recipient: str
    phone_masked: str
    payments: list[dict[str, Any]]


class OrderPage(BaseModel):
    items: list[OrderBody]
    next: str | None


@router.get("", responses=raises(Forbidden, BadCursor))
async def listed(
    ctx: MemberCtx, request: Request, number: Annotated[str, Query(max_length=60)] = "",
    status: Annotated[str, Query(max_length=40)] = "", cursor: Cursor = None, limit: Limit = 50,
) -> OrderPage:
    """Orders sold within reach, newest first."""
    page = await service.page(
        ctx, OrderSearch(number=number, status=status, cursor=cursor, limit=limit)
    )
    locale = locale_of(request)
    return OrderPage(items=[body(ctx, order, locale) for order in page.items], next=page.next)


@router.get("/{number}", responses=raises(NotFound, Forbidden))
async def one(ctx: MemberCtx, request: Request, number: str) -> OrderBody:
    """One order by its number."""
    return body(ctx, await service.get(ctx, number), locale_of(request))


def body(ctx: Ctx, order: Order, locale: str) -> OrderBody:
    """An order as the desk shows it."""
    shown = service.shown(ctx, order)
    payments = [
        {"kind": p.kind, "method": p.method, "at": p.at, "amount": rules.money_json(p.amount)}
        for p in order.payments
    ]
    card = rules.card(order, locale)
    items = [{**shown_item, "sku": item.sku}
             for shown_item, item in zip(card["items"], order.items, strict=True)]  # fmt: skip
    return OrderBody(
        **card | {"items": items}, id=order.id, unit_path=order.unit_path,
        fulfilment=order.fulfilment, recipient=shown.recipient,
        phone_masked=rules.mask_phone(order.phone), payments=payments,
    )
