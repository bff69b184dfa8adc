"""The smallest application that a supervisor can serve: it tells who answered."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import typer

from tests.fakes import fake_ports
from xiaoer.edge.serve import WorkerBrief
from xiaoer.engines.postgres.assembly import assemble
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.settings import Settings
from xiaoer.ports.house import House

echo = typer.Typer()


@echo.command()
def said(ctx: typer.Context, word: str, loud: bool = False) -> None:
    """Says the word, and where the house would come from."""
    typer.echo(f"{word.upper() if loud else word} {ctx.obj.house}")


@asynccontextmanager
async def house(settings: Settings, urls: DatabaseUrls) -> AsyncIterator[House]:
    """A house without a courier, as commands get it."""
    built = assemble(settings, urls.app, fake_ports(), (), worker="command")
    yield built.house
    await built.dispose()


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
