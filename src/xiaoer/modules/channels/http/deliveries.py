"""Messages that did not get out, for who serves the customer and for who keeps the channel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from xiaoer.kit.problem import Forbidden, NotFound
from xiaoer.modules.channels.service import accounts, carrying
from xiaoer.ports.http import MemberCtx, raises

router = APIRouter(prefix="/api/channels", tags=["channels"])


@router.post(
    "/conversations/{conversation_id}/messages/{message_id}/send-again",
    responses=raises(Forbidden, NotFound),
)
async def send_again(
    conversation_id: UUID, message_id: UUID, ctx: MemberCtx
) -> dict[str, Any]:
    """Carry a failed message out again; the message as it stands. Repeating changes nothing."""
    return (await carrying.send_again(ctx, conversation_id, message_id)).as_json()


@router.get("/troubles", responses=raises(Forbidden))
async def troubles(ctx: MemberCtx) -> dict[str, Any]:
    """Accounts whose messages do not get out, with the reason of the newest try."""
    ctx.require(accounts.MANAGE)
    items = [
        {
            "account_id": one.account_id,
            "name": one.name,
            "failed": one.failed,
            "waiting": one.waiting,
            "since": one.since,
            "reason": one.reason,
        }
        for one in await carrying.troubles(ctx)
    ]
    return {"items": items, "next": None}
