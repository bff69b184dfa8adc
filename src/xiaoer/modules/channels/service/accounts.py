"""Accounts: the ways in, kept by an administrator."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from xiaoer.kit.problem import Invalid, NotFound, Stale
from xiaoer.modules import org
from xiaoer.modules.channels.contracts import (
    ANY_ORIGIN,
    Account,
    AccountId,
    Profile,
    Route,
    Secret,
)
from xiaoer.modules.channels.rules import accounts as rules
from xiaoer.modules.channels.service.hours import read_hours
from xiaoer.modules.channels.store import accounts as store
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.outside import AddressRefused

MANAGE = "channels.manage"
_KEY_LENGTH = 20


async def find(ctx: Ctx, key: str) -> Route:
    """Which tenant a public key leads to, from no tenant's scope; raises ``NotFound``."""
    route = await store.route(ctx, key) if rules.is_key(key) else None
    if route is None:
        raise NotFound()
    return route


async def account(ctx: Ctx, account_id: UUID) -> Account:
    """One account within reach; raises ``NotFound``."""
    found = await store.get(ctx, account_id)
    if found is None:
        raise NotFound()
    return found


async def accounts(ctx: Ctx) -> list[Account]:
    """Accounts within reach, oldest first."""
    return await store.accounts(ctx)


async def open_account(
    ctx: Ctx, profile: Profile, *, key: str | None = None
) -> tuple[Account, str]:
    """A new way in, and its secret, which is told this once. ``key`` is for a demo's own."""
    ctx.require(MANAGE)
    checked = await _checked(ctx, profile)
    account_id = AccountId(ctx.new_id())
    key = key or "xw_" + ctx.ports.chance.token()[:_KEY_LENGTH]
    if not rules.is_key(key):
        raise Invalid(reason="公开标识只能用字母、数字、- 和 _", field="key")
    secret = ctx.ports.chance.token()
    if not await store.add(ctx, account_id, key, checked, [Secret(secret, ctx.now())]):
        raise Invalid(reason="公开标识已被使用", field="key")
    return await account(ctx, account_id), secret


async def change_account(
    ctx: Ctx, account_id: UUID, version: int, profile: Profile
) -> Account:
    """Change everything but kind and key; raises ``Stale``."""
    ctx.require(MANAGE)
    before = await account(ctx, account_id)
    if before.kind != profile.kind:
        raise Invalid(reason="渠道类型不能更改", field="kind")
    checked = await _checked(ctx, profile, before.profile)
    if not await store.change(ctx, account_id, version, checked):
        raise Stale()
    return await account(ctx, account_id)


async def rotate_secret(ctx: Ctx, account_id: UUID) -> str:
    """A fresh secret, told this once; the one before stays active until the next rotation."""
    ctx.require(MANAGE)
    if await store.get(ctx, account_id, lock=True) is None:
        raise NotFound()
    fresh = Secret(ctx.ports.chance.token(), ctx.now())
    kept = await store.secrets(ctx, account_id)
    await store.set_secrets(ctx, account_id, rules.rotated(kept, fresh))
    return fresh.value


async def retire_secret(ctx: Ctx, account_id: UUID) -> None:
    """From now on only the newest secret is good; with one secret nothing changes."""
    ctx.require(MANAGE)
    if await store.get(ctx, account_id, lock=True) is None:
        raise NotFound()
    kept = await store.secrets(ctx, account_id)
    if len(kept) > 1:
        await store.set_secrets(ctx, account_id, kept[:1])


async def secret_dates(ctx: Ctx, account_id: UUID) -> list[Secret]:
    """Since when the active secrets are, without the secrets."""
    return [Secret("", s.created_at) for s in await store.secrets(ctx, account_id)]


async def _checked(ctx: Ctx, profile: Profile, before: Profile | None = None) -> Profile:
    channel = ctx.ports.channels.get(profile.kind)
    if channel is None:
        raise Invalid(reason="kind: " + " | ".join(ctx.ports.channels), field="kind")
    if not profile.unit_path.startswith(ctx.scope.path):
        raise NotFound()
    if profile.hours:
        read_hours(profile.hours)
        kept = {name: profile.hours[name] for name in ("week", "zone") if name in profile.hours}
        profile = replace(profile, hours=kept)
    demo = ANY_ORIGIN in profile.allowed_origins and (await org.own_tenant(ctx)).demo
    checked = rules.checked(profile, carries=channel.carries, demo=demo)
    moved = before is None or before.callback_url != checked.callback_url
    if checked.callback_url and (moved or checked.active):
        await _admit(ctx, checked.callback_url)
    return checked


async def _admit(ctx: Ctx, url: str) -> None:
    """Refuse a callback that must not be called, at its field."""
    try:
        await ctx.ports.outside.admit(url)
    except AddressRefused as error:
        raise AddressRefused(**error.fields, field="callback_url") from error
