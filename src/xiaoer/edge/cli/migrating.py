"""Brings the schema to this version; when it is known to be there, without loading Alembic."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import xiaoer
from xiaoer.edge.serve.contracts import Tell, named
from xiaoer.engines.postgres.server import DatabaseUrls, inspection
from xiaoer.kit.settings import Settings

from .done import Done, fingerprint
from .options import worded


def migrated(settings: Settings, urls: DatabaseUrls, tell: Tell) -> None:
    """Bring the schema to this version, and the tables of the durable workflows with it."""
    done = Done(settings, urls)
    # In a wheel the migrations lie beside the package; in a checkout, at its root.
    package = Path(xiaoer.__file__).resolve().parent
    written = fingerprint(package.parent / "xiaoer_migrations", package.parents[1] / "migrations")
    if not done.holds(f"schema {written} {inspection.revision(urls)}"):
        if named("xiaoer.engines.postgres.migrate:migrate")(urls.owner):
            tell(worded("数据库结构已升级。", "The database schema was brought up to date."))
        done.add(f"schema {written} {inspection.revision(urls)}")
    workflows = importlib.metadata.version("dbos")
    done.once(
        f"workflows {workflows}",
        lambda: named("xiaoer.engines.durable.dbos:prepare")(urls.owner, "xiaoer_app"),
    )
