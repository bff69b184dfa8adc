"""``xiaoer mcp``: the sixteen published retail tools over an imported group, for any agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from xiaoer.edge.cli.migrating import migrated
from xiaoer.edge.cli.options import DatabaseUrl, DataDir, settings_of, tell, worded
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.labs.tau import moving, shapes

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
MISSING = 1


@app.command()
def serve(
    ctx: typer.Context,
    group: Annotated[str, typer.Option(help="Short name of an imported group; the newest.")] = "",
    agent_confirms: Annotated[
        bool,
        typer.Option(
            "--agent-confirms",
            help="The agent asks its customer itself, and its call counts as the yes: for "
            "benchmarks. Otherwise the person at the client is asked.",
        ),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the tools of an imported τ-bench retail group over MCP on standard input and output.

    Needs the extra mcp, and a group that `xiaoer import tau-retail` has loaded.
    """
    wiring = ctx.obj
    assert isinstance(wiring, Wiring), "the command line brings its wiring"
    speak, tool_server = _protocol()
    settings = settings_of(data_dir=data_dir, database_url=database_url)

    async def run(urls: Any) -> None:
        async with named(wiring.house)(settings, urls) as house:
            tenant = await moving.group(house, group)
            await speak(tool_server(house, tenant, shapes.seen, agent_confirms))

    with opened_database(settings, share=True) as database:
        migrated(settings, database.urls, tell)
        asyncio.run(run(database.urls))


def _protocol() -> tuple[Callable[[Any], Awaitable[None]], Callable[..., Any]]:
    """What speaks the protocol, when it is installed."""
    try:
        return named("xiaoer.edge.mcp:serve"), named("xiaoer.edge.mcp:ToolServer")
    except ModuleNotFoundError:
        tell(worded("没有安装 MCP 支持，请安装 xiaoer[mcp]。",
                    "MCP is not installed here. Install xiaoer[mcp]."))  # fmt: skip
        raise typer.Exit(MISSING) from None
