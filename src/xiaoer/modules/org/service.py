"""The verbs: groups, places, people, sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from xiaoer.kit.ids import MemberId
from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules.org import rules, store
from xiaoer.modules.org.contracts import (
    Claim,
    MemberChange,
    MemberProfile,
    NewMember,
    OrgUnit,
    Refused,
    Role,
    Session,
    SignedIn,
    SkillGroup,
    Tenant,
)
from xiaoer.modules.org.errors import LastAdministrator, LoginTaken
from xiaoer.modules.org.events import MemberChanged
from xiaoer.ports.ctx import Ctx, Member

_COMPARING = ThreadPoolExecutor(2, "passwords")
"""Few at once, and threads of their own: each takes 64 MiB, and a flood of them waits in line
instead of keeping everything else waiting."""


async def find_tenant(ctx: Ctx, slug: str) -> Tenant | None:
    """A group by its short name; without one, the only group of the installation."""
    if slug:
        return await store.tenant_by_slug(ctx, slug)
    known = await store.tenants(ctx)
    return known[0] if len(known) == 1 else None


async def tenants(ctx: Ctx) -> list[Tenant]:
    """All groups of the installation."""
    return await store.tenants(ctx)


async def own_tenant(ctx: Ctx) -> Tenant:
    """The group of the scope."""
    tenant = await store.tenant_by_id(ctx, ctx.scope.tenant)
    if tenant is None:
        raise NotFound()
    return tenant


async def found(ctx: Ctx, tenant: Tenant) -> bool:
    """Register a group; false when its slug is taken. The scope must be that group."""
    return await store.add_tenant(ctx, tenant)


async def put_units(ctx: Ctx, units: Sequence[OrgUnit]) -> None:
    """Add or rename places of the tree."""
    ctx.require("org.manage")
    for unit in units:
        rules.check_path(unit.path)
    await store.put_units(ctx, units)


async def units(ctx: Ctx) -> list[OrgUnit]:
    """The tree within reach, and what leads to it."""
    return await store.units(ctx)


async def members(ctx: Ctx, *, active_only: bool = False) -> list[MemberProfile]:
    """Members within reach."""
    return await store.members(ctx, active_only=active_only)


async def member(ctx: Ctx, member_id: UUID) -> MemberProfile:
    """One member within reach; raises ``NotFound``."""
    profile = await store.member(ctx, member_id)
    if profile is None:
        raise NotFound()
    return profile


async def hash_password(password: str) -> str:
    """Argon2id, off the event loop; about 0.2 s."""
    rules.check_password(password)
    return await asyncio.get_running_loop().run_in_executor(
        _COMPARING, rules.hash_password, password
    )


async def add_members(ctx: Ctx, new: Sequence[NewMember]) -> list[MemberId]:
    """Add people; raises :class:`LoginTaken` with the first that exists."""
    ctx.require("org.manage")
    made = [(MemberId(ctx.new_id()), _checked(ctx, one)) for one in new]
    for entry in made:
        if await store.add_members(ctx, [entry]) != 1:
            raise LoginTaken(login=entry[1].login)
        ctx.uow.tell(MemberChanged(key=entry[0], active=True))
    return [member_id for member_id, _ in made]


async def change_member(
    ctx: Ctx, member_id: UUID, version: int, change: MemberChange
) -> MemberProfile:
    """Change a member; a switched-off member and one with a new password are signed out."""
    ctx.require("org.manage")
    before = await member(ctx, member_id)
    await _keep_an_administrator(ctx, before, change)
    values: dict[str, Any] = {"name": change.name, "active": change.active}
    if change.roles is not None:
        values["roles"] = sorted(change.roles)
    if change.unit_path is not None:
        values["unit_path"] = _within(ctx, rules.check_path(change.unit_path))
    if change.password is not None:
        values["password_hash"] = await hash_password(change.password)
    if not await store.change_member(ctx, member_id, version, values):
        raise Stale()
    if change.active is False or change.password is not None:
        await store.close_sessions(ctx, member_id=member_id)
    ctx.uow.wake(f"sessions:{member_id}")
    ctx.uow.tell(MemberChanged(key=member_id, active=change.active is not False))
    return await member(ctx, member_id)


async def change_own(ctx: Ctx, locale: str) -> None:
    """A member's own language."""
    actor = ctx.actor
    if not isinstance(actor, Member):
        raise Forbidden()
    if locale not in ("zh-CN", "en"):
        raise Invalid(reason="locale: zh-CN | en")
    profile = await member(ctx, actor.id)
    if not await store.change_member(ctx, profile.id, profile.version, {"locale": locale}):
        raise Stale()
    ctx.uow.wake(f"sessions:{profile.id}")


async def change_password(ctx: Ctx, claim: Claim, hashed: str, days: int) -> SignedIn | Refused:
    """One's own password, by a claim that was proven with the old one.

    Every session of the member ends; whoever changed it gets a fresh one. A wrong old password
    counts like a wrong one at the door, for it may be a guess at an unwatched screen.
    """
    row = await _admitted(ctx, claim)
    if isinstance(row, Refused):
        return row
    if not isinstance(ctx.actor, Member) or row.id != ctx.actor.id:
        raise Forbidden()
    if not await store.change_member(ctx, row.id, row.version, {"password_hash": hashed}):
        raise Stale()
    await store.close_sessions(ctx, member_id=row.id)
    ctx.uow.wake(f"sessions:{row.id}")
    return await _opened(ctx, row.id, days)


async def claim(ctx: Ctx, login: str, address: str = "") -> Claim | Refused:
    """What there is to prove for a login; refused at once while it, or the address, must wait."""
    name = login.strip().lower()
    retries = await store.retries(ctx, rules.subjects(ctx.scope.tenant, name, address))
    left = max((rules.wait_left(at, ctx.now()) for at in retries), default=0)
    if left:
        return Refused(left)
    row = await store.credentials(ctx, name)
    return Claim(name, row.password_hash if row else "", address)


async def prove(claim: Claim, password: str) -> Claim:
    """Compare the password, outside of any unit: it takes long, and no connection waits for it.

    An unknown login costs the same time as a wrong password.
    """
    return replace(claim, proven=await _verify(password, claim.password_hash))


async def sign_in(ctx: Ctx, claim: Claim, days: int) -> SignedIn | Refused:
    """Open a session, or count a failure. The outcome is a value, so that the count is kept.

    Tries that were compared side by side are judged one after another: behind one failure too
    many, even the right one must wait.
    """
    row = await _admitted(ctx, claim)
    return row if isinstance(row, Refused) else await _opened(ctx, row.id, days)


async def session(ctx: Ctx, secret: str) -> Session | None:
    """Who a token belongs to; the scope is the tenant that the token names."""
    found_session = await store.session(ctx, rules.token_hash(secret))
    if found_session is None:
        return None
    profile, expires_at = found_session
    return Session(profile, rules.permissions_of(profile.roles), expires_at)


async def sign_out(ctx: Ctx, secret: str) -> None:
    """End one session."""
    await store.close_sessions(ctx, hashed=rules.token_hash(secret))
    if isinstance(ctx.actor, Member):
        ctx.uow.wake(f"sessions:{ctx.actor.id}")


async def sign_out_everywhere(ctx: Ctx) -> None:
    """End all sessions of the acting member."""
    if isinstance(ctx.actor, Member):
        await store.close_sessions(ctx, member_id=ctx.actor.id)
        ctx.uow.wake(f"sessions:{ctx.actor.id}")


async def put_skill_group(ctx: Ctx, group: SkillGroup) -> None:
    """Add a group or set its name and members."""
    ctx.require("org.manage")
    await store.put_skill_group(ctx, group)


async def skill_groups(ctx: Ctx, member_id: UUID | None = None) -> list[SkillGroup]:
    """All groups, or those of one member."""
    return await store.skill_groups(ctx, member_id)


async def _admitted(ctx: Ctx, claim: Claim) -> Any | Refused:
    """The row of the member who has proven the claim; a failure is counted, known or not."""
    now = ctx.now()
    limits = rules.subjects(ctx.scope.tenant, claim.login, claim.address)
    tries = await store.lock_tries(ctx, {s: now - limit.lasts for s, limit in limits.items()})
    left = max(rules.wait_left(tried.retry_at, now) for tried in tries.values())
    if left:
        return Refused(left)
    row = await store.credentials(ctx, claim.login, lock=True)
    fits = row is not None and row.active and row.password_hash == claim.password_hash
    if row is not None and fits and claim.proven:
        await store.forget_tries(ctx, next(iter(limits)))
        return row
    waits = [timedelta(0)]
    for subject, limit in limits.items():
        failures = tries[subject].failures + 1
        waits.append(rules.wait_after(failures, limit))
        await store.set_tries(ctx, subject, failures, now + waits[-1] if waits[-1] else None)
    await store.sweep_tries(ctx, now - rules.OF_LOGIN.lasts)
    return Refused(int(max(waits).total_seconds()))


async def _opened(ctx: Ctx, member_id: UUID, days: int) -> SignedIn:
    secret = ctx.ports.chance.token()
    expires_at = ctx.now() + timedelta(days=days)
    await store.open_session(ctx, rules.token_hash(secret), member_id, expires_at)
    profile = await member(ctx, member_id)
    return SignedIn(f"{ctx.scope.tenant.hex}.{secret}", profile, expires_at)


async def _verify(password: str, hashed: str) -> bool:
    return await asyncio.get_running_loop().run_in_executor(
        _COMPARING, rules.verify_password, password, hashed
    )


def _checked(ctx: Ctx, new: NewMember) -> NewMember:
    if not new.name.strip() or not new.roles:
        raise Invalid(reason="姓名和角色不能为空")
    path = _within(ctx, rules.check_path(new.unit_path))
    return NewMember(
        rules.check_login(new.login),
        new.name.strip()[:60],
        new.roles,
        path,
        new.functions,
        new.password_hash,
    )


def _within(ctx: Ctx, path: str) -> str:
    """Nobody places people outside their own part of the tree."""
    if not path.startswith(ctx.scope.path):
        raise NotFound()
    return path


async def _keep_an_administrator(ctx: Ctx, before: MemberProfile, change: MemberChange) -> None:
    loses = change.active is False or (
        change.roles is not None and Role.ADMINISTRATOR not in change.roles
    )
    is_one = Role.ADMINISTRATOR in before.roles and before.active
    if loses and is_one and await store.count_administrators(ctx) <= 1:
        raise LastAdministrator()
