"""Makes the cluster once and writes its configuration at every start.

PostgreSQL is told ``-D /proc/self/cwd`` on Linux: the kernel resolves that without looking at the
folders above, so the cluster can lie inside a data folder whose parents are closed to the
account that runs it, and no length or alphabet of the path matters.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from .account import Account
from .binaries import MAJOR, Binaries
from .errors import DiskFull, StartFailed, WrongVersion
from .folder import NEEDED_NEW_MB, DataFolder, write_private

SUPERUSER = "xiaoer_root"
DATABASE = "xiaoer"
MEBIBYTE = 1_048_576
ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}

SETTINGS = """\
# Written by Xiaoer at every start. Put your own settings into custom.conf beside this file.
listen_addresses = '{listen}'
port = {port}
unix_socket_permissions = 0700
max_connections = 120
shared_buffers = {shared_mb}MB
effective_cache_size = {cache_mb}MB
work_mem = 8MB
maintenance_work_mem = 128MB
max_parallel_workers_per_gather = 0
random_page_cost = 1.1
jit = off
# Acknowledged means on disk: these three are never turned off.
fsync = on
full_page_writes = on
synchronous_commit = on
# Recovery after a crash reads back at most this much, which keeps it within seconds.
max_wal_size = 512MB
min_wal_size = 128MB
checkpoint_timeout = 5min
checkpoint_completion_target = 0.9
wal_compression = pglz
# A killed worker must not keep row locks: its connection is noticed within seconds.
client_connection_check_interval = {client_check}
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
# The log carries no statement, parameter or row: they can hold what a customer wrote.
log_line_prefix = '%m [%p] '
log_checkpoints = off
log_min_error_statement = panic
log_error_verbosity = terse
cluster_name = '{name}'
{custom}
"""

ACCESS = f"""\
# Written by Xiaoer at every start.
local all {SUPERUSER} peer map=xiaoer
local all all scram-sha-256
host all {SUPERUSER} all reject
host all all 127.0.0.1/32 scram-sha-256
"""


def data_argument(cluster: Path) -> str:
    """What to give as ``-D`` to a program whose working directory is the cluster."""
    return "/proc/self/cwd" if sys.platform == "linux" else str(cluster)


def make_cluster(folder: DataFolder, binaries: Binaries, account: Account) -> None:
    """Run initdb beside the final place and move it there, so a half-made cluster never counts.

    :raises DiskFull: initdb ran out of room.
    :raises StartFailed: initdb failed otherwise.
    """
    draft = folder.path / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    with folder.explained():
        draft.mkdir(mode=0o700)
        account.own(draft)
    outcome = subprocess.run(  # noqa: S603
        [str(binaries.program("initdb")), "-D", data_argument(draft), *_initdb_options()],
        cwd=draft,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **account.popen(),
    )
    if outcome.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        if "No space left" in outcome.stderr or "Disk quota" in outcome.stderr:
            raise DiskFull(folder=str(folder.path), free_mb=0, needed_mb=NEEDED_NEW_MB)
        raise StartFailed(reason=_last_line(outcome.stderr), log=str(folder.log))
    force_to_disk(draft)
    draft.rename(folder.cluster)


def check_version(folder: DataFolder) -> None:
    """:raises WrongVersion: the cluster is of another major version than the wheel."""
    found = (folder.cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise WrongVersion(folder=str(folder.path), found=found, wanted=MAJOR)


def write_configuration(folder: DataFolder, account: Account, tcp_port: int | None) -> None:
    """Write the server's settings, who may enter, and which user is its superuser."""
    memory_mb = psutil.virtual_memory().total // MEBIBYTE
    text = SETTINGS.format(
        listen="127.0.0.1" if tcp_port else "",
        port=tcp_port or 5432,
        shared_mb=min(max(memory_mb // 32, 128), 1024),
        cache_mb=max(memory_mb // 4, 256),
        client_check="2s" if sys.platform == "linux" else "0",
        name=f"xiaoer-{folder.digest}",
        custom="include 'custom.conf'" if (folder.cluster / "custom.conf").exists() else "",
    )
    users = {account.name, _own_name()}
    users_map = "".join(f'xiaoer "{user}" {SUPERUSER}\n' for user in sorted(users))
    write_private(folder.cluster / "postgresql.conf", text, account)
    write_private(folder.cluster / "pg_hba.conf", ACCESS, account)
    write_private(folder.cluster / "pg_ident.conf", users_map, account)


def force_to_disk(cluster: Path) -> None:
    """What initdb, and every recovery, would do one file after the other, in seconds.

    Together it takes a tenth of that, and leaves PostgreSQL nothing to wait for. Syncing the
    whole file system would wait for whatever else is being written on it.
    """
    places = [Path(at, name) for at, names, files in os.walk(cluster) for name in names + files]
    with ThreadPoolExecutor(max_workers=16) as pool:
        list(pool.map(_fsync, [cluster, *places]))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _initdb_options() -> list[str]:
    return [
        f"--username={SUPERUSER}",
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
    ]


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if "error" in line.lower()] or text.splitlines()
    return lines[-1].strip() if lines else "?"
