"""``xiaoer`` as it is, but for the size of the group that ``xiaoer demo`` plants."""

from __future__ import annotations

from dataclasses import replace

from xiaoer.edge.cli.app import build_cli
from xiaoer.labs.demo import seed
from xiaoer.main import WIRING
from xiaoer.ports.house import House

CUSTOMERS = 400
ORDERS = 1_200


async def plant(house: House) -> None:
    """The whole organisation, catalogue and knowledge, with few customers and orders."""
    async for _progress in seed.plant(house, customer_count=CUSTOMERS, order_count=ORDERS):
        pass


if __name__ == "__main__":
    build_cli(replace(WIRING, plant="tests.journeys.small_demo:plant"))()
