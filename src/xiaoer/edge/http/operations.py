"""Is it alive, is it ready, how is it doing, and what could not be delivered."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel

from xiaoer.edge.checkup import examine
from xiaoer.engines.metrics.prometheus import exposition
from xiaoer.engines.postgres.dead_letters import dead_letters, discard, replay
from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import Forbidden, NotFound, Problem, Unavailable
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.http import MemberCtx, locale_of, raises

router = APIRouter(tags=["operations"])
READY_WITHIN_S = 2.0


class LetterBody(BaseModel):
    subscriber: str


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses=raises(Unavailable))
async def readyz(request: Request) -> dict[str, str]:
    """The database answers too."""
    house = request.app.state.house
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            async with house.unit(System("ready"), Scope(NOWHERE)) as ctx:
                await ctx.uow.row("SELECT 1 AS one")
    except (TimeoutError, Problem) as error:
        raise Unavailable() from error
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Prometheus text of this worker."""
    text, media_type = exposition()
    return Response(text, media_type=media_type)


@router.get("/api/operations/doctor", responses=raises(Forbidden))
async def doctor(request: Request, ctx: MemberCtx) -> dict[str, Any]:
    """What ``xiaoer doctor`` says of this installation."""
    ctx.require("operations.read")
    house = request.app.state.house
    found = await asyncio.to_thread(examine, house.settings, locale_of(request))
    return {
        "items": [
            {"name": one.name, "ok": one.state == "ok", "text": one.detail, "mend": one.mend}
            for one in found
        ]
    }


@router.get("/api/operations/dead-letters")
async def letters(ctx: MemberCtx) -> dict[str, Any]:
    """Facts that could not be delivered, newest first."""
    return {
        "items": [{**letter, "id": letter["fact_id"]} for letter in await dead_letters(ctx)],
        "next": None,
    }


@router.post(
    "/api/operations/dead-letters/{fact_id}/replay",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=raises(NotFound),
)
async def replay_letter(fact_id: UUID, body: LetterBody, ctx: MemberCtx) -> None:
    """Deliver it again, and what waits behind it."""
    await replay(ctx, body.subscriber, fact_id)


@router.post(
    "/api/operations/dead-letters/{fact_id}/discard",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=raises(NotFound),
)
async def discard_letter(fact_id: UUID, body: LetterBody, ctx: MemberCtx) -> None:
    """Give it up, and go on with what waits behind it."""
    await discard(ctx, body.subscriber, fact_id)
