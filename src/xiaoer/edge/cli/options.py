"""Settings from options, and words for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from xiaoer.kit.problem import Invalid, Problem
from xiaoer.kit.settings import Settings

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder for the database, files and secrets.")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", help="An outside PostgreSQL (15 or newer, with pgvector)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def settings_of(**given: Any) -> Settings:
    """The settings with what was given on the command line on top."""
    wanted = {name: value for name, value in given.items() if value is not None}
    folder = Path(wanted.get("data_dir") or os.environ.get("XIAOER_DATA_DIR") or "data")
    try:
        return Settings(_env_file=folder / ".env", **wanted)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Invalid(reason=f"{name}: {first['msg']}", field=name) from None


def locale() -> str:
    """The language of this terminal."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh-CN" if value.lower().startswith("zh") else "en"
    return "en"


def worded(zh: str, en: str) -> str:
    """The words of this terminal's language."""
    return zh if locale() == "zh-CN" else en


def tell(line: str) -> None:
    """A line for the person who watches; results go to standard output."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn a problem into its sentence and exit code 1."""
    try:
        yield
    except Problem as problem:
        tell(problem.sentence(locale()))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
