"""Who sent a file in, and who may see it again. A file that is not yours is not found."""

from __future__ import annotations

from typing import Any

from xiaoer.kit.problem import NotFound
from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Upload
from xiaoer.modules.channels.rules import files as rules
from xiaoer.modules.channels.store import uploads as store
from xiaoer.ports.ctx import Ctx, Member, Shopper

_PAGE = 200
_MOST_PAGES = 10


async def keep_upload(ctx: Ctx, upload: Upload) -> None:
    """Remember that the acting member or shopper sent a file in."""
    match ctx.actor:
        case Shopper(visitor_id=visitor_id, account_id=account_id):
            await store.add(ctx, upload, visitor_id, "visitor", account_id)
        case Member(id=member_id):
            await store.add(ctx, upload, member_id, "member", None)
        case _:
            raise NotFound()


async def open_upload(ctx: Ctx, blob: str) -> Upload:
    """A file that the actor may see; raises ``NotFound``.

    A shopper: what they sent, and what stands in their own conversation. A member: what a
    colleague sent, and what comes from a visitor whose conversation is within reach.
    """
    for upload, owner in await store.owners(ctx, blob) if rules.is_blob(blob) else ():
        match ctx.actor:
            case Member():
                ctx.require("desk.serve")
                visible = owner.owner_kind == "member" or await _within_reach(ctx, owner)
            case Shopper() as shopper:
                visible = owner.owner_id == shopper.visitor_id
                visible = visible or await _was_shown(ctx, shopper, blob)
            case _:
                visible = False
        if visible:
            return upload
    raise NotFound()


async def _within_reach(ctx: Ctx, owner: Any) -> bool:
    latest = await conversations.reading.latest_of(ctx, owner.account_id, owner.owner_id)
    return latest is not None and latest.unit_path.startswith(ctx.scope.path)


async def _was_shown(ctx: Ctx, shopper: Shopper, blob: str) -> bool:
    """Whether a message to this shopper carries the file; the newest messages first."""
    latest = await conversations.reading.latest_of(
        ctx, shopper.account_id, shopper.visitor_id
    )
    before = None
    for _ in range(_MOST_PAGES if latest else 0):
        assert latest is not None
        page = await conversations.reading.messages_of(
            ctx, latest.id, before=before, limit=_PAGE
        )
        if any(part.fields.get("blob") == blob for m in page for part in m.parts):
            return True
        if len(page) < _PAGE:
            return False
        before = page[0].seq
    return False
