"""What happens by the clock. One worker of the installation keeps time: whoever holds lane 0."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from xiaoer.edge.background import computed, kept
from xiaoer.edge.studying import hear_misses
from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import Unavailable
from xiaoer.modules import conversations, knowledge, org, visits
from xiaoer.modules.channels.jobs import sweep as sweep_channels
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

log = structlog.get_logger("clockwork")

EVERY_S = 60.0
LOOK_S = 2.0
KNOW_WITHIN_S = 5.0

SWEEP_AT_MINUTE = 17

Job = Callable[[Ctx], Awaitable[object]]


async def keep_time(house: House, leads: Callable[[], bool]) -> None:
    """Run the jobs of each tenant once a minute, while this process leads."""
    while True:
        await asyncio.sleep(EVERY_S)
        if leads():
            await run_jobs(house)


async def know_at_once(house: House) -> None:
    """Before the first question: read what was learnt earlier, or build an index without learning.

    A worker that is not done in time answers all the same; what is missing is built when asked.
    """
    with contextlib.suppress(Unavailable, TimeoutError):
        async with asyncio.timeout(KNOW_WITHIN_S):
            for tenant in await _tenants(house):
                async with house.unit(System("clockwork"), Scope(tenant.id)) as ctx:
                    material = await knowledge.gather(ctx)
                if material is None or not material.live:
                    continue
                snapshot = await _kept_deep(house, material)
                snapshot = snapshot or await kept(_folder(house), material.name)
                if snapshot is None:
                    snapshot = await asyncio.to_thread(knowledge.sketch, material)
                knowledge.adopt(house.ports.memo, tenant.id, snapshot)


async def keep_knowing(house: House) -> None:
    """Every worker looks every two seconds whether what is live has changed, and learns it."""
    while True:
        try:
            for tenant in await _tenants(house):
                async with house.unit(System("clockwork"), Scope(tenant.id)) as ctx:
                    material = await knowledge.gather(ctx)
                if material is not None:
                    snapshot = await computed(
                        _folder(house), material.name, knowledge.learn, material
                    )
                    knowledge.adopt(house.ports.memo, tenant.id, snapshot)
        except Unavailable:
            log.warning("knowledge_waits_for_database")
        except Exception as error:
            log.error("knowledge_not_learnt", exc_info=error)
        await asyncio.sleep(LOOK_S)


async def keep_deepening(house: House) -> None:
    """Every worker looks whether its index lacks the second opinion, and fetches it.

    A loop of its own: it takes minutes, and an edit must not wait for it.
    """
    while house.ports.second is not None:
        try:
            for tenant in await _tenants(house):
                await _deepen(house, Scope(tenant.id))
        except Unavailable:
            log.warning("knowledge_waits_for_database")
        except Exception as error:
            log.error("knowledge_not_deepened", exc_info=error)
        await asyncio.sleep(LOOK_S)


async def _deepen(house: House, scope: Scope) -> None:
    async with house.unit(System("clockwork"), scope) as ctx:
        depth = await knowledge.deepening.wanted(ctx)
    if depth is None:
        return
    deepened = await computed(_deep_folder(house), depth.name, knowledge.deepening.read, depth)
    async with house.unit(System("clockwork"), scope) as ctx:
        await knowledge.deepening.adopt(ctx, depth, deepened)


async def _kept_deep(house: House, material: Any) -> Any:
    if (reader := house.ports.second) is None:
        return None
    found = await kept(_deep_folder(house), knowledge.deepening.name_of(material, reader))
    return None if found is None else found.snapshot


def _folder(house: House) -> Path:
    return house.settings.data_dir / "cache" / "knowledge"


def _deep_folder(house: House) -> Path:
    return house.settings.data_dir / "cache" / "knowledge-second"


async def run_jobs(house: House) -> None:
    """All jobs of all tenants, each in a unit of its own; one that fails is logged and left."""
    window = timedelta(hours=house.settings.recontact_hours)
    jobs: dict[str, Job] = {
        "conversations.measure": lambda ctx: conversations.measure(ctx, window),
        "knowledge.hear_misses": hear_misses,
    }
    if house.ports.clock.now().minute == SWEEP_AT_MINUTE:
        jobs["channels.sweep"] = sweep_channels
        jobs["visits.roll_up"] = visits.roll_up
    try:
        for tenant in await _tenants(house):
            for name, job in jobs.items():
                await _run(house, Scope(tenant.id), name, job)
    except Unavailable:
        log.warning("clockwork_waits_for_database")


async def _tenants(house: House) -> list[org.contracts.Tenant]:
    async with house.unit(System("clockwork"), Scope(NOWHERE)) as ctx:
        return await org.tenants(ctx)


async def _run(house: House, scope: Scope, name: str, job: Job) -> None:
    try:
        async with house.unit(System("clockwork"), scope) as ctx:
            await job(ctx)
    except Unavailable:
        raise
    except Exception as error:
        log.error("job_failed", job=name, tenant=str(scope.tenant), exc_info=error)
