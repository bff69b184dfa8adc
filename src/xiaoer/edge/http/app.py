"""The application of one worker: every route and socket, over one house."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

import xiaoer
from xiaoer.edge.clockwork import keep_deepening, keep_knowing, keep_time, know_at_once
from xiaoer.edge.http import operations
from xiaoer.edge.http.doorkeeper import SessionDoorkeeper
from xiaoer.edge.http.guards import Guards
from xiaoer.edge.http.pages import install_pages
from xiaoer.edge.http.problems import install_problems
from xiaoer.edge.live import desk as live_desk
from xiaoer.edge.live import widget as live_widget
from xiaoer.edge.live.hub import Hub
from xiaoer.engines.postgres.assembly import Assembly, running
from xiaoer.modules.channels.http import WidgetCors
from xiaoer.ports.house import House
from xiaoer.ports.http import Doorkeeper

Application = FastAPI
Router = APIRouter
Extra = Callable[[FastAPI], None]


def create_app(
    assembly: Assembly, routers: Sequence[APIRouter], *, extras: Sequence[Extra] = ()
) -> FastAPI:
    """Wire the doors of a worker. ``extras`` add what an installation mounts besides."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await know_at_once(assembly.house)
        async with running(assembly) as house:
            app.state.hub = Hub(house)
            await app.state.hub.start()
            tasks = [
                asyncio.create_task(keep_time(house, assembly.courier.leads)),
                asyncio.create_task(keep_knowing(house)),
                asyncio.create_task(keep_deepening(house)),
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await app.state.hub.stop()

    app = FastAPI(
        title="Xiaoer",
        version=xiaoer.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    furnish(app, assembly.house, SessionDoorkeeper(assembly.house), routers)
    for extra in extras:
        extra(app)
    return app


def furnish(
    app: FastAPI, house: House, doorkeeper: Doorkeeper, routers: Sequence[APIRouter]
) -> None:
    """Everything but what must be started: also what tests serve."""
    app.state.house = house
    app.state.doorkeeper = doorkeeper
    install_problems(app)
    for router in (operations.router, live_desk.router, live_widget.router, *routers):
        app.include_router(router)
    install_pages(app)
    app.add_middleware(WidgetCors)
    app.add_middleware(
        Guards, most_bytes=house.settings.max_upload_bytes, public_url=house.settings.public_url
    )
