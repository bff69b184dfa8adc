"""Queries of accounts, their secrets, and the registry of public keys."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xiaoer.kit.ids import TenantId
from xiaoer.modules.channels.contracts import Account, AccountId, Profile, Route, Secret
from xiaoer.modules.channels.store import shapes
from xiaoer.ports.ctx import Ctx

_ROUTE = "SELECT tenant, account_id FROM channels_route WHERE key = %(key)s"
_ADD_ROUTE = """
INSERT INTO channels_route (key, tenant, account_id) VALUES (%(key)s, %(tenant)s, %(id)s)
ON CONFLICT DO NOTHING
"""
_ADD = """
INSERT INTO channels_account (
  tenant_id, id, key, kind, name, unit_path, allowed_origins, admits_apps, greetings, hours,
  hours_text, callback_url, active, secrets, created_at)
VALUES (
  %(tenant)s, %(id)s, %(key)s, %(kind)s, %(name)s, %(unit_path)s, %(allowed_origins)s::text[],
  %(admits_apps)s, %(greetings)s::jsonb, %(hours)s::jsonb, %(hours_text)s, %(callback_url)s,
  %(active)s, %(secrets)s::jsonb, %(at)s)
"""
_CHANGE = """
UPDATE channels_account SET version = version + 1, name = %(name)s, unit_path = %(unit_path)s,
  allowed_origins = %(allowed_origins)s::text[], admits_apps = %(admits_apps)s,
  greetings = %(greetings)s::jsonb, hours = %(hours)s::jsonb, hours_text = %(hours_text)s,
  callback_url = %(callback_url)s, active = %(active)s
WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s
"""
_GET = """
SELECT * FROM channels_account
WHERE tenant_id = %(tenant)s AND id = %(id)s AND unit_path LIKE %(path)s
"""
_ALL = """
SELECT * FROM channels_account
WHERE tenant_id = %(tenant)s AND unit_path LIKE %(path)s ORDER BY created_at, id
"""
_SECRETS = """
SELECT secrets FROM channels_account WHERE tenant_id = %(tenant)s AND id = %(id)s
"""
_SET_SECRETS = """
UPDATE channels_account SET secrets = %(secrets)s::jsonb, version = version + 1
WHERE tenant_id = %(tenant)s AND id = %(id)s
"""


async def route(ctx: Ctx, key: str) -> Route | None:
    """Which tenant a public key leads to; readable from no tenant."""
    row = await ctx.uow.row(_ROUTE, {"key": key})
    return Route(TenantId(row.tenant), AccountId(row.account_id)) if row else None


async def add(
    ctx: Ctx, account_id: UUID, key: str, profile: Profile, secrets: Sequence[Secret]
) -> bool:
    """Register a key and its account; false when the key is taken."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": account_id,
        "key": key,
        "secrets": _secrets_json(secrets),
        "at": ctx.now(),
        **shapes.columns(profile),
    }
    if await ctx.uow.run(_ADD_ROUTE, given) != 1:
        return False
    return await ctx.uow.run(_ADD, given) == 1


async def change(ctx: Ctx, account_id: UUID, version: int, profile: Profile) -> bool:
    """Compare-and-set; kind, key and secrets stay."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": account_id,
        "version": version,
        **shapes.columns(profile),
    }
    return await ctx.uow.run(_CHANGE, given) == 1


async def get(ctx: Ctx, account_id: UUID, *, lock: bool = False) -> Account | None:
    """One account within reach."""
    given = {"tenant": ctx.scope.tenant, "id": account_id, "path": f"{ctx.scope.path}%"}
    row = await ctx.uow.row(_GET + " FOR UPDATE" if lock else _GET, given)
    return shapes.account(row) if row else None


async def with_secrets(
    ctx: Ctx, account_id: UUID
) -> tuple[Account, tuple[Secret, ...]] | None:
    """One account and its active secrets, in one read."""
    given = {"tenant": ctx.scope.tenant, "id": account_id, "path": f"{ctx.scope.path}%"}
    row = await ctx.uow.row(_GET, given)
    return (shapes.account(row), shapes.secrets(row.secrets)) if row else None


async def accounts(ctx: Ctx) -> list[Account]:
    """Accounts within reach, oldest first."""
    given = {"tenant": ctx.scope.tenant, "path": f"{ctx.scope.path}%"}
    return [shapes.account(row) for row in await ctx.uow.rows(_ALL, given)]


async def secrets(ctx: Ctx, account_id: UUID) -> tuple[Secret, ...]:
    """The active secrets, newest first."""
    row = await ctx.uow.row(_SECRETS, {"tenant": ctx.scope.tenant, "id": account_id})
    return shapes.secrets(row.secrets) if row else ()


async def set_secrets(ctx: Ctx, account_id: UUID, secrets: Sequence[Secret]) -> None:
    """Keep exactly these."""
    given = {
        "tenant": ctx.scope.tenant,
        "id": account_id,
        "secrets": _secrets_json(secrets),
    }
    await ctx.uow.run(_SET_SECRETS, given)


def _secrets_json(secrets: Sequence[Secret]) -> str:
    return shapes.dumps([{"value": s.value, "created_at": s.created_at} for s in secrets])
