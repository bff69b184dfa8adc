"""The editor's routes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, UploadFile, status
from pydantic import BaseModel, Field

from xiaoer.kit.problem import Forbidden, NotFound, Stale, plainly
from xiaoer.modules.knowledge.contracts import Asked, Content, Look, NewEntry, Verdict
from xiaoer.modules.knowledge.errors import (
    BadEntry,
    EmptyImport,
    FileTooLarge,
    MissingColumns,
    NoSuchVersion,
    NothingFound,
    NothingToUndo,
    PromiseOutOfReach,
    ReplayFirst,
    TooFewLabels,
    WorseVersion,
    WrongState,
)
from xiaoer.modules.knowledge.rules import dial
from xiaoer.modules.knowledge.service import (
    consulting,
    dialing,
    editing,
    importing,
    labelling,
    searching,
)
from xiaoer.ports.documents import ConverterMissing, UnreadableDocument
from xiaoer.ports.http import Cursor, Limit, MemberCtx, locale_of, raises
from xiaoer.ports.sheets import UnreadableRow


class RowBody(BaseModel):
    row: int
    field: str
    reason: str


class ImportedBody(BaseModel):
    rows: int
    added: int
    changed: int
    unchanged: int
    problems: list[RowBody]
    dry_run: bool


router = APIRouter(prefix="/api/knowledge", tags=["knowledge"])

MOST_NUMBER = 2_000_000_000
Short = Annotated[str, Field(max_length=1000)]
_BAD_FILES = (UnreadableRow, UnreadableDocument, ConverterMissing, MissingColumns, EmptyImport)


class EntryBody(BaseModel):
    kb_id: Annotated[str, Field(max_length=100)] = ""
    question: Short
    answer: Annotated[str, Field(max_length=20_000)]
    similar: Annotated[list[Short], Field(max_length=500)] = []
    category: Short = ""
    scope: Short = "/"
    lang: Literal["zh", "en"] = "zh"
    valid_from: date | None = None
    valid_to: date | None = None
    kind: Literal["faq", "article"] = "faq"

    def content(self) -> Content:
        """The body as the room knows it."""
        return Content(
            self.question,
            self.answer,
            tuple(self.similar),
            self.category,
            self.scope,
            self.lang,
            self.valid_from,
            self.valid_to,
            self.kind,
        )


class EntryChangeBody(EntryBody):
    version: int
    note: Short = ""


class LookQuery(BaseModel):
    q: Annotated[str, Field(max_length=200)] = ""
    state: Annotated[str, Field(max_length=20)] = ""
    scope: Annotated[str, Field(max_length=200)] = ""
    category: Annotated[str, Field(max_length=60)] = ""
    lang: Annotated[str, Field(max_length=10)] = ""


class ImportQuery(BaseModel):
    dry_run: bool = False
    live: bool = False
    kind: Literal["", "faq", "article"] = ""


class VersionBody(BaseModel):
    version: int


class TryBody(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    unit: Short = "/"
    locale: Literal["zh-CN", "en"] = "zh-CN"


class StoryBody(BaseModel):
    story: Annotated[str, Field(min_length=1, max_length=20_000)]
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class LabelBody(TryBody):
    verdict: Verdict


class PromiseQuery(BaseModel):
    promise: Annotated[float | None, Field(ge=dial.LEAST, le=dial.MOST)] = None


class PromiseBody(BaseModel):
    promise: Annotated[float, Field(ge=dial.LEAST, le=dial.MOST)]
    number: Annotated[int, Field(ge=0, le=MOST_NUMBER)]


class NumberBody(BaseModel):
    number: Annotated[int, Field(ge=0, le=MOST_NUMBER)]


@router.get("/entries")
async def listed(
    ctx: MemberCtx, look: Annotated[LookQuery, Query()], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Entries within reach, newest change first."""
    wanted = Look(look.q, look.state, look.scope, look.category, look.lang, cursor, limit)
    page = await editing.page(ctx, wanted)
    return {"items": [entry.as_json() for entry in page.items], "next": page.next}


@router.post("/entries", status_code=status.HTTP_201_CREATED, responses=raises(BadEntry))
async def add(body: EntryBody, ctx: MemberCtx) -> dict[str, Any]:
    """A new draft."""
    return (await editing.add(ctx, NewEntry(body.kb_id, body.content()))).as_json()


@router.get("/entries/{entry_id}", responses=raises(NotFound))
async def one(entry_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """One entry."""
    return (await editing.get(ctx, entry_id)).as_json()


@router.put("/entries/{entry_id}", responses=raises(NotFound, Stale, BadEntry))
async def change(entry_id: UUID, body: EntryChangeBody, ctx: MemberCtx) -> dict[str, Any]:
    """The next version, as a draft."""
    entry = await editing.change(ctx, entry_id, body.version, body.content(), body.note)
    return entry.as_json()


@router.post("/entries/{entry_id}/submit", responses=raises(NotFound, Stale, WrongState))
async def submit(entry_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Ask for a review."""
    return (await editing.submit(ctx, entry_id, body.version)).as_json()


@router.post(
    "/entries/{entry_id}/publish",
    responses=raises(NotFound, Stale, WrongState, WorseVersion, ReplayFirst),
)
async def publish(entry_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Make it what customers are told."""
    return (await editing.publish(ctx, entry_id, body.version)).as_json()


@router.post("/entries/{entry_id}/retire", responses=raises(NotFound, Stale, WrongState))
async def retire(entry_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Tell it to nobody any more."""
    return (await editing.retire(ctx, entry_id, body.version)).as_json()


@router.post(
    "/entries/{entry_id}/roll-back",
    responses=raises(NotFound, Stale, NoSuchVersion, WorseVersion),
)
async def roll_back(entry_id: UUID, body: VersionBody, ctx: MemberCtx) -> dict[str, Any]:
    """Publish an earlier version again."""
    return (await editing.roll_back(ctx, entry_id, body.version)).as_json()


@router.get("/entries/{entry_id}/versions", responses=raises(NotFound))
async def versions(entry_id: UUID, ctx: MemberCtx) -> dict[str, Any]:
    """All versions, newest first."""
    found = await editing.versions(ctx, entry_id)
    return {
        "items": [
            {
                "version": v.version,
                **v.content.as_json(),
                "author": v.author,
                "at": v.at,
                "note": v.note,
                "live": v.live,
            }
            for v in found
        ],
        "next": None,
    }


@router.post("/imports", responses=raises(Forbidden, FileTooLarge, *_BAD_FILES))
async def take_in(
    file: UploadFile, asked: Annotated[ImportQuery, Query()], ctx: MemberCtx, request: Request
) -> ImportedBody:
    """Load a table of questions (CSV, XLSX, JSONL) or a document (Markdown, HTML, DOCX, PDF).

    Good rows go in as drafts, or live at once; bad ones are told by their numbers.
    """
    wish = importing.Wish(asked.kind, asked.dry_run, asked.live)
    done = await importing.take_in_file(ctx, file.file, file.filename or "", wish)
    locale = locale_of(request)
    problems = [RowBody(row=one.row, field=one.field, reason=plainly(one.reason, locale))
                for one in done.problems]  # fmt: skip
    return ImportedBody(rows=done.rows, added=done.added, changed=done.changed,
                        unchanged=done.unchanged, problems=problems, dry_run=done.dry_run)


@router.post("/try")
async def try_out(body: TryBody, ctx: MemberCtx) -> dict[str, Any]:
    """What the live knowledge would say to a question, with every score."""
    ctx.require("knowledge.read")
    found = await searching.search(ctx, body.text, unit_path=body.unit, locale=body.locale)
    return {
        "verdict": found.verdict,
        "confidence": found.confidence,
        "next": None,
        "items": [
            {
                "entry_id": c.entry_id,
                "kb_id": c.kb_id,
                "question": c.question,
                "answer": c.answer,
                "category": c.category,
                "scope": c.scope_path,
                "score": c.score,
                "share": c.share,
            }
            for c in found.candidates
        ],
    }


@router.post("/consult")
async def consult(body: StoryBody, ctx: MemberCtx) -> dict[str, Any]:
    """Everything that a whole story needs: its questions are looked up one by one."""
    found = await consulting.consult(ctx, body.story, limit=body.limit)
    return {"items": [asdict(needed) for needed in found], "next": None}


@router.put("/labels", responses=raises(Forbidden, NothingFound))
async def label(body: LabelBody, ctx: MemberCtx) -> dict[str, Any]:
    """Say whether the first entry that is found is right, wrong, or whether none answers."""
    asked = Asked(body.text, body.unit, body.locale)
    return asdict(await labelling.label(ctx, asked, body.verdict))


@router.post("/labels/take-back", responses=raises(Forbidden))
async def unlabel(body: TryBody, ctx: MemberCtx) -> dict[str, bool]:
    """Take one's own side's verdict on a question back."""
    return {"taken": await labelling.unlabel(ctx, Asked(body.text, body.unit, body.locale))}


@router.get("/dial", responses=raises(Forbidden))
async def dial_board(asked: Annotated[PromiseQuery, Query()], ctx: MemberCtx) -> dict[str, Any]:
    """Where the dial stands, the risk-coverage curve of the labels, and what a promise would mean."""
    return asdict(await dialing.board(ctx, asked.promise))


@router.put("/dial", responses=raises(Forbidden, Stale, TooFewLabels, PromiseOutOfReach))
async def turn_dial(body: PromiseBody, ctx: MemberCtx) -> dict[str, Any]:
    """Answer as much as keeps the promise that at most this share of answers is wrong."""
    return asdict(await dialing.turn(ctx, body.promise, body.number))


@router.post("/dial/undo", responses=raises(Forbidden, Stale, NothingToUndo))
async def undo_dial(body: NumberBody, ctx: MemberCtx) -> dict[str, Any]:
    """Go back to where the dial stood before."""
    return asdict(await dialing.undo(ctx, body.number))


@router.get("/dial/history", responses=raises(Forbidden))
async def dial_history(ctx: MemberCtx) -> dict[str, Any]:
    """Who set it when, to what, newest first."""
    return {"items": [asdict(one) for one in await dialing.history(ctx)], "next": None}
