"""What can be had at a place: in stock, sold there, at which price, with what is on."""

from __future__ import annotations

from collections.abc import Sequence

from xiaoer.modules.catalog.contracts import (
    Counter,
    Offer,
    Product,
    Promotion,
    PromotionKind,
    Shelf,
)
from xiaoer.modules.catalog.rules.traits import traits_of


def brands_at(counters: Sequence[Counter], unit_path: str) -> frozenset[str]:
    """The brands that stand at a place: all counters of a store, or the one counter itself."""
    own = [c for c in counters if unit_path.startswith(c.unit_path)]
    return frozenset(c.brand for c in own or counters)


def offered(
    products: Sequence[Product], shelf: Shelf, counters: Sequence[Counter],
    promotions: Sequence[Promotion],
) -> tuple[Offer, ...]:
    """The products with what of them is in stock within the prices, where, and what is on.

    With ``counters`` (those of a store) only their brands are sold there; what has no variant left
    is no offer.
    """
    brands = brands_at(counters, shelf.unit_path)
    spots = {c.brand: c.spot or c.floor for c in counters}
    here = (shelf.unit_path, *(c.unit_path for c in counters))
    on = [p for p in promotions
          if any(place.startswith(where) for place in here for where in p.places)]
    found = []
    for product in products:
        if not _is_sold(product, shelf.unit_path) or (counters and product.brand not in brands):
            continue
        stock = tuple(v for v in product.variants if v.available
                      and (shelf.price_from is None or v.price.minor >= shelf.price_from)
                      and (shelf.price_to is None or v.price.minor <= shelf.price_to))
        if stock:
            found.append(Offer(product, traits_of(product), stock, spots.get(product.brand, ""),
                               _promotion(product, on)))
    return tuple(found)


def _is_sold(product: Product, unit_path: str) -> bool:
    """What belongs to a place is sold there and below it."""
    return unit_path.startswith(product.unit_path)


def _promotion(product: Product, on: Sequence[Promotion]) -> str:
    """The first to end of the reductions that hold for all goods of its category or brand.

    What hangs on a condition of another kind (an hour, a trade-in, a member's day) is not said.
    """
    return next((
        p.rule or p.title for p in on
        if p.kind == PromotionKind.FULL_REDUCTION
        and (not p.categories or product.category in p.categories)
        and (not p.brand or p.brand == product.brand)
    ), "")
