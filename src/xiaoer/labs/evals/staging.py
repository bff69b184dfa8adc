"""A house with an empty database, for evals that need one: begun and removed by the eval."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from xiaoer.edge.cli.migrating import migrated
from xiaoer.edge.cli.options import settings_of
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.ports.house import House

T = TypeVar("T")


async def with_house(
    wiring: object, database_url: str | None, work: Callable[[House], Awaitable[T]]
) -> T:
    """Do something in a house of its own: in a temporary folder, or at ``database_url``."""
    assert isinstance(wiring, Wiring), "the command line brings its wiring"
    with tempfile.TemporaryDirectory(prefix="xiaoer-eval-") as folder:
        settings = settings_of(data_dir=Path(folder) / "data", database_url=database_url)
        with opened_database(settings) as database:
            migrated(settings, database.urls, lambda line: None)
            async with named(wiring.house)(settings, database.urls) as house:
                done: T = await work(house)
                return done
