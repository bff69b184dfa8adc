"""Long computations beside a worker that answers: in a process of their own, and last in line."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")

POLITENESS = 10


async def in_background(work: Callable[[A], T], given: A) -> T:
    """Run a function of an importable module on a value that can be pickled."""
    pool = ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn"), initializer=os.nice, initargs=(POLITENESS,)
    )
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, work, given)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
