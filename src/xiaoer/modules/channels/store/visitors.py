"""Queries of visitors and their sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.modules.channels.contracts import Session, Visitor
from xiaoer.modules.channels.store import shapes
from xiaoer.ports.ctx import Ctx

# The visitor's columns come last under their own names; the account's win where they collide.
_SESSION = """
SELECT a.*, s.locale, s.unit_path AS place, s.page, s.expires_at,
  v.id AS visitor_id, v.external_id, v.customer_id, v.proven, v.name AS visitor_name, v.level,
  v.kind AS visitor_kind
FROM channels_session s
JOIN channels_visitor v ON v.tenant_id = s.tenant_id AND v.id = s.visitor_id
JOIN channels_account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
WHERE s.tenant_id = %(tenant)s AND s.token_hash = %(hash)s AND a.key = %(key)s
  AND s.expires_at > %(since)s
"""
_OPEN = """
INSERT INTO channels_session
  (tenant_id, token_hash, visitor_id, account_id, locale, unit_path, page, created_at, expires_at)
VALUES (%(tenant)s, %(hash)s, %(visitor)s, %(account)s, %(locale)s, %(unit_path)s,
  %(page)s::jsonb, %(at)s, %(expires)s)
"""
_RENEW = """
UPDATE channels_session SET expires_at = %(expires)s
WHERE tenant_id = %(tenant)s AND token_hash = %(hash)s AND expires_at < %(expires)s
"""
_RESUME = """
UPDATE channels_session SET locale = %(locale)s, unit_path = %(unit_path)s,
  page = %(page)s::jsonb, expires_at = %(expires)s
WHERE tenant_id = %(tenant)s AND token_hash = %(hash)s
"""
_SWEEP = """
DELETE FROM channels_session WHERE tenant_id = %(tenant)s AND expires_at < %(before)s
"""
_VISITOR = """
SELECT * FROM channels_visitor WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_ADD_VISITOR = """
INSERT INTO channels_visitor
  (tenant_id, id, account_id, external_id, name, created_at)
VALUES (%(tenant)s, %(id)s, %(account)s, %(external_id)s, %(name)s, %(at)s)
ON CONFLICT DO NOTHING
"""
_IDENTIFY = """
UPDATE channels_visitor SET customer_id = %(customer)s, proven = true, name = %(name)s,
  level = %(level)s, kind = %(kind)s
WHERE tenant_id = %(tenant)s AND id = %(id)s
  AND (NOT proven OR customer_id = %(customer)s)
"""


async def session(
    ctx: Ctx, hashed: bytes, account_key: str, since: datetime
) -> Session | None:
    """The session behind a token of this account that lasts longer than ``since``."""
    row = await ctx.uow.row(
        _SESSION,
        {"tenant": ctx.scope.tenant, "hash": hashed, "key": account_key, "since": since},
    )
    if row is None:
        return None
    account = shapes.account(row)
    visitor = Visitor(
        row.visitor_id,
        account.id,
        row.external_id,
        row.customer_id,
        row.proven,
        row.visitor_name,
        row.level,
        row.visitor_kind,
    )
    return Session(visitor, account, row.expires_at, row.locale, row.place, row.page)


async def open_session(ctx: Ctx, hashed: bytes, session: Session) -> None:
    """Keep a session by the hash of its token."""
    await ctx.uow.run(_OPEN, _columns(ctx, hashed, session))


async def resume(ctx: Ctx, hashed: bytes, session: Session) -> None:
    """The session goes on, from another page perhaps."""
    await ctx.uow.run(_RESUME, _columns(ctx, hashed, session))


def _columns(ctx: Ctx, hashed: bytes, session: Session) -> dict[str, Any]:
    return {
        "tenant": ctx.scope.tenant,
        "hash": hashed,
        "visitor": session.visitor_id,
        "account": session.account.id,
        "locale": session.locale,
        "unit_path": session.unit_path,
        "page": shapes.dumps(dict(session.page)),
        "at": ctx.now(),
        "expires": session.expires_at,
    }


async def renew(ctx: Ctx, hashed: bytes, expires_at: datetime) -> None:
    """Move an expiry forward."""
    await ctx.uow.run(
        _RENEW, {"tenant": ctx.scope.tenant, "hash": hashed, "expires": expires_at}
    )


async def sweep(ctx: Ctx, before: datetime) -> int:
    """Forget sessions that expired before then."""
    return await ctx.uow.run(_SWEEP, {"tenant": ctx.scope.tenant, "before": before})


async def visitor(ctx: Ctx, visitor_id: UUID) -> Visitor | None:
    """One visitor."""
    row = await ctx.uow.row(_VISITOR, {"tenant": ctx.scope.tenant, "id": visitor_id})
    return shapes.visitor(row) if row else None


async def add_visitor(ctx: Ctx, visitor: Visitor) -> None:
    """Keep a visitor who may be there already."""
    await ctx.uow.run(
        _ADD_VISITOR,
        {
            "tenant": ctx.scope.tenant,
            "id": visitor.id,
            "account": visitor.account_id,
            "external_id": visitor.external_id,
            "name": visitor.name,
            "at": ctx.now(),
        },
    )


async def identify(ctx: Ctx, visitor_id: UUID, customer: Mapping[str, Any]) -> bool:
    """The visitor is this customer (``id, name, level, kind``); false when proven as another."""
    return (
        await ctx.uow.run(
            _IDENTIFY,
            {
                "tenant": ctx.scope.tenant,
                "id": visitor_id,
                "customer": customer["id"],
                "name": customer["name"],
                "level": customer["level"],
                "kind": customer["kind"],
            },
        )
        == 1
    )
