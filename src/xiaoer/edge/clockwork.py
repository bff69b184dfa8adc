"""What happens by the clock. One worker of the installation keeps time: whoever holds lane 0."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import Unavailable
from xiaoer.modules import conversations, org
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

log = structlog.get_logger("clockwork")

EVERY_S = 60.0

Job = Callable[[Ctx], Awaitable[object]]


async def keep_time(house: House, leads: Callable[[], bool]) -> None:
    """Run each job for each tenant once a minute, while this process leads."""
    while True:
        await asyncio.sleep(EVERY_S)
        if leads():
            await run_jobs(house)


async def run_jobs(house: House) -> None:
    """All jobs of all tenants, each in a unit of its own; one that fails is logged and left."""
    window = timedelta(hours=house.settings.recontact_hours)
    jobs: dict[str, Job] = {
        "conversations.measure": lambda ctx: conversations.measure(ctx, window),
    }
    actor = System("clockwork")
    try:
        async with house.unit(actor, Scope(NOWHERE)) as ctx:
            tenants = await org.tenants(ctx)
        for tenant in tenants:
            for name, job in jobs.items():
                await _run(house, Scope(tenant.id), name, job)
    except Unavailable:
        log.warning("clockwork_waits_for_database")


async def _run(house: House, scope: Scope, name: str, job: Job) -> None:
    try:
        async with house.unit(System("clockwork"), scope) as ctx:
            await job(ctx)
    except Unavailable:
        raise
    except Exception as error:
        log.error("job_failed", job=name, tenant=str(scope.tenant), exc_info=error)
