"""What `xiaoer demo` calls: plant the group before serving, and play its customers after."""

from __future__ import annotations

import asyncio
from random import SystemRandom

from xiaoer.labs.demo import bar, crowd, seed
from xiaoer.ports.house import House


async def plant(house: House) -> None:
    """Seed the demo group with a progress bar; at once when it is planted already."""
    await bar.show(seed.plant(house))


def traffic(address: str, rate: str) -> None:
    """Play customers at `rate` messages a minute until ended; each run writes other things."""
    asyncio.run(crowd.play(address, float(rate), SystemRandom()))
