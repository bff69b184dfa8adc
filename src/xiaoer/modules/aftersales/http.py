"""The routes of after-sales."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.modules import customers
from xiaoer.modules.aftersales import service
from xiaoer.modules.aftersales.contracts import (
    LONG_AGO,
    AftersalesCase,
    AuditLine,
    KeptTerms,
    Terms,
)
from xiaoer.modules.aftersales.errors import BadTerms
from xiaoer.modules.aftersales.rules.shop_published import clauses_of
from xiaoer.ports.http import MemberCtx, locale_of, raises

router = APIRouter(prefix="/api/aftersales", tags=["aftersales"])
Number = Annotated[int, Field(strict=True, ge=0)]
MOST_CASES, MOST_LINES = 50, 50


class TermsBody(BaseModel):
    """The numbers of the policy; limits in fen."""

    model_config = ConfigDict(extra="forbid")

    urge_after_hours: Number
    urge_again_hours: Number
    address_changes: Number
    stalled_days: Number
    return_days: Number
    fault_return_days: Number
    return_limit: Number
    exchange_days: Number
    protect_days: Number
    protect_limit: Number
    freight_days: Number
    invoice_days: Number
    missing_days: Number
    damaged_days: Number
    report_limit: Number


class ClauseBody(BaseModel):
    number: str
    text: str


class KeptTermsBody(BaseModel):
    """``shipped`` are the numbers as published, ``clauses`` what the policy says by each number."""

    terms: TermsBody
    shipped: TermsBody
    clauses: dict[str, ClauseBody]
    version: int
    changed_at: datetime | None
    changed_by: str


class TermsChange(BaseModel):
    terms: TermsBody
    version: Number


class MoneyBody(BaseModel):
    minor: int
    currency: str


class CaseBody(BaseModel):
    id: UUID
    order_number: str
    verb: str
    status: str
    items: list[str]
    amount: MoneyBody
    reason: str
    opened_at: datetime


class CasePage(BaseModel):
    items: list[CaseBody]


class LineBody(BaseModel):
    """One line of who tried what; ``code`` says why it was refused."""

    verb: str
    outcome: str
    order_number: str
    code: str
    actor: str
    at: datetime | None


class LinePage(BaseModel):
    items: list[LineBody]


@router.get("/customers/{customer_id}/cases", responses=raises(NotFound, Forbidden))
async def cases(ctx: MemberCtx, customer_id: UUID) -> CasePage:
    """What was done for a customer after a sale, newest first, under all ids of theirs."""
    customer = await customers.get(ctx, customer_id)
    found = await service.cases(ctx, *customer.every_id, limit=MOST_CASES)
    return CasePage(items=[_case(one) for one in found])


@router.get("/customers/{customer_id}/trail", responses=raises(NotFound, Forbidden))
async def trail(ctx: MemberCtx, customer_id: UUID) -> LinePage:
    """Who tried what for a customer and what came of it, newest first, under all ids of theirs."""
    customer = await customers.get(ctx, customer_id)
    lines = [line for one in customer.every_id
             for line in await service.trail(ctx, one, MOST_LINES)]  # fmt: skip
    found = sorted(lines, key=lambda line: line.at or LONG_AGO, reverse=True)
    return LinePage(items=[_line(one) for one in found[:MOST_LINES]])


@router.get("/terms", responses=raises(Forbidden))
async def kept(ctx: MemberCtx, request: Request) -> KeptTermsBody:
    """The numbers of the group's after-sales policy."""
    return body(await service.terms(ctx), locale_of(request))


@router.put("/terms", responses=raises(Forbidden, BadTerms, Stale))
async def changed(ctx: MemberCtx, request: Request, change: TermsChange) -> KeptTermsBody:
    """Change the numbers of the group's after-sales policy; `version` is the one that was read."""
    terms = Terms(**change.terms.model_dump())
    return body(await service.set_terms(ctx, terms, change.version), locale_of(request))


def body(found: KeptTerms, locale: str) -> KeptTermsBody:
    """The terms as the interface writes them."""
    clauses = {
        name: ClauseBody(number=number, text=zh if locale.startswith("zh") else en)
        for name, (number, zh, en) in clauses_of(found.terms).items()
    }
    return KeptTermsBody(
        terms=TermsBody(**asdict(found.terms)), shipped=TermsBody(**asdict(Terms())),
        clauses=clauses, version=found.version, changed_at=found.changed_at,
        changed_by=found.changed_by.partition(" (")[0],
    )  # fmt: skip


def _case(case: AftersalesCase) -> CaseBody:
    amount = MoneyBody(minor=case.amount.minor, currency=case.amount.currency)
    return CaseBody(id=case.id, order_number=case.order_number, verb=case.verb, status=case.status,
                    items=list(case.items), amount=amount, reason=case.reason,
                    opened_at=case.opened_at)  # fmt: skip


def _line(line: AuditLine) -> LineBody:
    """Who did it by name; the id in brackets is for the log."""
    return LineBody(verb=line.verb, outcome=line.outcome, order_number=line.order_number,
                    code=line.code, actor=line.actor.partition(" (")[0], at=line.at)  # fmt: skip
