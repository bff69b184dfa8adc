"""One door for a retailer's own files, for each room that takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from xiaoer.edge.imports import (
    ImportRefused,
    NoSuchKind,
    Outcome,
    Wish,
    begin_import,
    run_import,
)
from xiaoer.kit.problem import Forbidden, Problem
from xiaoer.ports.http import MemberCtx, locale_of, raises

router = APIRouter(tags=["imports"])
NDJSON = "application/x-ndjson"
ROOMS = ("customers", "catalog", "orders")


class RowErrorBody(BaseModel):
    row: int
    field: str | None
    message: str


class ImportBody(BaseModel):
    run: str
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    resumed: int
    wrong: int
    errors: list[RowErrorBody]
    notes: list[RowErrorBody]


class ImportQuery(BaseModel):
    kind: Annotated[str, Query(max_length=40)]
    dry_run: bool = False
    skip_errors: bool = False
    run: Annotated[str, Query(max_length=80)] = ""


async def imported(
    ctx: MemberCtx, request: Request, file: UploadFile, asked: Annotated[ImportQuery, Query()]
) -> Response | ImportBody:
    """Load a CSV, JSONL or XLSX file.

    One wrong row and nothing is written, unless ``skip_errors``. The same ``run`` again resumes.
    Who accepts ``application/x-ndjson`` is told how far it is: ``{"done", "rows"}`` a line, then
    ``{"result": …}``, or ``{"problem": …}`` where a batch fails; who hangs up stops it.
    """
    room = request.url.path.split("/")[2]
    wish = Wish(room, asked.kind, asked.run or str(ctx.new_id()), asked.dry_run,
                asked.skip_errors, locale_of(request))
    house = request.app.state.house
    if NDJSON not in request.headers.get("accept", ""):
        return _body(await run_import(house, ctx.actor, ctx.scope, wish, file.file))
    steps = await begin_import(house, ctx.actor, ctx.scope, wish, file.file)
    return StreamingResponse(_told(steps, wish.locale), media_type=NDJSON)


async def _told(steps: AsyncIterator[Outcome], locale: str) -> AsyncIterator[bytes]:
    """A line for each step; the headers are gone by then, so a problem is a line too."""
    last: Outcome | None = None
    try:
        async for last in steps:
            yield _line({"done": last.done, "rows": last.rows})
        if last is not None:
            yield _line({"result": _body(last).model_dump()})
    except Problem as problem:
        yield _line({"problem": problem.as_details(locale)})


def _line(told: dict[str, Any]) -> bytes:
    return orjson.dumps(told, default=str) + b"\n"


for _room in ROOMS:
    router.add_api_route(
        f"/api/{_room}/imports", imported, methods=["POST"], name=f"import_{_room}",
        response_model=ImportBody,
        responses=raises(Forbidden, ImportRefused, NoSuchKind),
    )


def _body(outcome: Outcome) -> ImportBody:
    def lines(errors: list[object]) -> list[RowErrorBody]:
        return [RowErrorBody.model_validate(one, from_attributes=True) for one in errors]

    return ImportBody(
        run=outcome.run, dry_run=outcome.dry_run, rows=outcome.rows, created=outcome.created,
        updated=outcome.updated, unchanged=outcome.unchanged, resumed=outcome.resumed,
        wrong=outcome.wrong, errors=lines([*outcome.errors]), notes=lines([*outcome.notes]),
    )
