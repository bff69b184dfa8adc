"""What the desk shows of a customer that more than one room knows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from xiaoer.kit.problem import Forbidden, NotFound
from xiaoer.modules import customers, orders
from xiaoer.modules.orders.http import OrderPage, body
from xiaoer.ports.http import MemberCtx, locale_of, raises

router = APIRouter(prefix="/api/customers", tags=["customers"])


@router.get("/{customer_id}/orders", responses=raises(NotFound, Forbidden))
async def orders_of(
    ctx: MemberCtx, request: Request, customer_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> OrderPage:  # fmt: skip
    """A customer's newest orders, also those under the ids that a merge absorbed."""
    customer = await customers.get(ctx, customer_id)
    found = await orders.of_customer(ctx, *customer.every_id, limit=limit)
    locale = locale_of(request)
    return OrderPage(items=[body(ctx, order, locale) for order in found], next=None)
