"""Reading one conversation: its messages and its audit trail."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from xiaoer.kit.problem import NotFound
from xiaoer.modules.conversations.service import reading
from xiaoer.ports.http import Limit, MemberCtx, raises

router = APIRouter(prefix="/api/conversations", tags=["conversations"])

Seq = Annotated[int | None, Query(ge=0)]


@router.get("/{conversation_id}/messages", responses=raises(NotFound))
async def messages(
    conversation_id: UUID, ctx: MemberCtx, after: Seq = None, before: Seq = None, limit: Limit = 50
) -> dict[str, Any]:
    """Messages and notes behind ``after`` or ahead of ``before``, oldest first."""
    found = await reading.messages_of(ctx, conversation_id, after=after, before=before, limit=limit)
    return {"items": [message.as_json() for message in found], "next": None}


@router.get("/{conversation_id}/audit", responses=raises(NotFound))
async def audit(conversation_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """Who did what, oldest first."""
    lines = await reading.audit_trail(ctx, conversation_id)
    return {
        "items": [
            {"at": line.at, "actor": line.actor, "verb": line.verb, "details": line.details}
            for line in lines
        ],
        "next": None,
    }
