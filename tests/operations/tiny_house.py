"""The smallest application that a supervisor can serve: it tells who answered."""

import asyncio
import os
from typing import Any

import psycopg

from xiaoer.edge.serve import WorkerBrief


def worker(brief: WorkerBrief) -> Any:
    """Answers ``pid slot count``: the count is of rows it wrote, one a request."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["path"] == "/slow":
            await asyncio.sleep(0.5)
        body = f"{os.getpid()} {brief.slot} {await _written(brief.app_url)}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


def broken(brief: WorkerBrief) -> Any:
    """Cannot be built."""
    raise RuntimeError(f"slot {brief.slot} is broken")


async def _written(url: str) -> int:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("INSERT INTO visit DEFAULT VALUES")
        row = await (await connection.execute("SELECT count(*) FROM visit")).fetchone()
    return int(row[0]) if row else 0


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
