"""Long computations beside a worker that answers: in a process of their own, and last in line.

A result is kept below the data folder under a name that says what it was made from, so that a
restart, or the worker next door, reads it instead of computing it again.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

A = TypeVar("A")
T = TypeVar("T")

POLITENESS = 10
KEPT = 6
_PR_SET_PDEATHSIG = 1


async def computed(folder: Path, name: str, work: Callable[[A], T], given: A) -> T:
    """``work(given)``, from the folder when it is there, else from a process of its own.

    ``work`` is a function of an importable module; what it takes and gives can be pickled. The
    folder is the installation's own: what lies in it is trusted.
    """
    place = _place(folder, name)
    if not place.is_file():
        await _in_background(place, work, given)
    return await asyncio.to_thread(_read, place)


async def kept(folder: Path, name: str) -> Any:
    """What :func:`computed` kept under that name earlier; nothing when it is not there."""
    place = _place(folder, name)
    return await asyncio.to_thread(_read, place) if place.is_file() else None


def _place(folder: Path, name: str) -> Path:
    return folder / f"{name}.pickle"


async def _in_background(place: Path, work: Callable[[A], T], given: A) -> None:
    pool = ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), initializer=_settle, initargs=(os.getpid(),)
    )
    try:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(pool, _compute, place, work, given)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _settle(parent: int) -> None:
    """Be polite, use one core, and end with the worker that asked."""
    os.nice(POLITENESS)
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _compute(place: Path, work: Callable[[Any], Any], given: Any) -> None:
    """One process of the machine computes; the others wait for its file."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_file():
            return
        fresh = place.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(pickle.dumps(work(given), protocol=pickle.HIGHEST_PROTOCOL))
        fresh.rename(place)
        _forget_old(place.parent)


def _forget_old(folder: Path) -> None:
    newest = sorted(folder.glob("*.pickle"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in newest[KEPT:]:
        old.unlink(missing_ok=True)


def _read(place: Path) -> Any:
    return pickle.loads(place.read_bytes())  # noqa: S301  the installation's own folder
