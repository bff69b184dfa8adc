"""Files in and out, for the widget and for the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, UploadFile, status
from starlette.responses import Response, StreamingResponse

from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound, Unauthenticated
from xiaoer.modules.channels.contracts import Upload
from xiaoer.modules.channels.errors import EmptyFile, OriginRefused, UnknownFileType
from xiaoer.modules.channels.http.door import LimitedRoute, Visit, entered, house_of
from xiaoer.modules.channels.rules import files as rules
from xiaoer.modules.channels.service import files
from xiaoer.ports.blobs import TooLarge
from xiaoer.ports.http import MemberCtx, raises

router = APIRouter(tags=["files"], route_class=LimitedRoute)

_CHUNK_BYTES = 65_536
_REFUSALS = raises(TooLarge, UnknownFileType, EmptyFile, Unauthenticated)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "private, max-age=86400, immutable",
    "Referrer-Policy": "no-referrer",
}


@router.post(
    "/widget/{account}/uploads",
    status_code=status.HTTP_201_CREATED,
    responses=_REFUSALS | raises(OriginRefused),
)
async def upload(session: Visit, file: UploadFile, request: Request) -> dict[str, Any]:
    """A visitor's file; what it is, its content says."""
    kept = await _store(request, session.account.tenant, file)
    async with entered(request, session) as ctx:
        await files.keep_upload(ctx, kept)
    return _upload_json(kept)


@router.get("/widget/{account}/blobs/{blob}", responses=raises(NotFound, Unauthenticated))
async def download(session: Visit, blob: str, request: Request) -> Response:
    """A file of the visitor's own conversation."""
    async with entered(request, session) as ctx:
        found = await files.open_upload(ctx, blob)
    return await _serve(request, session.account.tenant, found)


@router.post("/api/uploads", status_code=status.HTTP_201_CREATED, responses=_REFUSALS)
async def upload_at_desk(ctx: MemberCtx, file: UploadFile, request: Request) -> dict[str, Any]:
    """A member's file, to be sent in a message."""
    ctx.require("desk.serve")
    kept = await _store(request, ctx.scope.tenant, file)
    await files.keep_upload(ctx, kept)
    return _upload_json(kept)


@router.get("/api/blobs/{blob}", responses=raises(NotFound))
async def download_at_desk(ctx: MemberCtx, blob: str, request: Request) -> Response:
    """A file from a conversation within reach."""
    found = await files.open_upload(ctx, blob)
    return await _serve(request, ctx.scope.tenant, found)


async def _store(request: Request, tenant: TenantId, file: UploadFile) -> Upload:
    house = house_of(request)
    beginning = await file.read(rules.LOOKED_AT_BYTES)
    if not beginning:
        raise EmptyFile()
    kind = rules.media_type(beginning)
    limit = house.settings.max_upload_bytes
    stat = await house.ports.blobs.put(tenant, _content(beginning, file), kind, limit)
    return Upload(stat.key, rules.name_of(file.filename or "", kind), stat.size, kind)


async def _content(beginning: bytes, file: UploadFile) -> AsyncIterator[bytes]:
    yield beginning
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk


async def _serve(request: Request, tenant: TenantId, upload: Upload) -> Response:
    """Pictures are shown, everything else is saved; nothing can run."""
    blobs = house_of(request).ports.blobs
    stat = await blobs.stat(tenant, upload.blob)
    shown = "inline" if upload.kind == "image" else "attachment"
    name = f"{shown}; filename*=UTF-8''{quote(upload.name)}"
    kind = upload.media_type
    headers = {
        **_HEADERS,
        "Content-Disposition": name,
        "Content-Length": str(stat.size),
        "Content-Type": f"{kind}; charset=utf-8" if kind == "text/plain" else kind,
    }
    return StreamingResponse(blobs.read(tenant, upload.blob), headers=headers)


def _upload_json(upload: Upload) -> dict[str, Any]:
    return {
        "blob": upload.blob,
        "name": upload.name,
        "bytes": upload.size,
        "kind": upload.kind,
        "media_type": upload.media_type,
    }
