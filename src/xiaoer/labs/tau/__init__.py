"""``xiaoer import tau-retail`` and ``export tau-retail``: real input that nobody here wrote."""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer

from xiaoer.edge.cli.migrating import migrated
from xiaoer.edge.cli.options import AsJson, DatabaseUrl, DataDir, locale, settings_of, tell
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.labs.tau import moving
from xiaoer.labs.tau.moving import NotTauRetail
from xiaoer.ports.house import House

T = TypeVar("T")

import_app = typer.Typer(no_args_is_help=True, help="Load outside data. 导入数据。")
export_app = typer.Typer(no_args_is_help=True, help="Write data out. 导出数据。")

Group = Annotated[str, typer.Option("--group", help="Short name of the group.")]
BAD_INPUT = 2


@import_app.callback()
@export_app.callback()
def _several() -> None:
    """Keeps the name of the one command there is."""


@import_app.command("tau-retail")
def import_tau(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A τ-bench retail db.json, plain or gzipped.")],
    group: Group = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Load a τ-bench retail database into a new group of its own, all or nothing."""
    try:
        database = moving.read(file)
        slug = _with_house(ctx, lambda house: moving.put(house, database, group),
                           data_dir=data_dir, database_url=database_url)
    except NotTauRetail as problem:
        tell(problem.sentence(locale()))
        raise typer.Exit(BAD_INPUT) from None
    _report({"group": slug} | _counts(database), as_json)


@export_app.command("tau-retail")
def export_tau(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write; gzipped when it ends in .gz, "
                                              "standard output when it is -.")],
    group: Group = "",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the newest imported τ-bench retail group (or the named one) as it stands now."""
    database = _with_house(ctx, lambda house: moving.take(house, group),
                           data_dir=data_dir, database_url=database_url)
    content = orjson.dumps(database, option=orjson.OPT_INDENT_2)
    if str(file) == "-":
        sys.stdout.buffer.write(content + b"\n")
        return
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    _report({"file": str(file)} | _counts(database), as_json)


def _with_house(
    ctx: typer.Context, work: Callable[[House], Awaitable[T]], **given: Any
) -> T:
    wiring = ctx.obj
    assert isinstance(wiring, Wiring)
    settings = settings_of(**given)

    async def done(urls: Any) -> T:
        async with named(wiring.house)(settings, urls) as house:
            return await work(house)

    with opened_database(settings, share=True) as database:
        migrated(settings, database.urls, tell)
        return asyncio.run(done(database.urls))


def _counts(database: dict[str, Any]) -> dict[str, int]:
    return {part: len(database[part]) for part in ("products", "users", "orders")}


def _report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(report).decode())
    else:
        tell("  ".join(f"{name} {value}" for name, value in report.items()))
