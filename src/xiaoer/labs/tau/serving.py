"""``xiaoer mcp``: the published retail tools, or those of a Chinese shop, for any agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from xiaoer.edge.cli.migrating import migrated
from xiaoer.edge.cli.options import DatabaseUrl, DataDir, settings_of, tell, worded
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.labs.retail import shapes as shop_shapes
from xiaoer.labs.tau import moving, shapes
from xiaoer.ladder import tools

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
MISSING = 1


class Offered(StrEnum):
    """Which tools are served."""

    TAU = "tau"
    SHOP = "shop"


_SETS: dict[Offered, dict[str, Any]] = {
    Offered.TAU: {"shown": shapes.seen},
    Offered.SHOP: {"shown": shop_shapes.seen, "specs": tools.SHOP_SPECS, "locale": "zh-CN"},
}
"""For each, how what was seen is written, and the language of the refusals."""


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
    offered: Annotated[
        Offered,
        typer.Option(
            "--tools", help="The published τ-bench retail tools, or those of a Chinese shop."
        ),
    ] = Offered.TAU,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Serve the tools of a group over MCP on standard input and output.

    Needs the extra mcp, and a group that `xiaoer import tau-retail` has loaded; with `--tools shop`
    any group, named by `--group`.
    """
    wiring = ctx.obj
    assert isinstance(wiring, Wiring), "the command line brings its wiring"
    speak, tool_server = _protocol()
    settings = settings_of(data_dir=data_dir, database_url=database_url)

    async def run(urls: Any) -> None:
        async with named(wiring.house)(settings, urls) as house:
            tenant = await moving.group(house, group)
            await speak(tool_server(house, tenant, agent_confirms=agent_confirms, **_SETS[offered]))

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
