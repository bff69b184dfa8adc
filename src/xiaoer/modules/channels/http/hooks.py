"""Signed calls of other systems."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from xiaoer.kit.problem import NotFound
from xiaoer.modules import conversations
from xiaoer.modules.channels.contracts import Account
from xiaoer.modules.channels.http.door import DOOR, house_of, route_of
from xiaoer.modules.channels.service import hooks
from xiaoer.ports.blobs import TooLarge
from xiaoer.ports.channel import (
    MOST_BODY_BYTES,
    Arrived,
    BadBody,
    BadSignature,
    Call,
    Channel,
    Reported,
)
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.http import raises

router = APIRouter(prefix="/hooks/{account}", tags=["hooks"])

HOOK = System("hook")
_REFUSALS = raises(BadSignature, BadBody, NotFound, TooLarge)


@router.post(
    "",
    responses=_REFUSALS | raises(conversations.errors.BadMessage, conversations.errors.TooLong),
)
async def receive(account: str, request: Request) -> dict[str, Any]:
    """Take in messages; answered when they are on disk. A repeated call changes nothing."""
    call = await _call(request)
    place, channel, secrets = await _hook(request, account)
    arrived = channel.read(call, secrets, house_of(request).ports.clock.now())
    receipts = [await _hear(request, place, one) for one in arrived]
    items = [
        {
            "id": receipt.message_id,
            "seq": receipt.seq,
            "at": receipt.at,
            "conversation_id": receipt.conversation_id,
            "duplicate": receipt.duplicate,
        }
        for receipt in receipts
    ]
    return items[0] if len(items) == 1 else {"items": items, "next": None}


@router.post("/receipts", responses=_REFUSALS)
async def report(account: str, request: Request) -> dict[str, Any]:
    """How far our messages have come; a state that is further already stays."""
    call = await _call(request)
    place, channel, secrets = await _hook(request, account)
    reported = channel.read_receipts(call, secrets, house_of(request).ports.clock.now())
    return {"moved": sum([await _hear_receipt(request, place, one) for one in reported])}


async def _hear(
    request: Request, account: Account, arrived: Arrived
) -> conversations.contracts.Receipt:
    async def work(ctx: Ctx) -> conversations.contracts.Receipt:
        return await hooks.hear(ctx, account, arrived)

    return await house_of(request).grouped(HOOK, Scope(account.tenant), work)


async def _hear_receipt(request: Request, account: Account, reported: Reported) -> int:
    async with house_of(request).unit(HOOK, Scope(account.tenant)) as ctx:
        return await hooks.hear_receipt(ctx, account, reported)


async def _hook(request: Request, key: str) -> tuple[Account, Channel, list[str]]:
    """The account behind a key, its channel, and its secrets."""
    house = house_of(request)
    route = await route_of(request, key)
    async with house.unit(DOOR, Scope(route.tenant)) as ctx:
        account, secrets = await hooks.hook(ctx, route.account_id)
    channel = house.ports.channels.get(account.kind)
    if channel is None:
        raise NotFound()
    return account, channel, secrets


async def _call(request: Request) -> Call:
    """The raw body, as far as the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise TooLarge(limit="1 MB")
    return Call(bytes(body), dict(request.headers))
