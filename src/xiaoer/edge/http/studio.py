"""The knowledge studio: what customers missed, and how it becomes an entry."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel, Field

from xiaoer.edge import studying
from xiaoer.kit.problem import Forbidden, NotFound, Stale
from xiaoer.ladder.on_message import tries_of
from xiaoer.ladder.rehearsing import rehearse
from xiaoer.modules import knowledge
from xiaoer.ports.http import Cursor, Limit, MemberCtx, locale_of, raises

router = APIRouter(prefix="/api/knowledge", tags=["knowledge"])

MOST_NUMBER = 2_000_000_000
HEADERS = {
    "zh-CN": ("问题", "客户数", "次数", "最近一次", "状态", "最接近的条目", "把握", "其他问法"),
    "en": ("question", "customers", "times", "newest", "state", "nearest entry", "confidence",
           "other wordings"),
}  # fmt: skip


class GapQuery(BaseModel):
    q: Annotated[str, Field(max_length=200)] = ""
    state: Literal["", "open", "drafted", "dismissed"] = "open"
    kind: Literal["", "nothing_known", "low_confidence", "unsolved", "handed_off", "marked"] = ""

    def look(self, cursor: str | None = None, limit: int = 50) -> knowledge.contracts.GapLook:
        """The list that is asked for."""
        return knowledge.contracts.GapLook(self.q, self.state, self.kind, cursor, limit)


class NumberedBody(BaseModel):
    version: Annotated[int, Field(ge=1, le=MOST_NUMBER)]


class ReplayQuery(BaseModel):
    version: Annotated[int | None, Field(ge=1, le=MOST_NUMBER)] = None
    most: Annotated[int, Field(ge=1, le=2000)] = 500


class OverrideBody(BaseModel):
    reason: Annotated[str, Field(max_length=500)]


class ChatBody(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    unit: Annotated[str, Field(max_length=1000)] = "/"
    locale: Literal["zh-CN", "en"] = "zh-CN"


@router.get("/gaps", responses=raises(Forbidden))
async def gaps(
    ctx: MemberCtx, asked: Annotated[GapQuery, Query()], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Questions that knowledge did not answer, the most customers first."""
    page = await knowledge.gaps.page(ctx, asked.look(cursor, limit))
    return {"items": [asdict(gap) for gap in page.items], "next": page.next}


@router.get("/gaps.csv", responses=raises(Forbidden))
async def exported(
    ctx: MemberCtx, request: Request, asked: Annotated[GapQuery, Query()]
) -> Response:
    """The same list as a CSV file, at most a thousand lines; no cell of it computes."""
    text = await knowledge.gaps.exported(ctx, asked.look(), HEADERS[locale_of(request)])
    headers = {"content-disposition": 'attachment; filename="gaps.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/gaps/look-again", responses=raises(Forbidden))
async def look_again(ctx: MemberCtx) -> dict[str, int]:
    """Hear now what the clock would hear within a minute."""
    ctx.require("knowledge.edit")
    return {"heard": await studying.hear_misses(ctx)}


@router.get("/gaps/{gap_id}", responses=raises(Forbidden, NotFound))
async def gap(ctx: MemberCtx, gap_id: UUID) -> dict[str, Any]:
    """One of them."""
    return asdict(await knowledge.gaps.get(ctx, gap_id))


@router.get("/gaps/{gap_id}/conversations", responses=raises(Forbidden, NotFound))
async def conversations_of(ctx: MemberCtx, gap_id: UUID) -> dict[str, Any]:
    """Where it was asked, newest first, and what agents wrote then."""
    misses, said = await studying.with_words(ctx, gap_id)
    items = [
        {
            "conversation_id": one.conversation_id if one.seq else None,
            "question": one.question,
            "kind": one.kind,
            "at": one.at,
            "unit": one.unit_path,
            "replies": said.get(one.conversation_id, []),
        }
        for one in misses
    ]
    return {"items": items, "next": None}


@router.post("/gaps/{gap_id}/dismiss", responses=raises(Forbidden, NotFound, Stale))
async def dismiss(ctx: MemberCtx, gap_id: UUID, body: NumberedBody) -> dict[str, Any]:
    """No entry is wanted for it."""
    return asdict(await knowledge.gaps.dismiss(ctx, gap_id, body.version))


@router.post("/gaps/{gap_id}/put-back", responses=raises(Forbidden, NotFound, Stale))
async def put_back(ctx: MemberCtx, gap_id: UUID, body: NumberedBody) -> dict[str, Any]:
    """Take a dismissal back."""
    return asdict(await knowledge.gaps.put_back(ctx, gap_id, body.version))


@router.post(
    "/gaps/{gap_id}/draft",
    status_code=status.HTTP_201_CREATED,
    responses=raises(Forbidden, NotFound, Stale, knowledge.errors.NothingSaid),
)
async def draft(ctx: MemberCtx, gap_id: UUID) -> dict[str, Any]:
    """A draft entry from how agents solved it; the same again gives the same draft."""
    return (await studying.draft(ctx, gap_id)).as_json()


@router.get("/entries/{entry_id}/gap", responses=raises(Forbidden, NotFound))
async def gap_of(ctx: MemberCtx, entry_id: UUID) -> dict[str, UUID | None]:
    """The gap that an entry was drafted for, if any."""
    return {"gap_id": await knowledge.gaps.of_entry(ctx, entry_id)}


@router.post(
    "/entries/{entry_id}/replays",
    status_code=status.HTTP_201_CREATED,
    responses=raises(Forbidden, NotFound, knowledge.errors.NoSuchVersion),
)
async def replay(
    request: Request, entry_id: UUID, asked: Annotated[ReplayQuery, Query()]
) -> dict[str, Any]:
    """Who would be answered differently by these words; takes seconds, changes nothing live."""
    actor, scope = await request.app.state.doorkeeper.member(request)
    wish = studying.Wish(asked.version, asked.most)
    kept, seen = await studying.replay(request.app.state.house, actor, scope, entry_id, wish)
    return {**asdict(kept), "differences": [asdict(one) for one in seen.differences]}


@router.get("/entries/{entry_id}/replays", responses=raises(Forbidden, NotFound))
async def replays(ctx: MemberCtx, entry_id: UUID) -> dict[str, Any]:
    """The last replays of an entry, and who let a failed one pass; newest first."""
    found = await knowledge.replaying.of_entry(ctx, entry_id)
    return {"items": [asdict(one) for one in found], "next": None}


@router.post(
    "/replays/{replay_id}/override",
    responses=raises(Forbidden, NotFound, Stale, knowledge.errors.ReasonMissing),
)
async def override(ctx: MemberCtx, replay_id: UUID, body: OverrideBody) -> dict[str, Any]:
    """Let a failed replay pass: administrators, with a reason that stays on record."""
    return asdict(await knowledge.replaying.override(ctx, replay_id, body.reason))


@router.post("/chat", responses=raises(Forbidden))
async def chat(ctx: MemberCtx, body: ChatBody) -> dict[str, Any]:
    """What a shopper's words would come to, step by step; no conversation, no order is touched."""
    ctx.require("knowledge.read")
    seen = await rehearse(ctx, body.text, body.unit, body.locale)
    found = await knowledge.search(ctx, body.text, unit_path=body.unit, locale=seen.locale)
    tone = asdict(seen.tone)
    answer = seen.outcome.answer
    return {
        "locale": seen.locale,
        "tone": [name for name, value in tone.items() if value is True],
        "risk": tone["risk"] or None,
        "flows": [asdict(flow) for flow in seen.flows],
        "is_question": seen.is_question,
        "thresholds": asdict(await knowledge.replaying.thresholds(ctx)),
        "confidence": found.confidence,
        "verdict": found.verdict,
        "items": [{**asdict(one), "scope": one.scope_path} for one in found.candidates],
        "steps": [asdict(one) for one in tries_of(ctx, seen.outcome)],
        "parts": [part.as_json() for part in answer.parts],
        "hand_off": answer.hand_off.reason if answer.hand_off else None,
    }
