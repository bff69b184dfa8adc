"""The courier: brings every fact to every subscriber, in order per key, exactly one effect each.

Keys hash into lanes. A worker process holds some lanes by lease, with a fencing token; when it
dies, others take the lanes over within five seconds. Inside a lane each key is served by one
task at a time, oldest fact first. The row that says "owed" is deleted in the transaction of the
effect, so a fact that was delivered twice has its second effect rolled back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from xiaoer.engines.postgres.leases import Leases
from xiaoer.engines.postgres.outbox import Receipt, Superseded
from xiaoer.engines.postgres.owed import Owed
from xiaoer.engines.postgres.unit import PostgresUnits
from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Unavailable
from xiaoer.ports.ctx import Actor, Ctx, System
from xiaoer.ports.house import House, Later, Subscription

log = structlog.get_logger("courier")

POLL_S = 1.0
GATHER_S = 0.015
MOST_BUSY = 48
KEPT_FREE = 4  # connections that deliveries leave to who waits for an answer
FETCH = 256
MOST_ATTEMPTS = 8
BACK_OFF_S = (0.2, 0.5, 1, 2, 5, 10, 20)

_POSTPONE = """
UPDATE kernel_delivery SET attempts = attempts + 1, due_at = %(due)s
WHERE subscriber = %(group)s AND fact_id = %(fact)s
"""
_PUT_OFF = """
UPDATE kernel_delivery SET attempts = GREATEST(attempts, 1), due_at = %(due)s
WHERE subscriber = %(group)s AND fact_id = %(fact)s
"""
_BURY = """
WITH dead AS (
  DELETE FROM kernel_delivery WHERE subscriber = %(group)s AND fact_id = %(fact)s
  RETURNING subscriber, fact_id, tenant_id, lane, name, key, seq, body, attempts, position
)
INSERT INTO kernel_dead_letter
  (subscriber, fact_id, tenant_id, lane, name, key, seq, body, attempts, position, error, died_at)
SELECT dead.*, %(error)s, %(at)s FROM dead
"""


def deliveries_of(pool_size: int) -> int:
    """How many keys a worker with so many connections serves at a time."""
    return max(1, pool_size - KEPT_FREE)


@dataclass(slots=True)
class Parcel:
    """Facts of one key on their way to one subscriber; implements the ``Delivery`` port."""

    house: House
    units: PostgresUnits
    group: str
    tenant: TenantId
    key: UUID
    lane: int
    token: int
    fact_ids: list[UUID]
    facts: Sequence[Fact]
    acknowledged: bool = field(default=False)

    @asynccontextmanager
    async def unit(self, actor: Actor) -> AsyncIterator[Ctx]:
        """The unit whose commit acknowledges; it fails when someone else was first."""
        async with self.units.transaction(self.tenant) as uow:
            uow.acknowledge(Receipt(self.group, self.fact_ids, self.lane, self.token))
            yield self.units.ctx(actor, self.tenant, uow)
        self.acknowledged = True


class Courier:
    """Delivers in one worker process, so many at once that receipts still find a connection."""

    def __init__(
        self,
        house: House,
        units: PostgresUnits,
        owed: Owed,
        subscriptions: Iterable[Subscription],
        leases: Leases,
    ) -> None:
        self._house = house
        self._units = units
        self._owed = owed
        self._leases = leases
        self._known = {(s.group, s.fact.NAME): s for s in subscriptions}
        self._groups = sorted({group for group, _ in self._known})
        self._busy: dict[tuple[str, UUID], asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._fetches = 0
        self._more = False  # whether the last fetch may have left something behind
        self._stirred: dict[int, int] = {}  # lane: the fetch that its latest news came after
        self._slots = asyncio.Semaphore(deliveries_of(house.settings.pool_size))
        self._pump_task: asyncio.Task[None] | None = None
        self._leave: Any = None

    async def start(self) -> None:
        """Take lanes and begin."""
        self._leave = self._house.ports.bus.listen("lane:", self._hear)
        await self._leases.start(self._news.set)
        self._pump_task = asyncio.create_task(self._pump(), name="courier")

    async def stop(self) -> None:
        """Finish what is under way, then let the lanes go."""
        if self._leave:
            self._leave()
        if self._pump_task:
            self._pump_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pump_task
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=5)
        await self._leases.stop()

    def _hear(self, topic: str) -> None:
        """Something is owed in a lane; those of other processes are not asked after."""
        lane = int(topic.removeprefix("lane:"))
        if lane in self._leases.held():
            self._stirred[lane] = self._fetches
            self._news.set()

    def leads(self) -> bool:
        """Whether this process holds lane 0, and with it what only one may do."""
        return 0 in self._leases.held()

    async def drain(self) -> None:
        """Deliver until nothing is owed that is due (for tests and batch commands)."""
        await self._leases.beat()
        while True:
            started = await self._dispatch()
            if not started and not self._busy:
                return
            await asyncio.gather(*self._busy.values())

    async def _pump(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._news.wait()
            await asyncio.sleep(GATHER_S)
            self._news.clear()
            try:
                await self._dispatch()
            except Exception as error:
                is_away = isinstance(error, Unavailable)
                log.warning("courier_waits", is_away=is_away, exc_info=None if is_away else error)
                await asyncio.sleep(0.25)

    async def _dispatch(self) -> int:
        """Start serving keys that wait, unless enough are being served already."""
        lanes = self._leases.held()
        if not lanes:
            return 0
        if len(self._busy) > MOST_BUSY:
            self._more = True
            return 0
        self._fetches += 1
        fetch = self._fetches
        rows = await self._owed.fetch(
            list(lanes),
            self._groups,
            busy=[key for _, key in self._busy],
            now=self._house.ports.clock.now(),
            limit=FETCH,
        )
        waiting: dict[tuple[str, UUID], list[Any]] = {}
        for row in rows:
            waiting.setdefault((row.subscriber, row.key), []).append(row)
        started = 0
        for place, owed in waiting.items():
            if place in self._busy:
                continue
            if (owed[0].subscriber, owed[0].name) not in self._known:
                continue  # a newer version's fact; its workers know it
            task = asyncio.create_task(self._serve(place, owed, lanes[owed[0].lane], fetch))
            self._busy[place] = task
            started += 1
        self._more = len(rows) == FETCH
        return started

    async def _serve(
        self, place: tuple[str, UUID], owed: list[Any], token: int, fetch: int
    ) -> None:
        """Deliver to one key what a fetch brought, then ask again if more may have come since."""
        lane = owed[0].lane
        try:
            async with self._slots:
                while owed and (owed[0].subscriber, owed[0].name) in self._known:
                    taken = self._take(owed)
                    if not await self._deliver(taken, token):
                        break
                    owed = owed[len(taken) :]
        finally:
            del self._busy[place]
            if owed or self._more or self._stirred.get(lane, 0) >= fetch:
                self._news.set()

    def _take(self, owed: list[Any]) -> list[Any]:
        """The head of the queue: all facts for one ``run``, or a single one for a ``react``."""
        first = self._known[(owed[0].subscriber, owed[0].name)]
        if first.run is None:
            return owed[:1]
        count = 0
        for row in owed:
            other = self._known.get((row.subscriber, row.name))
            if other is None or other.run is not first.run:
                break
            count += 1
        return owed[:count]

    async def _deliver(self, taken: list[Any], token: int) -> bool:
        head = taken[0]
        try:
            await self._hand_over(taken, token)
        except Superseded:
            return False
        except Later as later:
            await _put_off(self._units, head, later.at)
            return False
        except Unavailable:
            await asyncio.sleep(0.25)
            return False
        except Exception as error:
            await self._failed(head, error)
            return False
        return True

    async def _hand_over(self, taken: list[Any], token: int) -> None:
        head = taken[0]
        subscription = self._known[(head.subscriber, head.name)]
        facts = [self._known[(row.subscriber, row.name)].fact.from_body(row.body) for row in taken]
        parcel = Parcel(
            self._house,
            self._units,
            head.subscriber,
            TenantId(head.tenant_id),
            head.key,
            head.lane,
            token,
            [row.fact_id for row in taken],
            facts,
        )
        if subscription.run is not None:
            await subscription.run(parcel)
            if not parcel.acknowledged:
                raise RuntimeError(f"{head.subscriber} did not acknowledge {head.name}")
        elif subscription.react is not None:
            async with parcel.unit(System(head.subscriber)) as ctx:
                await subscription.react(ctx, facts[0])

    async def _failed(self, head: Any, error: Exception) -> None:
        """Try again later; after the last attempt a person must look, and the key waits."""
        now = self._house.ports.clock.now()
        last = head.attempts + 1 >= MOST_ATTEMPTS
        log.error(
            "delivery_failed",
            subscriber=head.subscriber,
            fact=head.name,
            key=str(head.key),
            attempt=head.attempts + 1, buried=last,
            exc_info=error,
        )
        given: dict[str, Any] = {"group": head.subscriber, "fact": head.fact_id}
        with contextlib.suppress(Unavailable):
            async with self._units.transaction(TenantId(head.tenant_id)) as uow:
                if last:
                    said = f"{type(error).__name__}: {error}"[:2000]
                    await uow.run(_BURY, given | {"error": said, "at": now})
                else:
                    await uow.run(_POSTPONE, given | {"due": now + _wait(head.attempts)})


def _wait(attempts: int) -> timedelta:
    return timedelta(seconds=BACK_OFF_S[min(attempts, len(BACK_OFF_S) - 1)])


async def _put_off(units: PostgresUnits, head: Any, due: datetime) -> None:
    """As the subscriber asked; the rows of a key wait for the first of them."""
    given = {"group": head.subscriber, "fact": head.fact_id, "due": due}
    with contextlib.suppress(Unavailable):
        async with units.transaction(TenantId(head.tenant_id)) as uow:
            await uow.run(_PUT_OFF, given)
