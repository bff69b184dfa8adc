"""``xiaoer bench``: speed through the real edge, measured by a crowd in a process of its own."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from xiaoer.edge.cli.options import settings_of
from xiaoer.kit.settings import Settings
from xiaoer.labs.bench.chat import Load, measure
from xiaoer.labs.bench.stage import Size, Stage, end_cleanly, free_port, prepare

app = typer.Typer(no_args_is_help=True, help="Measure speed through the real edge.")


@app.callback()
def _bench() -> None:
    """Measure speed through the real edge."""


@app.command()
def chat(
    ctx: typer.Context,
    rate: Annotated[float, typer.Option(min=0.1, help="Messages a second.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, help="For how long.")] = 60,
    agents: Annotated[int, typer.Option(min=1, max=999, help="Agents at desks.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    database_url: Annotated[str | None, typer.Option(help="An outside PostgreSQL.")] = None,
) -> None:
    """A crowd of shoppers writes, the ladder and real desks answer; the ledger is the crowd's.

    Serves the demo group from a temporary folder with default settings. Latencies count from
    the due time of each message. A third of the messages goes to agents.
    """
    load = Load(rate, seconds, agents)
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="xiaoer-bench-") as folder:
        settings = settings_of(
            data_dir=Path(folder) / "data", port=free_port(), database_url=database_url
        )
        prepare(ctx.obj, settings, Size(agents), tell)
        show(measured(settings, Path(folder) / "serve.log", load), as_json=as_json)


def measured(settings: Settings, log: Path, load: Load) -> dict[str, Any]:
    """Start the server over a prepared folder, measure, and stop it."""
    stage = Stage(settings, log)
    try:
        stage.start()
        stage.await_ready()
        return asyncio.run(measure(stage, load, tell))
    finally:
        stage.stop()


def show(report: dict[str, Any], *, as_json: bool) -> None:
    """One object, or a line a key."""
    if as_json:
        print(orjson.dumps(report).decode())
        return
    for key, value in report.items():
        print(f"{key:<18} {value}")


def tell(line: str) -> None:
    """Progress goes to standard error."""
    print(line, file=sys.stderr, flush=True)
