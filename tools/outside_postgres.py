"""Runs a command beside a PostgreSQL as somebody else would run it, and stops it afterwards.

    python -m tools.outside_postgres .venv/bin/python -m pytest -m database

The server is the wheel's, in a folder of its own, with the settings that PostgreSQL ships. It is
reached over TCP alone and lets nobody in without a password. The command finds the address in
XIAOER_TEST_DATABASE_URL: that of an account which may make databases and roles and is no
superuser, as hosted services give it out.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg
from psycopg import sql

from xiaoer.engines.postgres.server.account import Account, account_for
from xiaoer.engines.postgres.server.binaries import Binaries, reachable_by
from xiaoer.engines.postgres.server.cluster import ENVIRONMENT, data_argument

READY_WITHIN_S = 60
STOPPED_WITHIN_S = 20
ADMINISTRATOR = "keeper"


class NotStarted(Exception):
    """The server ended, or did not answer in time; the text is its log."""


@contextmanager
def outside_postgres(home: Path) -> Iterator[str]:
    """A server in the empty folder ``home``; gives the administrator's address."""
    account = account_for(home / "cluster")
    binaries = reachable_by(account)
    password = secrets.token_urlsafe(18)
    cluster = _make_cluster(home, binaries, account, password)
    port = _free_port()
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603
            [
                str(binaries.program("postgres")),
                "-D",
                data_argument(cluster),
                *("-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"),
                *("-c", "unix_socket_directories="),
            ],
            cwd=cluster,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **account.popen(),
        )
    try:
        root = f"postgresql://postgres:{password}@127.0.0.1:{port}/"
        _await_answer(server, f"{root}postgres", home / "server.log")
        _make_administrator(root, password)
        yield f"postgresql://{ADMINISTRATOR}:{password}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def _make_cluster(home: Path, binaries: Binaries, account: Account, password: str) -> Path:
    cluster = home / "cluster"
    cluster.mkdir(mode=0o700)
    (home / "password").write_text(password)
    account.own(home)
    subprocess.run(  # noqa: S603
        [
            str(binaries.program("initdb")),
            *("-D", data_argument(cluster), "--username=postgres", "--pwfile=../password"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
        ],
        cwd=cluster,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        check=True,
        **account.popen(),
    )
    return cluster


def _make_administrator(root: str, password: str) -> None:
    """Who makes databases and roles; pgvector is in every new database, put there by others."""
    with psycopg.connect(f"{root}template1", autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        role = "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE PASSWORD {}"
        connection.execute(
            sql.SQL(role).format(sql.Identifier(ADMINISTRATOR), sql.Literal(password))
        )


def _await_answer(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NotStarted(log.read_text(errors="replace"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _leave(number: int, _frame: FrameType | None) -> None:
    """Who is told to end ends the server too."""
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """Run the command; its exit status is ours."""
    if not command:
        sys.stderr.write("Say what to run: python -m tools.outside_postgres COMMAND …\n")
        return 2
    signal.signal(signal.SIGTERM, _leave)
    home = Path(tempfile.mkdtemp(prefix="xiaoer-outside-"))
    try:
        with outside_postgres(home) as url:
            given = os.environ | {"XIAOER_TEST_DATABASE_URL": url}
            with subprocess.Popen(command, env=given) as child:  # noqa: S603
                try:
                    return child.wait()
                except BaseException:
                    child.terminate()
                    raise
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
