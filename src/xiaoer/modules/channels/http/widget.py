"""What the widget asks for over plain HTTP; its socket does the same, live."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import AwareDatetime, BaseModel, Field

from xiaoer.kit.problem import NotFound, Unauthenticated
from xiaoer.modules import conversations, visits
from xiaoer.modules.channels.contracts import Citation, Entered, Entry, Hours, Session
from xiaoer.modules.channels.errors import BadCustomerToken, OriginRefused
from xiaoer.modules.channels.http.door import (
    DOOR,
    LimitedRoute,
    PreflightRoute,
    Visit,
    actor_of,
    admit_by_key,
    entered,
    house_of,
    scope_of,
)
from xiaoer.modules.channels.rules import accounts as account_rules
from xiaoer.modules.channels.rules.files import UPLOAD_TYPES
from xiaoer.modules.channels.service import citing, hours, looking, sessions, talking
from xiaoer.ports.ctx import Ctx, Scope
from xiaoer.ports.http import Limit, raises

router = APIRouter(prefix="/widget/{account}", tags=["widget"], route_class=LimitedRoute)

Seq = Annotated[int | None, Query(ge=0)]
Token = Annotated[str, Field(max_length=5000)]
_REFUSALS = raises(Unauthenticated, OriginRefused, NotFound)


class SessionBody(BaseModel):
    visitor_token: Token | None = None
    customer_token: Token | None = None
    lang: Annotated[str, Field(max_length=35)] = "zh-CN"
    page: dict[str, Any] = {}


class MessageBody(BaseModel):
    client_id: Annotated[str, Field(min_length=1, max_length=100)]
    parts: Annotated[list[dict[str, Any]], Field(max_length=50)]


class RatingBody(BaseModel):
    score: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=2000)] = ""


class LeaveBody(BaseModel):
    text: Annotated[str, Field(max_length=4000)]
    contact: Annotated[str, Field(max_length=200)]


class LookBody(BaseModel):
    kind: visits.contracts.Happening
    url: Annotated[str, Field(max_length=2000)] = ""
    subject: Annotated[str, Field(max_length=200)] = ""
    at: AwareDatetime | None = None


class LooksBody(BaseModel):
    events: Annotated[list[LookBody], Field(max_length=100)]
    consent: bool = False


async def preflight(account: str, request: Request) -> Response:
    """May this page ask? Only a page that the account lists."""
    await admit_by_key(request, account)
    headers = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=headers)


router.add_api_route(
    "/{rest:path}",
    preflight,
    methods=["OPTIONS"],
    include_in_schema=False,
    route_class_override=PreflightRoute,
)


@router.post("/sessions", responses=raises(BadCustomerToken, OriginRefused, NotFound))
async def begin(account: str, body: SessionBody, request: Request) -> dict[str, Any]:
    """Open or resume a session; the token is the widget's to keep."""
    house = house_of(request)
    route = await admit_by_key(request, account)
    entry = Entry(body.visitor_token or "", body.customer_token or "", body.lang, body.page)
    async with house.unit(DOOR, Scope(route.tenant)) as ctx:
        opened = await sessions.begin(ctx, route.account_id, entry)
        latest = await talking.latest_conversation(ctx, opened.session)
        attended = await hours.hours(ctx, opened.session)
    return _entered_json(opened, latest) | {
        "config": _config_json(opened.session, attended, house.settings.max_upload_bytes)
    }


@router.get("/messages", responses=_REFUSALS)
async def messages(
    session: Visit, request: Request, after: Seq = None, before: Seq = None, limit: Limit = 50
) -> dict[str, Any]:
    """The visitor's conversation, oldest first."""
    async with entered(request, session) as ctx:
        found = await talking.history(ctx, session, after=after, before=before, limit=limit)
    return {"items": [message.as_json() for message in found], "next": None}


@router.get("/sources/{source_id}", responses=_REFUSALS)
async def source(session: Visit, source_id: UUID, request: Request) -> Citation:
    """What an answer to this visitor rests on."""
    async with entered(request, session) as ctx:
        return await citing.citation(ctx, session, source_id)


@router.post(
    "/messages",
    responses=_REFUSALS | raises(conversations.errors.BadMessage, conversations.errors.TooLong),
)
async def send(session: Visit, body: MessageBody, request: Request) -> dict[str, Any]:
    """Take in a message; answered when it is on disk. The same ``client_id`` is stored once."""
    parts = conversations.read_parts(body.parts)

    async def accept(ctx: Ctx) -> conversations.contracts.Receipt:
        return await talking.accept(ctx, session, body.client_id, parts)

    receipt = await house_of(request).grouped(actor_of(session), scope_of(session), accept)
    return _receipt_json(receipt)


@router.post("/person", responses=_REFUSALS)
async def person(session: Visit, request: Request) -> dict[str, Any]:
    """Ask for a person."""
    async with entered(request, session) as ctx:
        return _receipt_json(await talking.ask_person(ctx, session))


@router.post("/unsolved", responses=_REFUSALS)
async def unsolved(session: Visit, request: Request) -> dict[str, Any]:
    """Say that it did not help."""
    async with entered(request, session) as ctx:
        return _receipt_json(await talking.unsolved(ctx, session))


@router.post("/rating", status_code=status.HTTP_204_NO_CONTENT, responses=_REFUSALS)
async def rating(session: Visit, body: RatingBody, request: Request) -> None:
    """One to five."""
    async with entered(request, session) as ctx:
        await talking.rate(ctx, session, body.score, body.text)


@router.post("/leave", responses=_REFUSALS)
async def leave(session: Visit, body: LeaveBody, request: Request) -> dict[str, Any]:
    """Leave a message for when people are there again."""
    async with entered(request, session) as ctx:
        return _receipt_json(await talking.leave_message(ctx, session, body.text, body.contact))


@router.post("/visits", responses=_REFUSALS)
async def look(session: Visit, body: LooksBody, request: Request) -> dict[str, Any]:
    """What the visitor looked at."""
    looks = [visits.contracts.Look(e.kind, e.url, e.subject, e.at) for e in body.events]
    user_agent = request.headers.get("user-agent", "")
    async with entered(request, session) as ctx:
        kept = await looking.report(
            ctx, session, looks, user_agent=user_agent, consent=body.consent
        )
    return {"kept": kept.kept}


@router.post("/visits/forget", responses=_REFUSALS)
async def forget(session: Visit, request: Request) -> dict[str, Any]:
    """Take consent back: what the visitor looked at becomes anonymous, and still counts."""
    async with entered(request, session) as ctx:
        return {"forgotten": await looking.forget(ctx, session)}


def _entered_json(
    opened: Entered, latest: conversations.contracts.Conversation | None
) -> dict[str, Any]:
    session = opened.session
    return {
        "token": opened.token,
        "visitor_id": session.visitor_id,
        "expires_at": session.expires_at,
        "identity": {"proven": session.proven, "name": session.name, "level": session.level},
        "conversation_id": latest.id if latest else None,
        "last_seq": latest.last_seq if latest else 0,
    }


def _config_json(session: Session, attended: Hours, max_upload_bytes: int) -> dict[str, Any]:
    said = account_rules.greeting(session.account.profile, session.locale)
    return {
        "name": session.account.name,
        "greeting": said.text,
        "quick_replies": [{"label": r.label, "value": r.value} for r in said.quick_replies],
        "open_now": attended.open_now,
        "hours_text": attended.text,
        "locale": session.locale,
        "max_upload_bytes": max_upload_bytes,
        "upload_types": list(UPLOAD_TYPES),
    }


def _receipt_json(receipt: conversations.contracts.Receipt) -> dict[str, Any]:
    return {
        "id": receipt.message_id,
        "seq": receipt.seq,
        "at": receipt.at,
        "conversation_id": receipt.conversation_id,
    }
