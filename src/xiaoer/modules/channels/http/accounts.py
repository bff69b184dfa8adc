"""Accounts, for administrators."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from xiaoer.kit.problem import Forbidden, Invalid, NotFound, Stale
from xiaoer.modules.channels.contracts import (
    Account,
    Greeting,
    Profile,
    QuickReply,
    Secret,
)
from xiaoer.modules.channels.service import accounts
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.http import MemberCtx, raises
from xiaoer.ports.outside import AddressRefused

router = APIRouter(prefix="/api/channels", tags=["channels"])

Text = Annotated[str, Field(max_length=2000)]


class QuickReplyBody(BaseModel):
    label: Text
    value: Text


class GreetingBody(BaseModel):
    text: Text = ""
    quick_replies: Annotated[list[QuickReplyBody], Field(max_length=20)] = []


class AccountBody(BaseModel):
    kind: Annotated[str, Field(max_length=40)]
    name: Text
    unit_path: Text = "/"
    allowed_origins: Annotated[list[Text], Field(max_length=100)] = []
    admits_apps: bool = False
    greetings: dict[str, GreetingBody] = {}
    hours: dict[str, Any] = {}
    hours_text: Text = ""
    callback_url: Text = ""
    active: bool = True

    def profile(self) -> Profile:
        """The same as a noun of the room."""
        return Profile(
            kind=self.kind,
            name=self.name,
            unit_path=self.unit_path,
            allowed_origins=tuple(self.allowed_origins),
            admits_apps=self.admits_apps,
            greetings={lang: _greeting(said) for lang, said in self.greetings.items()},
            hours=self.hours,
            hours_text=self.hours_text,
            callback_url=self.callback_url,
            active=self.active,
        )


class AccountChangeBody(AccountBody):
    version: int


def _greeting(body: GreetingBody) -> Greeting:
    return Greeting(
        body.text, tuple(QuickReply(r.label, r.value) for r in body.quick_replies)
    )


@router.get("/accounts", responses=raises(Forbidden))
async def listed(ctx: MemberCtx) -> dict[str, Any]:
    """Accounts within reach, and the kinds that are installed."""
    ctx.require(accounts.MANAGE)
    found = await accounts.accounts(ctx)
    items = [await _account_json(ctx, one) for one in found]
    return {"items": items, "next": None, "kinds": sorted(ctx.ports.channels)}


@router.post(
    "/accounts",
    status_code=status.HTTP_201_CREATED,
    responses=raises(Forbidden, Invalid, NotFound, AddressRefused),
)
async def opened(body: AccountBody, ctx: MemberCtx) -> dict[str, Any]:
    """A new account; the secret is shown this once."""
    account, secret = await accounts.open_account(ctx, body.profile())
    return {"account": await _account_json(ctx, account), "secret": secret}


@router.get("/accounts/{account_id}", responses=raises(Forbidden, NotFound))
async def one(account_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """One account."""
    ctx.require(accounts.MANAGE)
    return await _account_json(ctx, await accounts.account(ctx, account_id))


@router.put(
    "/accounts/{account_id}",
    responses=raises(Forbidden, Invalid, NotFound, Stale, AddressRefused),
)
async def changed(account_id: UUID, body: AccountChangeBody, ctx: MemberCtx) -> dict[str, Any]:
    """Change everything but kind and key."""
    account = await accounts.change_account(ctx, account_id, body.version, body.profile())
    return await _account_json(ctx, account)


@router.post("/accounts/{account_id}/secret", responses=raises(Forbidden, NotFound))
async def rotated(account_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """A fresh secret, shown this once; the one before works until the next rotation."""
    return {"secret": await accounts.rotate_secret(ctx, account_id)}


@router.post("/accounts/{account_id}/secret/retire", responses=raises(Forbidden, NotFound))
async def retired(account_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """The secret before the newest stops working at once."""
    await accounts.retire_secret(ctx, account_id)
    return await _account_json(ctx, await accounts.account(ctx, account_id))


async def _account_json(ctx: Ctx, account: Account) -> dict[str, Any]:
    profile = account.profile
    secrets: list[Secret] = await accounts.secret_dates(ctx, account.id)
    return {
        "id": account.id,
        "key": account.key,
        "version": account.version,
        "kind": profile.kind,
        "name": profile.name,
        "unit_path": profile.unit_path,
        "allowed_origins": profile.allowed_origins,
        "admits_apps": profile.admits_apps,
        "greetings": profile.greetings,
        "hours": profile.hours,
        "hours_text": profile.hours_text,
        "callback_url": profile.callback_url,
        "active": profile.active,
        "secrets": [{"created_at": s.created_at} for s in secrets],
    }
