"""The desk's routes: lists, ownership, writing, macros, presence, numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import BaseModel, Field

from xiaoer.kit.problem import Invalid, NotFound, Stale
from xiaoer.modules import conversations, org
from xiaoer.modules.desk import rules, service
from xiaoer.modules.desk.errors import AtCapacity, ShortcutTaken
from xiaoer.ports.ctx import Ctx, Member
from xiaoer.ports.http import Cursor, Limit, MemberCtx, raises

Conversation = conversations.contracts.Conversation
View = conversations.contracts.View
AlreadyClaimed = conversations.errors.AlreadyClaimed
CustomerWrote = conversations.errors.CustomerWrote
NotOpen = conversations.errors.NotOpen
NotYours = conversations.errors.NotYours

router = APIRouter(prefix="/api/desk", tags=["desk"])

Words = Annotated[str, Query(max_length=200)]


class ListQuery(BaseModel):
    view: Literal["queue", "mine", "all", "resolved", "customer"] = "queue"
    q: Annotated[str, Field(max_length=200)] = ""
    customer: UUID | None = None


class PeriodQuery(BaseModel):
    start: Annotated[datetime | None, Field(alias="from")] = None
    end: Annotated[datetime | None, Field(alias="to")] = None


class VersionBody(BaseModel):
    version: int | None = None


class TransferBody(VersionBody):
    to_member: UUID | None = None
    to_skill_group: UUID | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class ResolveBody(VersionBody):
    wrap_up: dict[str, Annotated[str, Field(max_length=2000)]] | None = None
    seen_seq: Annotated[int | None, Field(ge=0)] = None


class MessageBody(BaseModel):
    client_id: Annotated[str, Field(min_length=1, max_length=100)]
    parts: Annotated[list[dict[str, Any]], Field(max_length=20)]


class NoteBody(BaseModel):
    client_id: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(max_length=5000)]
    mentions: list[UUID] = []


class SeenBody(BaseModel):
    seq: Annotated[int, Field(ge=0)]


class PresenceBody(BaseModel):
    state: str


class CapacityBody(BaseModel):
    capacity: int


class MacroBody(BaseModel):
    shortcut: Annotated[str, Field(max_length=60)]
    title: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=5000)]
    shared: bool = False
    version: int = 1


@router.get("/conversations")
async def listed(
    ctx: MemberCtx, look: Annotated[ListQuery, Query()], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Conversations within reach; the queue oldest first, the rest newest first."""
    _may_look(ctx)
    groups = None
    if look.view == "queue" and not ctx.can("desk.reassign"):
        groups = [g.id for g in await org.skill_groups(ctx, _own_id(ctx))]
    wanted = View(look.view, _own_id(ctx), groups, look.customer, look.q, cursor, limit)
    page = await conversations.reading.page(ctx, wanted)
    names = await _names(ctx)
    return {"items": [row.as_json(names) for row in page.items], "next": page.next}


@router.get("/conversations/{conversation_id}", responses=raises(NotFound))
async def one(conversation_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """A conversation with its demand and the tries of the ladder."""
    turn = await conversations.turn(ctx, conversation_id)
    demand = turn.demand
    return turn.conversation.as_json(await _names(ctx)) | {
        "demand": {
            "id": demand.id,
            "topic": demand.topic,
            "subject": demand.subject,
            "opened_at": demand.opened_at,
            "reopened": demand.reopened,
            "resolved_at": demand.resolved_at,
        },
        "tries": [
            {
                "tier": t.tier,
                "outcome": t.outcome,
                "reason": t.reason,
                "confidence": t.confidence,
                "at": t.at,
            }
            for t in turn.tries
        ],
    }


@router.post("/claim-next", responses=raises(AtCapacity))
async def claim_next(ctx: MemberCtx, response: Response) -> dict[str, Any] | None:
    """Take the next of one's queues; 204 when nobody waits."""
    claimed = await service.claim_next(ctx)
    if claimed is None:
        response.status_code = status.HTTP_204_NO_CONTENT
        return None
    return await _shown(ctx, claimed)


@router.post(
    "/conversations/{conversation_id}/claim",
    responses=raises(NotFound, AlreadyClaimed, AtCapacity, Stale),
)
async def claim(conversation_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Become the owner."""
    return await _shown(ctx, await service.claim(ctx, conversation_id, body.version))


@router.post("/conversations/{conversation_id}/release", responses=raises(NotYours, NotOpen))
async def release(conversation_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Give it back to the queue."""
    ctx.require("desk.serve")
    return await _shown(ctx, await conversations.release(ctx, conversation_id, body.version))


@router.post("/conversations/{conversation_id}/transfer", responses=raises(NotYours, NotOpen))
async def transfer(conversation_id: UUID, body: TransferBody, ctx: MemberCtx) -> dict[str, Any]:
    """Pass it to a colleague or a skill group, with a note if there is one."""
    if body.note.strip():
        parts = conversations.read_parts([{"kind": "text", "text": body.note}])
        await conversations.say(
            ctx, conversation_id, parts, client_id=str(ctx.new_id()), internal=True
        )
    to = (body.to_member, body.to_skill_group)
    return await _shown(ctx, await service.transfer(ctx, conversation_id, to, body.version))


@router.post(
    "/conversations/{conversation_id}/resolve", responses=raises(NotYours, NotOpen, CustomerWrote)
)
async def resolve(conversation_id: UUID, body: ResolveBody, ctx: MemberCtx) -> dict[str, Any]:
    """Close it as resolved, with a wrap-up if there is one.

    ``seen_seq`` is the newest message on the agent's screen; when the customer wrote after it,
    nothing is closed and the agent is told so.
    """
    ctx.require("desk.serve")
    details = {"wrap_up": body.wrap_up} if body.wrap_up else None
    resolved = await conversations.resolve(
        ctx, conversation_id, body.version, details, body.seen_seq
    )
    return await _shown(ctx, resolved)


@router.post("/conversations/{conversation_id}/reopen", responses=raises(NotFound, Stale, Invalid))
async def reopen(conversation_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Take the resolution back and own it."""
    ctx.require("desk.serve")
    return await _shown(ctx, await conversations.reopen(ctx, conversation_id, body.version))


@router.post("/conversations/{conversation_id}/messages", responses=raises(NotYours, NotOpen))
async def say(conversation_id: UUID, body: MessageBody, ctx: MemberCtx) -> dict[str, Any]:
    """Write to the customer."""
    ctx.require("desk.serve")
    parts = conversations.read_parts(body.parts)
    said = await conversations.say(ctx, conversation_id, parts, client_id=body.client_id)
    return said.as_json()


@router.post("/conversations/{conversation_id}/notes", responses=raises(NotFound))
async def note(conversation_id: UUID, body: NoteBody, ctx: MemberCtx) -> dict[str, Any]:
    """Write a note that only colleagues see."""
    ctx.require("desk.serve")
    parts = conversations.read_parts([{"kind": "text", "text": body.text}])
    said = await conversations.say(
        ctx, conversation_id, parts, client_id=body.client_id, internal=True
    )
    for member_id in body.mentions:
        ctx.uow.wake(f"member:{member_id}")
    return said.as_json()


@router.post("/conversations/{conversation_id}/seen", status_code=status.HTTP_204_NO_CONTENT)
async def seen(conversation_id: UUID, body: SeenBody, ctx: MemberCtx) -> None:
    """Read up to here."""
    ctx.require("desk.serve")
    await conversations.seen(ctx, conversation_id, body.seq)


@router.get("/search")
async def search(
    ctx: MemberCtx, q: Words, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Messages within reach that hold every word."""
    _may_look(ctx)
    page = await conversations.reading.search(ctx, q, cursor, limit)
    return {
        "items": [message.as_json() | {"customer_name": name} for message, name in page.items],
        "next": page.next,
    }


@router.get("/suggestions")
async def suggestions(conversation: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """Answers from knowledge to the customer's last words."""
    found = await service.suggestions(ctx, conversation)
    return {
        "items": [
            {"entry_id": c.entry_id, "question": c.question, "answer": c.answer, "score": c.score}
            for c in found
        ],
        "next": None,
    }


@router.get("/macros")
async def macros(ctx: MemberCtx) -> dict[str, Any]:
    """One's own and the shared ones."""
    return {"items": [m.as_json() for m in await service.macros(ctx)], "next": None}


@router.post("/macros", status_code=status.HTTP_201_CREATED, responses=raises(ShortcutTaken))
async def add_macro(body: MacroBody, ctx: MemberCtx) -> dict[str, Any]:
    """Add a macro."""
    ctx.require("desk.serve")
    texts = (body.shortcut, body.title, body.text)
    return (await service.add_macro(ctx, texts, shared=body.shared)).as_json()


@router.put(
    "/macros/{macro_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=raises(Stale, ShortcutTaken),
)
async def change_macro(macro_id: UUID, body: MacroBody, ctx: MemberCtx) -> None:
    """Change a macro."""
    texts = (body.shortcut, body.title, body.text)
    await service.change_macro(ctx, macro_id, body.version, texts)


@router.delete(
    "/macros/{macro_id}", status_code=status.HTTP_204_NO_CONTENT, responses=raises(NotFound)
)
async def drop_macro(macro_id: UUID, ctx: MemberCtx) -> None:
    """Delete a macro."""
    await service.drop_macro(ctx, macro_id)


@router.get("/presence")
@router.get("/colleagues")
async def colleagues(ctx: MemberCtx) -> dict[str, Any]:
    """Everyone who serves customers within reach."""
    return {"items": [p.as_json() for p in await service.colleagues(ctx)], "next": None}


@router.put("/presence")
async def set_presence(body: PresenceBody, ctx: MemberCtx) -> dict[str, Any]:
    """One's own state."""
    return (await service.set_presence(ctx, body.state)).as_json()


@router.put(
    "/colleagues/{member_id}/capacity",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=raises(NotFound),
)
async def set_capacity(member_id: UUID, body: CapacityBody, ctx: MemberCtx) -> None:
    """How many conversations a colleague may hold."""
    await service.set_capacity(ctx, member_id, body.capacity)


@router.get("/numbers")
async def numbers(
    ctx: MemberCtx,
    period: Annotated[PeriodQuery, Query()],
    by: Literal["tier", "store", "day"] = "tier",
) -> dict[str, Any]:
    """The four numbers of the period, in all and by tier, store or day."""
    ctx.require("numbers.read")
    start, end = rules.read_period(period.start, period.end, ctx.now())
    total = await conversations.measuring.numbers(ctx, start, end)
    groups = await conversations.measuring.numbers(ctx, start, end, by)
    names = await _names(ctx)
    return {
        **_counts(total[0] if total else None),
        "from": start,
        "to": end,
        "groups": [
            _counts(g) | {"key": g.label, "label": names.get(g.label, g.label)} for g in groups
        ],
        "definitions": [
            {"number": d.number, "zh": d.zh, "en": d.en}
            for d in conversations.measuring.DEFINITIONS
        ],
    }


@router.get("/numbers/rows")
async def numbers_rows(
    ctx: MemberCtx,
    period: Annotated[PeriodQuery, Query()],
    number: str,
    by: str = "all",
    key: str | None = None,
) -> dict[str, Any]:
    """The conversations behind a number."""
    ctx.require("numbers.read")
    start, end = rules.read_period(period.start, period.end, ctx.now())
    rows = await conversations.measuring.numbers_rows(
        ctx, start, end, number=number, by=by, label=key
    )
    names = await _names(ctx)
    return {"items": [row.as_json(names) for row in rows], "next": None}


def _counts(found: conversations.contracts.Numbers | None) -> dict[str, Any]:
    kinds = ("received", "contained", "confirmed_resolved", "reopened", "not_yet_known")
    return {kind: getattr(found, kind) if found else 0 for kind in kinds}


async def _shown(ctx: Ctx, conversation: Conversation) -> dict[str, Any]:
    return conversation.as_json(await _names(ctx))


async def _names(ctx: Ctx) -> dict[str, str]:
    names = {unit.path: unit.name for unit in await org.units(ctx)}
    return names | {str(g.id): g.name for g in await org.skill_groups(ctx)}


def _may_look(ctx: Ctx) -> None:
    """Who serves customers, and who listens in on behalf of the house."""
    if not ctx.can("desk.serve"):
        ctx.require("desk.observe")


def _own_id(ctx: Ctx) -> UUID:
    if not isinstance(ctx.actor, Member):
        raise NotFound()
    return ctx.actor.id
