"""Puts the PostgreSQL parts of one worker process together, and takes them down in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from xiaoer.engines.postgres.courier import Courier
from xiaoer.engines.postgres.database import Database
from xiaoer.engines.postgres.leases import Leases
from xiaoer.engines.postgres.outbox import Outbox
from xiaoer.engines.postgres.owed import Owed
from xiaoer.engines.postgres.unit import PostgresUnits
from xiaoer.kit.settings import Settings
from xiaoer.ports.ctx import Ports
from xiaoer.ports.house import House, Subscription


@dataclass(frozen=True, slots=True)
class Assembly:
    """A house on PostgreSQL, with the courier that serves it."""

    house: House
    courier: Courier
    database: Database
    owed: Owed

    async def dispose(self) -> None:
        """Close every connection."""
        await self.owed.close()
        await self.database.dispose()


def assemble(
    settings: Settings,
    app_url: str,
    ports: Ports,
    subscriptions: Sequence[Subscription],
    worker: str,
) -> Assembly:
    """Wire one worker; nothing is started."""
    database = Database(app_url, settings.pool_size)
    outbox = Outbox(subscriptions, ports.clock, ports.chance)
    units = PostgresUnits(database, ports, outbox)
    house = House(settings, ports, units)
    owed = Owed(app_url)
    courier = Courier(house, units, owed, subscriptions, Leases(units, worker))
    return Assembly(house, courier, database, owed)


@asynccontextmanager
async def running(assembly: Assembly) -> AsyncIterator[House]:
    """Start the bus, durable work and the courier; stop them in the opposite order."""
    ports = assembly.house.ports
    await ports.bus.start()
    try:
        await ports.durable.start()
        await assembly.courier.start()
        yield assembly.house
    finally:
        await assembly.courier.stop()
        await ports.durable.stop()
        await ports.bus.stop()
        await assembly.dispose()
