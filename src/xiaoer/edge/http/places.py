"""Codes in the store: a way in for each place, printed as a QR code (ISO/IEC 18004).

A place is a widget account of its own: its unit path says where the customer stands, its greeting is
the opening of the place's persona. The address may name the product of a shelf and the shelf
itself; like anything that a page says of itself these are hints, never proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import segno
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from xiaoer.edge.http.scanning import PREFIX, PRINT_POLICY, SCAN_POLICY, print_page, scan_page
from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import Forbidden, Invalid, NotFound
from xiaoer.modules import channels, recommender
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.http import MemberCtx, raises

router = APIRouter(tags=["places"])

MANAGE = "channels.manage"
HOUSE = System("places")
Path = Annotated[str, Field(max_length=400, pattern=r"^/([a-z0-9_-]+/)*$")]
Hint = Annotated[str, Query(max_length=100)]
Kind = Literal["svg", "png"]
SCALE = 12
"""Dots a module of a PNG, enough for a sign of some ten centimetres."""


class NewPlaceBody(BaseModel):
    unit_path: Path
    name: Annotated[str, Field(min_length=1, max_length=100)]


class PlaceBody(BaseModel):
    id: UUID
    key: str
    name: str
    unit_path: str
    active: bool
    address: str


@router.get("/api/places", responses=raises(Forbidden))
async def places(ctx: MemberCtx, request: Request) -> dict[str, list[PlaceBody]]:
    """The places within reach that have a code."""
    return {"items": [_body(request, one) for one in await _places(ctx)]}


@router.post("/api/places", status_code=201, responses=raises(Forbidden, Invalid, NotFound))
async def open_place(ctx: MemberCtx, request: Request, new: NewPlaceBody) -> PlaceBody:
    """Give a store, floor, counter or shelf a code of its own."""
    persona = await recommender.persona_at(ctx, new.unit_path)
    profile = channels.contracts.Profile(
        kind=channels.contracts.WEB, name=new.name, unit_path=new.unit_path,
        allowed_origins=(_base(request),), greetings=greetings(persona),
    )  # fmt: skip
    key = PREFIX + ctx.ports.chance.token()[:20]
    account, _ = await channels.open_account(ctx, profile, key=key)
    return _body(request, account)


@router.get("/api/places/{account_id}/code", responses=raises(Forbidden, NotFound))
async def code(
    ctx: MemberCtx, request: Request, account_id: UUID, kind: Kind = "svg",
    product: Hint = "", spot: Hint = "",
) -> Response:  # fmt: skip
    """The code as SVG or PNG, with the border that scanners need."""
    found = next((one for one in await _places(ctx) if one.id == account_id), None)
    if found is None:
        raise NotFound()
    drawn = BytesIO()
    _code(address(request, found.key, product, spot)).save(drawn, kind=kind, scale=SCALE)
    media = "image/svg+xml" if kind == "svg" else "image/png"
    return Response(drawn.getvalue(), media_type=media)


@router.get("/places/print", responses=raises(Forbidden))
async def printed(ctx: MemberCtx, request: Request) -> Response:
    """All codes within reach on one page, to be printed and cut."""
    cards = [(one.name, _code(address(request, one.key)).svg_inline(scale=5))
             for one in await _places(ctx) if one.profile.active]  # fmt: skip
    headers = {"content-security-policy": PRINT_POLICY, "cache-control": "no-store"}
    return Response(print_page(cards), media_type="text/html", headers=headers)


@router.get("/scan/{account}", responses=raises(NotFound))
async def scan(account: str, request: Request, product: Hint = "", spot: Hint = "") -> Response:
    """What a phone sees after scanning: the place, and the conversation already open."""
    house = request.app.state.house
    async with house.unit(HOUSE, Scope(NOWHERE)) as ctx:
        route = await channels.find(ctx, account)
    async with house.unit(HOUSE, Scope(route.tenant)) as ctx:
        place = await channels.account(ctx, route.account_id)
    if not place.profile.active or not account.startswith(PREFIX):
        raise NotFound()
    where = " · ".join(filter(None, (place.name, spot)))
    page = scan_page(escape(account), escape(where), escape(product))
    headers = {"content-security-policy": SCAN_POLICY, "cache-control": "no-cache"}
    return Response(page, media_type="text/html", headers=headers)


async def refresh(ctx: Ctx, unit_path: str) -> None:
    """After a persona has changed: the codes at and below its place greet in the new words."""
    house = ctx.acting_as(HOUSE)
    for one in await channels.accounts(house):
        if one.key.startswith(PREFIX) and one.profile.unit_path.startswith(unit_path):
            persona = await recommender.persona_at(house, one.profile.unit_path)
            fresh = _with(one.profile, greetings(persona))
            await channels.change_account(house, one.id, one.version, fresh)


def _with(
    profile: channels.contracts.Profile, said: dict[str, channels.contracts.Greeting]
) -> channels.contracts.Profile:
    fields = {name: getattr(profile, name) for name in profile.__slots__} | {"greetings": said}
    return channels.contracts.Profile(**fields)


def greetings(persona: recommender.contracts.Persona) -> dict[str, channels.contracts.Greeting]:
    """A persona's opening and quick replies as an account keeps them."""
    reply = channels.contracts.QuickReply
    found = {}
    for locale in ("zh-CN", "en"):
        quick = tuple(reply(words, words) for one in persona.quick_replies
                      if (words := recommender.said(one, locale)))  # fmt: skip
        found[locale] = channels.contracts.Greeting(
            recommender.said(persona.opening, locale), quick
        )
    return found


def address(request: Request, key: str, product: str = "", spot: str = "") -> str:
    """Where the code leads."""
    hints = {name: value for name, value in (("product", product), ("spot", spot)) if value}
    return f"{_base(request)}/scan/{key}" + (f"?{urlencode(hints)}" if hints else "")


def _base(request: Request) -> str:
    """The address of this installation as customers reach it."""
    public = request.app.state.house.settings.public_url
    return str(public or request.base_url).rstrip("/")


def _code(text: str) -> segno.QRCode:
    """Level Q: still readable when a quarter of it is scratched or covered."""
    return segno.make_qr(text, error="q")


async def _places(ctx: Ctx) -> Sequence[channels.contracts.Account]:
    ctx.require(MANAGE)
    return [one for one in await channels.accounts(ctx) if one.key.startswith(PREFIX)]


def _body(request: Request, one: channels.contracts.Account) -> PlaceBody:
    return PlaceBody(id=one.id, key=one.key, name=one.name, unit_path=one.profile.unit_path,
                     active=one.profile.active, address=address(request, one.key))
