"""The routes of after-sales."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from xiaoer.kit.problem import Forbidden, Stale
from xiaoer.modules.aftersales import service
from xiaoer.modules.aftersales.contracts import KeptTerms, Terms
from xiaoer.modules.aftersales.errors import BadTerms
from xiaoer.ports.http import MemberCtx, raises

router = APIRouter(prefix="/api/aftersales", tags=["aftersales"])
Number = Annotated[int, Field(strict=True, ge=0)]


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


class KeptTermsBody(BaseModel):
    terms: TermsBody
    version: int
    changed_at: datetime | None
    changed_by: str


class TermsChange(BaseModel):
    terms: TermsBody
    version: Number


@router.get("/terms", responses=raises(Forbidden))
async def kept(ctx: MemberCtx) -> KeptTermsBody:
    """The numbers of the group's after-sales policy."""
    return body(await service.terms(ctx))


@router.put("/terms", responses=raises(Forbidden, BadTerms, Stale))
async def changed(ctx: MemberCtx, change: TermsChange) -> KeptTermsBody:
    """Change the numbers of the group's after-sales policy; `version` is the one that was read."""
    terms = Terms(**change.terms.model_dump())
    return body(await service.set_terms(ctx, terms, change.version))


def body(found: KeptTerms) -> KeptTermsBody:
    """The terms as the interface writes them."""
    return KeptTermsBody(terms=TermsBody(**asdict(found.terms)), version=found.version,
                         changed_at=found.changed_at, changed_by=found.changed_by)  # fmt: skip
