"""Which worker process serves which lanes: leases with a fencing token, shared out fairly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from math import ceil

import structlog

from xiaoer.engines.postgres.outbox import LANES
from xiaoer.engines.postgres.unit import PostgresUnits
from xiaoer.kit.problem import Unavailable

log = structlog.get_logger("leases")

LEASE_S = 3.0
BEAT_S = 1.0
MARGIN_S = 0.5

_ALIVE = """
INSERT INTO kernel_worker (worker, beat_at) VALUES (%(me)s, clock_timestamp())
ON CONFLICT (worker) DO UPDATE SET beat_at = clock_timestamp()
"""
_COUNT = """
SELECT count(*) FROM kernel_worker WHERE beat_at > clock_timestamp() - interval '3 seconds'
"""
_RENEW = """
UPDATE kernel_lane SET held_until = clock_timestamp() + interval '3 seconds'
WHERE holder = %(me)s AND held_until > clock_timestamp() RETURNING lane, token
"""
_CLAIM = """
UPDATE kernel_lane SET holder = %(me)s, token = token + 1,
       held_until = clock_timestamp() + interval '3 seconds'
WHERE lane IN (SELECT lane FROM kernel_lane WHERE held_until <= clock_timestamp()
               ORDER BY lane LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING lane, token
"""
_RELEASE = """
UPDATE kernel_lane SET held_until = '-infinity', holder = NULL
WHERE holder = %(me)s AND lane = ANY(%(lanes)s::smallint[])
"""
_LEAVE = "DELETE FROM kernel_worker WHERE worker = %(me)s"


class Leases:
    """The lanes of one worker process."""

    def __init__(self, units: PostgresUnits, worker: str) -> None:
        self._units = units
        self._me = worker
        self._held: dict[int, int] = {}
        self._good_until = 0.0
        self._on_change: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def held(self) -> dict[int, int]:
        """Lane to token; empty once the lease may have run out, whatever we remember."""
        if asyncio.get_running_loop().time() > self._good_until:
            return {}
        return dict(self._held)

    async def start(self, on_change: Callable[[], None]) -> None:
        """Take a first share, then keep beating."""
        self._on_change = on_change
        await self.beat()
        self._task = asyncio.create_task(self._keep(), name="leases")

    async def stop(self) -> None:
        """Let everything go, so that others need not wait."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(Unavailable):
            async with self._units.kernel() as connection:
                await connection.run(_RELEASE, {"me": self._me, "lanes": list(range(LANES))})
                await connection.run(_LEAVE, {"me": self._me})
        self._held = {}

    async def beat(self) -> None:
        """Say that we live, renew, and take or give back to hold a fair share."""
        sent_at = asyncio.get_running_loop().time()
        async with self._units.kernel() as connection:
            await connection.run(_ALIVE, {"me": self._me})
            counted = await connection.row(_COUNT)
            share = ceil(LANES / max(1, int(counted.count if counted else 1)))
            held = {r.lane: r.token for r in await connection.rows(_RENEW, {"me": self._me})}
            if len(held) > share:
                spare = sorted(held)[share:]
                await connection.run(_RELEASE, {"me": self._me, "lanes": spare})
                for lane in spare:
                    del held[lane]
            elif len(held) < share:
                wanted = {"me": self._me, "most": share - len(held)}
                held |= {r.lane: r.token for r in await connection.rows(_CLAIM, wanted)}
        changed = held != self._held
        self._held = held
        self._good_until = sent_at + LEASE_S - MARGIN_S
        if changed:
            self._on_change()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self.beat()
            except Unavailable as error:
                log.warning("lease_not_renewed", error=type(error).__name__)
            except Exception as error:
                # A worker without this task holds no lane ever again and looks healthy.
                log.error("lease_not_renewed", exc_info=error)
