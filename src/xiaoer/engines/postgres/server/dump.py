"""Writes the whole database to one file and reads it back, with the wheel's own programs.

The dump is taken by ``xiaoer_ops``, which sees rows through a policy on each tenant table; a
table without that policy would come out empty, so it stops the dump.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from . import inspection
from .binaries import bundled
from .cluster import ENVIRONMENT
from .errors import DumpFailed, TargetNotEmpty
from .roles import DatabaseUrls

# The target is prepared by us: what is the administrator's there is not the owner's to repeat.
NOT_REPEATED = (" EXTENSION ", " SCHEMA - public ", " ACL - SCHEMA public ")


def dump(urls: DatabaseUrls, target: Path) -> None:
    """Write the database, as it is at one instant, to ``target``.

    :raises DumpFailed: the server refused, or a table would have been left out.
    """
    with psycopg.connect(urls.ops) as connection:
        hidden = inspection.tables_hidden_from_ops(connection)
    if hidden:
        raise DumpFailed(reason="xiaoer_ops cannot read " + ", ".join(hidden))
    options = ["--format=custom", "--no-owner", "--enable-row-security", "--file", str(target)]
    _run("pg_dump", urls.ops, [*options, "--dbname"])


def restore(urls: DatabaseUrls, source: Path) -> None:
    """Read a dump into an empty database, all of it or nothing.

    :raises TargetNotEmpty: the database has tables already.
    :raises DumpFailed: the file or the server refused.
    """
    with psycopg.connect(urls.owner) as connection:
        found = inspection.table_count(connection)
    if found:
        raise TargetNotEmpty(tables=found)
    contents = _run("pg_restore", None, ["--list", str(source)])
    wanted = [line for line in contents.splitlines() if not _is_left_out(line)]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.write("\n".join(wanted))
        chosen.flush()
        options = ["--no-owner", "--exit-on-error", "--single-transaction", "-L", chosen.name]
        _run("pg_restore", urls.owner, [str(source), *options, "--dbname"])


def _is_left_out(line: str) -> bool:
    return any(mark in f"{line} " for mark in NOT_REPEATED)


def _run(program: str, url: str | None, arguments: list[str]) -> str:
    environment = dict(ENVIRONMENT)
    if url is not None:
        parts = conninfo_to_dict(url)
        # On the command line every user of the machine could read it.
        environment["PGPASSWORD"] = str(parts.pop("password"))
        arguments = [*arguments, make_conninfo("", **parts)]
    command = [str(bundled().program(program)), *arguments]
    outcome = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if outcome.returncode != 0:
        lines = [line for line in outcome.stderr.splitlines() if "error" in line]
        raise DumpFailed(reason=(lines or [f"{program}: code {outcome.returncode}"])[0])
    return outcome.stdout
