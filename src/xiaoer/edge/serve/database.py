"""The database of an installation: the embedded one, or the one at an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xiaoer.engines.postgres.server import (
    DatabaseUrls,
    DataFolder,
    EmbeddedPostgres,
    RunningPostgres,
    prepare_outside,
)
from xiaoer.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenedDatabase:
    """Addresses, and the server when it is ours to keep alive."""

    urls: DatabaseUrls
    server: RunningPostgres | None = None


@contextmanager
def opened_database(settings: Settings, *, share: bool = False) -> Iterator[OpenedDatabase]:
    """Hold the data folder and have its database running inside the block.

    With ``share`` a server that another Xiaoer keeps running in the folder is used as it is:
    for commands that may run beside ``serve``.
    """
    if settings.database_url is not None:
        urls = prepare_outside(settings.database_url.get_secret_value(), settings.data_dir)
        if share:
            yield OpenedDatabase(urls)
            return
        lock = DataFolder.at(settings.data_dir).lock()
        try:
            yield OpenedDatabase(urls)
        finally:
            lock.release()
        return
    shared = EmbeddedPostgres.running_at(settings.data_dir) if share else None
    if shared is not None:
        yield OpenedDatabase(shared)
        return
    with EmbeddedPostgres.start(settings.data_dir) as server:
        yield OpenedDatabase(server.urls, server)
