"""Recognises a running PostgreSQL, waits for it and ends it.

Which process is ours is told by its working directory, which PostgreSQL sets to its cluster: a
process id in a file may have been given to somebody else since.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

GLANCE_S = 0.01
FAST_S = 20.0
IMMEDIATE_S = 5.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What ``postmaster.pid`` says; see "pidfile.h" of PostgreSQL for its lines."""

    pid: int
    socket_folder: Path
    status: str


def recorded(cluster: Path) -> Postmaster | None:
    """The postmaster that the cluster's file names, dead or alive."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(abs(pid), Path(lines[4].strip()), lines[7].strip())


def running(cluster: Path) -> Postmaster | None:
    """The live postmaster of this cluster."""
    found = recorded(cluster)
    return found if found is not None and works_on(found.pid, cluster) else None


def works_on(pid: int, cluster: Path) -> bool:
    """True when ``pid`` is a live PostgreSQL process of this very cluster."""
    try:
        process = psutil.Process(pid)
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return os.path.samefile(process.cwd(), cluster)
    except (psutil.Error, OSError):
        return False


def is_same_program(pid: int, program: Path) -> bool:
    """True when ``pid`` still runs the program that we would start now."""
    try:
        return os.path.samefile(psutil.Process(pid).exe(), program)
    except (psutil.Error, OSError):
        return False


def leftovers(cluster: Path) -> list[int]:
    """Processes of the cluster, also those whose postmaster was killed under them."""
    return [pid for pid in psutil.pids() if works_on(pid, cluster)]


def stop(cluster: Path, *, fast_s: float = FAST_S) -> None:
    """End the cluster's processes: cleanly if they agree, at once if they do not.

    Every committed transaction is on disk either way; the second way costs a recovery.
    """
    found = running(cluster)
    if found is not None:
        for sign, patience_s in ((signal.SIGINT, fast_s), (signal.SIGQUIT, IMMEDIATE_S)):
            send(found.pid, sign)
            if await_end(found.pid, cluster, patience_s):
                return
    clear_leftovers(cluster)


def clear_leftovers(cluster: Path) -> None:
    """Kill what is left of a cluster whose postmaster is gone: it blocks the next start."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        left = leftovers(cluster)
        for pid in left:
            send(pid, sign)
        for pid in left:
            await_end(pid, cluster, 1.0)


def send(pid: int, sign: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, sign)


def await_end(pid: int, cluster: Path, patience_s: float) -> bool:
    """Wait until ``pid`` is gone; False when it outlasts the patience."""
    deadline = time.monotonic() + patience_s
    while works_on(pid, cluster):
        if time.monotonic() > deadline:
            return False
        _reap(pid)
        time.sleep(GLANCE_S)
    _reap(pid)
    return True


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
