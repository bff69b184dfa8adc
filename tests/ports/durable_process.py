"""A process that dies in the middle of a workflow: begins one and never ends its second step."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from xiaoer.engines.clock.system import SystemClock
from xiaoer.engines.durable.dbos import DbosDurable
from xiaoer.ports.durable import Json, Step


def spelling(diary: Path, *, stuck_at: str = "") -> Mapping[str, Step]:
    """Three steps that write their letter to a diary before they return."""

    def writing(letter: str) -> Step:
        async def step(given: Json) -> Json:
            with diary.open("a") as file:
                file.write(letter)
            if letter == stuck_at:
                await asyncio.Event().wait()
            return {"word": given["word"] + letter}

        return step

    return {letter: writing(letter) for letter in "abc"}


async def _begin_and_hang(dsn: str, workflow_id: str, diary: Path) -> None:
    durable = DbosDurable(dsn, "victim", SystemClock())
    durable.register("spell", spelling(diary, stuck_at="b"))
    await durable.start()
    await durable.begin("spell", workflow_id, {"word": ""})
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_begin_and_hang(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
