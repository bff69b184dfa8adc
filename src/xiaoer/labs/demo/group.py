"""和光百货集团, built whole from a seed and a moment: the same two give the same group.

Everything small is a tuple; customers and orders are iterators, each call starting afresh, so
that a seeder can stream them into COPY without holding 60,000 orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from xiaoer.labs.demo import goods, people, places, sales
from xiaoer.labs.demo.journeys import Shelf
from xiaoer.labs.demo.shapes import (
    Brand,
    Counter,
    Customer,
    Order,
    Product,
    Promotion,
    SkillGroup,
    Staff,
    Store,
    Unit,
)
from xiaoer.labs.demo.words import read_json

SEED = 20_260_101
CUSTOMERS = 20_000
ORDERS = 60_000


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """The invented group; `customers()` and `orders()` may be called any number of times."""

    seed: int
    now: datetime
    slug: str
    name: str
    units: tuple[Unit, ...]
    stores: tuple[Store, ...]
    brands: tuple[Brand, ...]
    counters: tuple[Counter, ...]
    products: tuple[Product, ...]
    promotions: tuple[Promotion, ...]
    skill_groups: tuple[SkillGroup, ...]
    staff: tuple[Staff, ...]
    customer_count: int = field(default=CUSTOMERS)
    order_count: int = field(default=ORDERS)

    def customers(self) -> Iterator[Customer]:
        return people.customers(self.seed, self.now, self.customer_count)

    def orders(self) -> Iterator[Order]:
        """Oldest first; needs every customer at hand, and keeps them while it runs."""
        rng = Random(f"{self.seed}/shelf")  # noqa: S311 - reproducible demo material
        shelf = Shelf(rng, self.products, self.stores, self.counters)
        buyers = tuple(self.customers())
        return sales.orders(self.seed, self.now, self.order_count, buyers, shelf)


def build_group(
    seed: int,
    now: datetime,
    *,
    customers: int = CUSTOMERS,
    orders: int = ORDERS,
) -> DemoGroup:
    """Build the group as it stands at `now` (aware); fewer customers and orders make it quick."""
    if now.tzinfo is None:
        raise ValueError("the demo group needs an aware moment to stand at")
    book = read_json("group.json")["group"]
    brands = places.brands()
    return DemoGroup(
        seed=seed,
        now=now.replace(microsecond=0),
        slug=book["slug"],
        name=book["name"],
        units=places.units(),
        stores=places.stores(),
        brands=brands,
        counters=places.counters(),
        products=goods.products(seed, brands),
        promotions=goods.promotions(now, brands),
        skill_groups=places.skill_groups(),
        staff=places.staff(),
        customer_count=customers,
        order_count=orders,
    )
