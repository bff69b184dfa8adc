"""A retailer's own file becomes rows of the rooms: all of it is checked before any of it counts.

First every row is read and checked; one bad row and nothing is written (unless bad rows are to be
left out). Then rows go in by batches, each in a commit of its own that also notes the batch under
the run's name: a run that was cut is resumed by sending the file again under the same name, and
goes on after the last batch that is in.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any, BinaryIO
from uuid import UUID

from xiaoer.kit.cells import BadCell, Fields
from xiaoer.kit.problem import Problem, Why, plainly
from xiaoer.modules import catalog, customers, orders
from xiaoer.ports.ctx import Actor, Ctx, Scope
from xiaoer.ports.house import House
from xiaoer.ports.sheets import SheetRow, UnreadableRow

BATCH = 1_000
MOST_ERRORS = 1_000
MOST_ROWS = 2_000_000
THEIRS = Why("{value} 已属于另一位客户，没有改动归属",
             "{value} belongs to another customer already and was left there")  # fmt: skip
NOBODY = Why("没有找到这位客户，订单暂不归属任何人",
             "this customer was not found; the order is nobody's for now")  # fmt: skip


class ImportRefused(Problem):
    """Rows of the file are wrong; nothing was written."""

    code = "import_refused"
    status = 422
    zh = "第 {row} 行：{reason}（共 {count} 行有误）。没有导入任何内容，修正后请重新上传。"
    en = "Row {row}: {reason} ({count} rows are wrong). Nothing was imported."


class NoSuchKind(Problem):
    """The room takes no file of that kind."""

    code = "no_such_kind"
    status = 422
    zh = "不能导入“{kind}”，可用：{known}。"
    en = "“{kind}” cannot be imported; known: {known}."


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row, numbered as in the file."""

    row: int
    field: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What to import. ``run`` names the run, so that it can be resumed."""

    room: str
    kind: str
    run: str
    dry_run: bool = False
    skip_errors: bool = False
    locale: str = "zh-CN"


@dataclass(slots=True)
class Outcome:
    """What an import did so far: ``done`` of its ``rows`` have been gone through.

    ``resumed``: rows that an earlier try of the run had written.
    """

    run: str
    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    resumed: int = 0
    errors: list[RowError] = field(default_factory=list)
    wrong: int = 0
    notes: list[RowError] = field(default_factory=list)
    done: int = 0
    locale: str = "zh-CN"

    def note(self, row: int, column: str | None, message: str) -> None:
        """Say something about a row that went in."""
        if len(self.notes) < MOST_ERRORS:
            self.notes.append(RowError(row, column, message))


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing read from one or more rows, and the number of its first."""

    row: int
    rows: int
    thing: Any


@dataclass(frozen=True, slots=True)
class Kind:
    """How rows of a kind become things; ``key`` says which rows belong together."""

    permission: str
    key: Callable[[Fields], str]
    read: Callable[[Sequence[Fields]], Any]


def _alone(_fields: Fields) -> str:
    return ""


def _customer(group: Sequence[Fields]) -> Any:
    return customers.read_row(group[0])


def kind_of(room: str, kind: str) -> Kind:
    """How a kind is read; raises :class:`NoSuchKind`."""
    kinds = {"customers": ("customers",), "orders": ("orders",),
             "catalog": ("stores", "products", "promotions", "brands", "counters")}[room]
    if kind not in kinds:
        raise NoSuchKind(kind=kind[:40], known=", ".join(kinds))
    if room == "customers":
        return Kind("customers.manage", _alone, _customer)
    if room == "orders":
        return Kind("orders.manage", orders.number_in, orders.read_rows)
    return Kind("catalog.manage", lambda fields: catalog.key_in(kind, fields),
                lambda group: catalog.read_rows(kind, group))


def entries(rows: Iterator[SheetRow], kind: Kind, outcome: Outcome) -> Iterator[Entry]:
    """Things of a file, row by row; wrong rows and the point where reading ends are noted."""
    def key(row: SheetRow) -> tuple[str, int]:
        text = kind.key(row.fields)
        return (text, 0) if text else ("", row.number)

    try:
        for _, same in groupby(rows, key):
            group = list(same)
            outcome.rows += len(group)
            if outcome.rows > MOST_ROWS:
                raise UnreadableRow(row=group[0].number, reason=Why(
                    f"超过 {MOST_ROWS} 行", f"there are more than {MOST_ROWS} rows"))
            try:
                thing = kind.read([row.fields for row in group])
            except Problem as problem:
                _wrong(outcome, group[0].number, problem)
                continue
            yield Entry(group[0].number, len(group), thing)
    except UnreadableRow as problem:
        _wrong(outcome, problem.fields["row"], problem)


def _wrong(outcome: Outcome, row: int, problem: Problem) -> None:
    outcome.wrong += 1
    if len(outcome.errors) < MOST_ERRORS:
        column = problem.fields.get("field") if isinstance(problem, BadCell) else None
        reason = plainly(problem.fields.get("reason"), outcome.locale)
        told = str(reason or problem.sentence(outcome.locale))
        outcome.errors.append(RowError(row, column, told))


def _begun(wish: Wish) -> Outcome:
    return Outcome(wish.run, wish.dry_run, locale=wish.locale)


async def run_import(
    house: House, actor: Actor, scope: Scope, wish: Wish, file: BinaryIO
) -> Outcome:
    """Check a file, then load it. Raises :class:`ImportRefused` when rows are wrong."""
    outcome = _begun(wish)
    async for told in await begin_import(house, actor, scope, wish, file):
        outcome = told
    return outcome


async def begin_import(
    house: House, actor: Actor, scope: Scope, wish: Wish, file: BinaryIO
) -> AsyncIterator[Outcome]:
    """Check a file; what comes back loads it, and tells how far it is after each batch.

    Whoever stops listening stops the import between two batches. Raises
    :class:`ImportRefused` when rows are wrong.
    """
    kind = kind_of(wish.room, wish.kind)
    async with house.unit(actor, scope) as ctx:
        ctx.require(kind.permission)
        sheets = ctx.ports.sheets
    checked = await asyncio.to_thread(_check, sheets.rows(file), kind, wish, scope)
    if checked.wrong and not (wish.dry_run or wish.skip_errors):
        first = checked.errors[0]
        reason = f"{first.field}：{first.message}" if first.field else first.message
        raise ImportRefused(row=first.row, reason=reason, count=checked.wrong,
                            errors=[(e.row, e.field, e.message) for e in checked.errors[:200]])
    digest = await asyncio.to_thread(_digest, file)
    named = replace(wish, run=f"{wish.room}:{wish.kind}:{digest}:{wish.run}")
    outcome = replace(_begun(wish), rows=checked.rows, errors=checked.errors, wrong=checked.wrong)
    again = entries(sheets.rows(file), kind, _begun(wish))
    return _loading(house, (actor, scope, named), again, outcome)


async def _loading(
    house: House, who: tuple[Actor, Scope, Wish], again: Iterator[Entry], outcome: Outcome
) -> AsyncIterator[Outcome]:
    actor, scope, named = who
    yield outcome
    place = 0
    while batch := await asyncio.to_thread(lambda: list(islice(again, BATCH))):
        await _put(house, actor, scope, named, (place, batch, outcome))
        outcome.done += sum(entry.rows for entry in batch)
        yield outcome
        place += 1


def _check(rows: Iterator[SheetRow], kind: Kind, wish: Wish, scope: Scope) -> Outcome:
    outcome = _begun(wish)
    for entry in entries(rows, kind, outcome):
        try:
            placed(entry.thing, scope)
        except BadCell as problem:
            _wrong(outcome, entry.row, problem)
    return outcome


def _digest(file: BinaryIO) -> str:
    """A name of the content: a run's name holds for one file only."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


class _OnlyTried(Exception):
    """Rolls a dry run's batch back."""


async def _put(
    house: House, actor: Actor, scope: Scope, wish: Wish, work: tuple[int, list[Entry], Outcome]
) -> None:
    place, batch, outcome = work
    try:
        async with house.unit(actor, scope) as ctx:
            if not wish.dry_run and not await ctx.uow.once(f"import:{wish.run}:{place}"):
                outcome.resumed += sum(entry.rows for entry in batch)
                return
            await _load(ctx, wish, batch, outcome)
            if wish.dry_run:
                raise _OnlyTried
    except _OnlyTried:
        return


async def _load(ctx: Ctx, wish: Wish, batch: list[Entry], outcome: Outcome) -> None:
    kept = []
    for entry in batch:
        try:
            kept.append(replace(entry, thing=placed(entry.thing, ctx.scope)))
        except BadCell:
            continue
    if wish.room == "customers":
        await _load_customers(ctx, kept, outcome)
    elif wish.room == "orders":
        await _load_orders(ctx, kept, outcome)
    else:
        done = await catalog.load(ctx, catalog.together([entry.thing for entry in kept]))
        outcome.created += done.created
        outcome.updated += len(kept) - done.created


async def _load_customers(ctx: Ctx, batch: list[Entry], outcome: Outcome) -> None:
    done = await customers.load(ctx, [entry.thing for entry in batch])
    outcome.created += done.created
    outcome.updated += done.updated
    outcome.unchanged += len(batch) - done.created - done.updated
    for conflict in done.conflicts:
        value = customers.mask_identity(conflict.identity).value
        outcome.note(batch[conflict.place].row, conflict.identity.kind,
                     THEIRS.to(outcome.locale).format(value=value))


async def _load_orders(ctx: Ctx, batch: list[Entry], outcome: Outcome) -> None:
    """Orders find their buyers by the buyer's number, or failing that by the phone."""
    kinds, identity = customers.contracts.IdentityKind, customers.contracts.Identity
    tries = {
        entry.row: [identity(kind, text) for kind, text in (
            (kinds.MEMBER_NO, entry.thing.buyer), (kinds.EXTERNAL, entry.thing.buyer),
            (kinds.PHONE, entry.thing.buyer), (kinds.PHONE, entry.thing.phone)) if text]
        for entry in batch
    }  # fmt: skip
    known = await customers.resolve(ctx, {one for asked in tries.values() for one in asked})
    new = []
    for entry in batch:
        buyer: UUID | None = next((known[o] for o in tries[entry.row] if o in known), None)
        if buyer is None:
            outcome.note(entry.row, "customer", NOBODY.to(outcome.locale))
        new.append(replace(entry.thing.order, customer_id=buyer))
    done = await orders.load(ctx, new)
    outcome.created += done.created
    outcome.updated += done.updated
    outcome.unchanged += len(batch) - done.created - done.updated


def placed(thing: Any, scope: Scope) -> Any:
    """The thing at a place within reach: where none is named, at the importer's own."""
    if isinstance(thing, orders.contracts.ReadOrder):
        return replace(thing, order=placed(thing.order, scope))
    if isinstance(thing, catalog.contracts.Catalogue):
        return replace(thing, stores=tuple(placed(one, scope) for one in thing.stores),
                       products=tuple(placed(one, scope) for one in thing.products))
    if scope.path == "/" or thing.unit_path.startswith(scope.path):
        return thing
    if thing.unit_path in ("", "/"):
        return replace(thing, unit_path=scope.path)
    raise BadCell(field="unit_path", reason=Why("不在您的范围内", "is outside your scope"))
