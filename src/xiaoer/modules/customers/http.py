"""The routes of the customer panel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules.customers import service
from xiaoer.modules.customers.contracts import Customer, Identity, Purpose, Search
from xiaoer.modules.customers.errors import MergeSettled, TwoKnownCustomers
from xiaoer.modules.customers.rules import mask_identity, mask_phone
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.http import Cursor, Limit, MemberCtx, raises

router = APIRouter(prefix="/api/customers", tags=["customers"])

Text = Annotated[str, Field(max_length=500)]


class IdentityBody(BaseModel):
    kind: str
    value: str
    proven: bool


class MergeLine(BaseModel):
    id: UUID
    other_name: str | None
    at: datetime


class CustomerRow(BaseModel):
    id: UUID
    version: int
    name: str | None
    kind: str
    level: str | None
    points: int | None
    member_no: str | None
    phone_masked: str | None
    since: datetime | None
    unit_path: str


class CustomerBody(CustomerRow):
    phone: str | None
    email: str | None
    city: str | None
    company: str | None
    language: str
    consent: list[str]
    tags: list[str]
    identities: list[IdentityBody]
    merges: list[MergeLine]


class CustomerPage(BaseModel):
    items: list[CustomerRow]
    next: str | None


class MergeBody(BaseModel):
    other: UUID
    reason: Text = ""


class ConsentBody(BaseModel):
    purpose: Purpose
    granted: bool
    source: Text = "desk"


class ChangeBody(BaseModel):
    version: int
    changes: Annotated[dict[str, Any], Field(max_length=20)]


@router.get("", responses=raises(Forbidden))
async def listed(
    ctx: MemberCtx, q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=40)] = "", cursor: Cursor = None, limit: Limit = 50,
) -> CustomerPage:
    """Customers by name, phone or its last digits, or member number."""
    page = await service.page(ctx, Search(q, kind, cursor=cursor, limit=limit))
    return CustomerPage(items=[CustomerRow(**_row(one)) for one in page.items], next=page.next)


@router.get("/{customer_id}", responses=raises(NotFound, Forbidden))
async def one(ctx: MemberCtx, customer_id: UUID) -> CustomerBody:
    """The customer beside a conversation."""
    return await _body(ctx, await service.get(ctx, customer_id))


@router.put("/{customer_id}", responses=raises(NotFound, Forbidden, Stale, Invalid))
async def corrected(ctx: MemberCtx, customer_id: UUID, body: ChangeBody) -> CustomerBody:
    """Correct a profile."""
    return await _body(ctx, await service.change(ctx, customer_id, body.version, body.changes))


@router.post("/{customer_id}/merge", responses=raises(NotFound, Forbidden, TwoKnownCustomers))
async def merged(ctx: MemberCtx, customer_id: UUID, body: MergeBody) -> CustomerBody:
    """Make another record part of this customer."""
    done = await service.merge(ctx, customer_id, body.other, body.reason)
    return await _body(ctx, await service.get(ctx, done.kept))


@router.post("/merges/{merge_id}/undo", responses=raises(NotFound, Forbidden, MergeSettled))
async def unmerged(ctx: MemberCtx, merge_id: UUID) -> CustomerBody:
    """Take a merge back."""
    done = await service.undo_merge(ctx, merge_id)
    return await _body(ctx, await service.get(ctx, done.kept))


@router.post("/{customer_id}/consent", responses=raises(NotFound, Forbidden))
async def consented(ctx: MemberCtx, customer_id: UUID, body: ConsentBody) -> CustomerBody:
    """Keep a customer's yes or no."""
    await service.consent(ctx, customer_id, body.purpose, body.granted, body.source)
    return await _body(ctx, await service.get(ctx, customer_id))


async def _body(ctx: Ctx, customer: Customer) -> CustomerBody:
    shown = service.shown(ctx, customer)
    private = ctx.can("customers.read_private")
    identities = await service.identities(ctx, customer.id)
    merges = await service.merges(ctx, customer.id)
    return CustomerBody(
        **_row(customer), phone=shown.phone or None, email=shown.email or None,
        city=shown.city or None, company=shown.company or None, language=shown.language,
        consent=sorted(shown.consents), tags=list(shown.extra.get("tags", [])),
        identities=[_identity(identity, private) for identity in identities],
        merges=[
            MergeLine(id=m.id, other_name=m.absorbed_name or None, at=m.at)
            for m in merges if m.undone_at is None and m.kept == customer.id
        ],
    )  # fmt: skip


def _identity(identity: Identity, private: bool) -> IdentityBody:
    shown = identity if private else mask_identity(identity)
    return IdentityBody(kind=shown.kind, value=shown.value, proven=True)


def _row(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id, "version": customer.version, "name": customer.name or None,
        "kind": customer.kind, "level": customer.level or None, "points": customer.points,
        "member_no": customer.member_no or None,
        "phone_masked": mask_phone(customer.phone) or None, "since": customer.joined_at,
        "unit_path": customer.unit_path,
    }
