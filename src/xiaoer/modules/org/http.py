"""Signing in and out, the tree, members and skill groups."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, Field

from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import NotFound, Stale
from xiaoer.modules.org import rules, service
from xiaoer.modules.org.contracts import (
    MemberChange,
    MemberProfile,
    NewMember,
    Refused,
    Role,
    SignedIn,
    SkillGroup,
    SkillGroupId,
)
from xiaoer.modules.org.errors import (
    LastAdministrator,
    LoginTaken,
    TooManyTries,
    WeakPassword,
    WrongCredentials,
    WrongOldPassword,
)
from xiaoer.ports.ctx import Ctx, Member, System
from xiaoer.ports.http import MemberCtx, enter, raises

router = APIRouter(prefix="/api/org", tags=["org"])
SESSION_COOKIE = "xe_session"

Text = Annotated[str, Field(min_length=1, max_length=200)]


class SignInBody(BaseModel):
    login: Text
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    group: Annotated[str, Field(max_length=64)] = ""


class MemberBody(BaseModel):
    login: Text
    name: Text
    roles: Annotated[set[Role], Field(min_length=1)]
    unit_path: Text = "/"
    functions: list[Text] = []
    password: Annotated[str, Field(max_length=1000)]


class MemberChangeBody(BaseModel):
    version: int
    name: Text | None = None
    roles: Annotated[set[Role], Field(min_length=1)] | None = None
    unit_path: Text | None = None
    active: bool | None = None
    password: Annotated[str, Field(max_length=1000)] | None = None


class OwnBody(BaseModel):
    locale: Literal["zh-CN", "en"] | None = None
    password: Annotated[str, Field(max_length=1000)] | None = None
    old_password: Annotated[str, Field(max_length=1000)] = ""


class SkillGroupBody(BaseModel):
    id: UUID | None = None
    code: Text
    name: Text
    name_en: Annotated[str, Field(max_length=200)] = ""
    members: list[UUID] = []


def member_json(profile: MemberProfile) -> dict[str, Any]:
    """A member as the interface describes it."""
    return {
        "id": profile.id,
        "login": profile.login,
        "name": profile.name,
        "roles": sorted(profile.roles),
        "unit_path": profile.unit_path,
        "functions": profile.functions,
        "active": profile.active,
        "locale": profile.locale,
        "version": profile.version,
        "permissions": sorted(rules.permissions_of(profile.roles)),
    }


@router.post("/sign-in", responses=raises(WrongCredentials, TooManyTries))
async def sign_in(body: SignInBody, request: Request, response: Response) -> dict[str, Any]:
    """Open a session; the token goes into a cookie that scripts cannot read."""
    outcome = await _signed_in(body, request)
    if isinstance(outcome, Refused):
        if outcome.retry_after_s:
            raise TooManyTries(retry_after_s=outcome.retry_after_s)
        raise WrongCredentials()
    _give_cookie(request, response, outcome)
    return {"member": member_json(outcome.member)}


def _give_cookie(request: Request, response: Response, opened: SignedIn) -> None:
    """``Secure`` also where a proxy ends TLS and does not say so, but the settings do."""
    settings = request.app.state.house.settings
    public = (settings.public_url or "").lower()
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=settings.session_days * 86400,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or public.startswith("https://"),
        path="/",
    )


async def _signed_in(body: SignInBody, request: Request) -> SignedIn | Refused:
    """One unit after the other, and none while the password is compared.

    A group that does not exist is nobody's: tries there cost the same and are counted too.
    """
    door = System("sign-in")
    async with enter(request, door, NOWHERE) as nowhere:
        tenant = await service.find_tenant(nowhere, body.group.strip().lower())
    place = tenant.id if tenant else NOWHERE
    async with enter(request, door, place) as ctx:
        claim = await service.claim(ctx, body.login, _address(request))
    if isinstance(claim, Refused):
        return claim
    claim = await service.prove(claim, body.password)
    async with enter(request, door, place) as ctx:
        return await service.sign_in(ctx, claim, request.app.state.house.settings.session_days)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


@router.post("/sign-out", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(request: Request, response: Response, ctx: MemberCtx) -> None:
    """End this session."""
    await service.sign_out(ctx, request.cookies.get(SESSION_COOKIE, "").partition(".")[2])
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.post("/sign-out-everywhere", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out_everywhere(response: Response, ctx: MemberCtx) -> None:
    """End all sessions of the member, on every device."""
    await service.sign_out_everywhere(ctx)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/me")
async def me(ctx: MemberCtx) -> dict[str, Any]:
    """Who is signed in, where, with which permissions."""
    profile = await service.member(ctx, _own_id(ctx))
    tenant = await service.own_tenant(ctx)
    places = {unit.path: unit.name for unit in await service.units(ctx)}
    return {
        "member": member_json(profile)
        | {"unit": {"path": profile.unit_path, "name": places.get(profile.unit_path, tenant.name)}},
        "group": {"id": tenant.id, "name": tenant.name, "slug": tenant.slug, "demo": tenant.demo},
        "locale": profile.locale,
    }


@router.put(
    "/me",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=raises(WeakPassword, WrongOldPassword, TooManyTries),
)
async def change_me(body: OwnBody, request: Request, response: Response, ctx: MemberCtx) -> None:
    """One's own language or password. A new password signs every other browser out."""
    if body.password is not None:
        outcome = await _password_changed(body, request, ctx)
        if isinstance(outcome, Refused):
            if outcome.retry_after_s:
                raise TooManyTries(retry_after_s=outcome.retry_after_s)
            raise WrongOldPassword()
        _give_cookie(request, response, outcome)
    if body.locale is not None:  # last, for it holds the member's row until the request ends
        await service.change_own(ctx, body.locale)


async def _password_changed(body: OwnBody, request: Request, ctx: Ctx) -> SignedIn | Refused:
    """In units of its own, so that a failure is counted although the request fails."""
    house = request.app.state.house
    async with house.unit(ctx.actor, ctx.scope) as first:
        profile = await service.member(first, _own_id(ctx))
        claim = await service.claim(first, profile.login, _address(request))
    if isinstance(claim, Refused):
        return claim
    hashed = await service.hash_password(body.password or "")
    claim = await service.prove(claim, body.old_password)
    async with house.unit(ctx.actor, ctx.scope) as second:
        return await service.change_password(second, claim, hashed, house.settings.session_days)


@router.put("/me/locale", status_code=status.HTTP_204_NO_CONTENT)
async def change_locale(body: OwnBody, ctx: MemberCtx) -> None:
    """One's own language."""
    await service.change_own(ctx, body.locale or "")


@router.get("/units")
async def units(ctx: MemberCtx) -> dict[str, Any]:
    """The tree within reach, in the order of the paths."""
    found = await service.units(ctx)
    return {
        "items": [
            {"id": u.id, "path": u.path, "kind": u.kind, "name": u.name, "name_en": u.name_en}
            for u in found
        ],
        "next": None,
    }


@router.get("/members")
async def members(ctx: MemberCtx) -> dict[str, Any]:
    """Members within reach."""
    ctx.require("org.read")
    return {"items": [member_json(m) for m in await service.members(ctx)], "next": None}


@router.post(
    "/members", status_code=status.HTTP_201_CREATED, responses=raises(LoginTaken, WeakPassword)
)
async def add_member(body: MemberBody, ctx: MemberCtx) -> dict[str, Any]:
    """Add a member with a first password."""
    ctx.require("org.manage")
    new = NewMember(
        body.login,
        body.name,
        frozenset(body.roles),
        body.unit_path,
        tuple(body.functions),
        await service.hash_password(body.password),
    )
    [member_id] = await service.add_members(ctx, [new])
    return member_json(await service.member(ctx, member_id))


@router.put("/members/{member_id}", responses=raises(NotFound, Stale, LastAdministrator))
async def change_member(member_id: UUID, body: MemberChangeBody, ctx: MemberCtx) -> dict[str, Any]:
    """Change, move, switch off or on, or give a new password."""
    change = MemberChange(
        body.name,
        frozenset(body.roles) if body.roles is not None else None,
        body.unit_path,
        body.active,
        body.password,
    )
    return member_json(await service.change_member(ctx, member_id, body.version, change))


@router.get("/skill-groups")
async def skill_groups(ctx: MemberCtx) -> dict[str, Any]:
    """All skill groups with their members."""
    return {"items": [_group_json(g) for g in await service.skill_groups(ctx)], "next": None}


@router.post("/skill-groups")
async def put_skill_group(body: SkillGroupBody, ctx: MemberCtx) -> dict[str, Any]:
    """Add a group, or set the name and members of one."""
    group = SkillGroup(
        SkillGroupId(body.id or ctx.new_id()),
        body.code,
        body.name,
        body.name_en,
        tuple([(await service.member(ctx, m)).id for m in body.members]),
    )
    await service.put_skill_group(ctx, group)
    return _group_json(group)


def _group_json(group: SkillGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "code": group.code,
        "name": group.name,
        "name_en": group.name_en,
        "members": group.members,
    }


def _own_id(ctx: Ctx) -> UUID:
    if not isinstance(ctx.actor, Member):
        raise NotFound()
    return ctx.actor.id
