"""What `xiaoer demo` calls: plant the group before serving, and play its customers after."""

from __future__ import annotations

from xiaoer.labs.demo import bar, seed
from xiaoer.ports.house import House


async def plant(house: House) -> None:
    """Seed the demo group with a progress bar; at once when it is planted already."""
    await bar.show(seed.plant(house))
