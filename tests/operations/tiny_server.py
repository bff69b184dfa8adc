"""Serves the tiny house in a process of its own: data folder, port, worker, [--exposed]."""

import sys
from pathlib import Path

import psycopg

from xiaoer.edge.serve import DemoAccountsExposed, Plan, serve
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.problem import Problem
from xiaoer.kit.settings import Settings


def table(_settings: Settings, urls: DatabaseUrls, _tell: object) -> None:
    """A migration of its own kind."""
    with psycopg.connect(urls.owner) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS visit (n bigint GENERATED ALWAYS AS IDENTITY)")
        owner.execute("GRANT SELECT, INSERT ON visit TO xiaoer_app")


def exposed(settings: Settings, _urls: DatabaseUrls, _tell: object) -> None:
    """A check that forbids to serve."""
    raise DemoAccountsExposed(host=settings.host)


if __name__ == "__main__":
    folder, port, factory = sys.argv[1:4]
    steps = (table, exposed) if "--exposed" in sys.argv else (table,)
    settings = Settings(data_dir=Path(folder), port=int(port), workers=2)
    try:
        serve(Plan(settings, f"tests.operations.tiny_house:{factory}", steps), print)
    except Problem as problem:
        sys.exit(problem.sentence("en"))
