"""The personas of the recommender: what ships, what each place says, who changed it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from xiaoer.edge.http import places
from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules import recommender
from xiaoer.ports.http import MemberCtx, raises

router = APIRouter(prefix="/api/recommender/personas", tags=["recommender"])

Unit = Annotated[str, Query(max_length=400, pattern=r"^/([a-z0-9_-]+/)*$")]


class PersonaBody(BaseModel):
    key: str
    name: dict[str, str]
    opening: dict[str, str]
    quick_replies: list[dict[str, str]]
    lines: dict[str, dict[str, str]]
    forbidden: list[dict[str, Any]]
    categories: list[str]
    proactive: list[str]
    told_at: str


class KeptBody(BaseModel):
    unit_path: str
    version: int
    body: dict[str, Any] | None
    changed_at: datetime
    changed_by: str


class ChangeBody(BaseModel):
    """``version`` is the newest that the editor saw, 0 for none; no ``body`` takes it back."""

    unit_path: Annotated[str, Field(max_length=400, pattern=r"^/([a-z0-9_-]+/)*$")]
    version: Annotated[int, Field(ge=0)]
    body: dict[str, Any] | None = None


@router.get("", responses=raises(Forbidden))
async def personas(ctx: MemberCtx) -> dict[str, list[KeptBody]]:
    """The places within reach that speak in words of their own."""
    return {"items": [_kept(one) for one in await recommender.personas(ctx)]}


@router.get("/at", responses=raises(Forbidden))
async def persona_at(ctx: MemberCtx, unit: Unit = "/") -> PersonaBody:
    """Who speaks at a place, with what it inherits."""
    ctx.require("knowledge.read")
    return _persona(await recommender.persona_at(ctx, unit))


@router.get("/history", responses=raises(Forbidden, NotFound))
async def history(ctx: MemberCtx, unit: Unit) -> dict[str, list[KeptBody]]:
    """Every change of a place's words, newest first."""
    return {"items": [_kept(one) for one in await recommender.persona_history(ctx, unit)]}


@router.put("", responses=raises(Forbidden, NotFound, Invalid, Stale))
async def change(ctx: MemberCtx, change: ChangeBody) -> PersonaBody:
    """Give a place words of its own, or take them back; its codes greet in them from now on."""
    told = await recommender.put_persona(ctx, change.unit_path, change.version, change.body)
    await places.refresh(ctx, change.unit_path)
    return _persona(told)


def _persona(one: recommender.contracts.Persona) -> PersonaBody:
    return PersonaBody(
        key=one.key, name=dict(one.name), opening=dict(one.opening),
        quick_replies=[dict(reply) for reply in one.quick_replies],
        lines={name: dict(texts) for name, texts in one.lines.items()},
        forbidden=[{"words": list(f.words), **f.says} for f in one.forbidden],
        categories=list(one.categories), proactive=list(one.proactive), told_at=one.told_at,
    )  # fmt: skip


def _kept(one: recommender.contracts.KeptPersona) -> KeptBody:
    body = dict(one.body) if one.body is not None else None
    return KeptBody(unit_path=one.unit_path, version=one.version, body=body,
                    changed_at=one.changed_at, changed_by=one.changed_by)
