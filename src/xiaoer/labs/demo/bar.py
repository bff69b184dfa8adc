"""Shows on a terminal how far the seeding is."""

from __future__ import annotations

from collections.abc import AsyncIterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from xiaoer.labs.demo import seed


async def show(stream: AsyncIterator[seed.Progress]) -> bool:
    """Draw one bar a step on standard error; whether anything was planted."""
    console = Console(stderr=True)
    bars: dict[str, TaskID] = {}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as screen:
        async for at in stream:
            if at.step not in bars:
                bars[at.step] = screen.add_task(seed.STEPS[at.step], total=at.total)
            screen.update(bars[at.step], completed=at.done)
    return bool(bars)
