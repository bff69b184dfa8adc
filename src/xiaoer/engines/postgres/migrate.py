"""Brings a database to the schema of this version, one process at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

import xiaoer

_LOCK = 7_203_915_401


def migrate(owner_url: str) -> bool:
    """Apply what is missing, under an advisory lock; returns whether anything was applied."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            before = current(connection)
            if before == head():
                return False
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            return True
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
            connection.close()
            engine.dispose()


def current(connection: Connection) -> str | None:
    """The revision that a database is at."""
    options = {"version_table": "kernel_migration"}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def head() -> str | None:
    """The revision that this version of the code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _folder() -> Path:
    """In a wheel the migrations lie beside the package; in a checkout, at its root."""
    package = Path(xiaoer.__file__).resolve().parent
    installed = package.parent / "xiaoer_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"
