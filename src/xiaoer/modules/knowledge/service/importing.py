"""A file of the editor's becomes entries: a table of questions, or a document in passages.

The whole file is read and checked before the first row is written, and all good rows go in with
one commit. A file that cannot be read to its end leaves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from xiaoer.kit.cells import BadCell
from xiaoer.kit.problem import Why
from xiaoer.modules.knowledge.contracts import Imported, NewEntry, RowProblem
from xiaoer.modules.knowledge.errors import EmptyImport, FileTooLarge, MissingColumns
from xiaoer.modules.knowledge.rules.articles import articles
from xiaoer.modules.knowledge.rules.rows import missing_columns, read_row
from xiaoer.modules.knowledge.service.editing import take_in
from xiaoer.ports.ctx import Ctx
from xiaoer.ports.sheets import SheetRow

MOST_BYTES = 50_000_000
MOST_ROWS = 10_000
MOST_CHARACTERS = 2_000_000
TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xlsx"})
DOCUMENTS = frozenset({".md", ".markdown", ".html", ".htm", ".docx", ".pdf"})


@dataclass(frozen=True, slots=True)
class Wish:
    """How to import. ``kind``: ``faq`` for a table, ``article`` for a document; empty: told by
    the file's name and content."""

    kind: str = ""
    dry_run: bool = False
    live: bool = False


@dataclass(slots=True)
class _Read:
    """What a file holds, and what is wrong in it."""

    rows: list[tuple[int, NewEntry]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


async def take_in_file(ctx: Ctx, file: BinaryIO, name: str, wish: Wish) -> Imported:
    """Import a file. Raises ``UnreadableRow``, ``UnreadableDocument``, ``ConverterMissing``,
    :class:`FileTooLarge`, :class:`MissingColumns`, :class:`EmptyImport`."""
    ctx.require("knowledge.edit")
    if wish.live:
        ctx.require("knowledge.publish")
    read = await asyncio.to_thread(_read, ctx, file, name, wish.kind)
    done = await take_in(ctx, read.rows, dry_run=wish.dry_run, live=wish.live)
    problems = sorted((*read.problems, *done.problems), key=lambda one: one.row)
    return replace(done, rows=done.rows + len(read.problems), problems=tuple(problems))


def _read(ctx: Ctx, file: BinaryIO, name: str, kind: str) -> _Read:
    if file.seek(0, 2) > MOST_BYTES:
        raise FileTooLarge(limit=f"{MOST_BYTES // 1_000_000} MB")
    is_document = _is_document(ctx, file, name) if not kind else kind == "article"
    read = _document(ctx, file, name) if is_document else _table(ctx, file)
    if not read.rows and not read.problems:
        raise EmptyImport()
    return read


def _is_document(ctx: Ctx, file: BinaryIO, name: str) -> bool:
    """Tables and Markdown are both text, so a usual name decides; else the content does."""
    ending = PurePath(name).suffix.lower()
    if ending in TABLES | DOCUMENTS:
        return ending in DOCUMENTS
    return ctx.ports.documents.knows(file)


def _document(ctx: Ctx, file: BinaryIO, name: str) -> _Read:
    text = ctx.ports.documents.to_markdown(file)
    if len(text) > MOST_CHARACTERS:
        raise FileTooLarge(limit=f"{MOST_CHARACTERS} 字")
    return _Read(articles(text, name, ctx.scope.path))


def _table(ctx: Ctx, file: BinaryIO) -> _Read:
    rows = list(islice(ctx.ports.sheets.rows(file), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise FileTooLarge(limit=f"{MOST_ROWS} 行")
    missing = missing_columns({name for row in rows for name in row.fields})
    if rows and missing:
        raise MissingColumns(columns="、".join(missing))
    return _entries(rows, ctx.scope.path)


def _entries(rows: Iterable[SheetRow], home: str) -> _Read:
    read = _Read()
    seen: dict[str, int] = {}
    for row in rows:
        try:
            new = read_row(row.fields, home)
        except BadCell as error:
            told = RowProblem(row.number, error.fields["field"], error.fields["reason"])
            read.problems.append(told)
            continue
        first = seen.setdefault(new.kb_id, row.number)
        if first == row.number:
            read.rows.append((row.number, new))
        else:
            reason = Why(f"与第 {first} 行是同一条（{new.kb_id}）",
                         f"is the same as row {first} ({new.kb_id})")  # fmt: skip
            read.problems.append(RowProblem(row.number, "kb_id", reason))
    return read
