"""Places, goods and what is on: what customers ask about."""

from xiaoer.modules.catalog import contracts, errors
from xiaoer.modules.catalog.rules import hours_on, open_now, product_card, store_card
from xiaoer.modules.catalog.rules.asking import answer
from xiaoer.modules.catalog.rules.rows import key_in, read_rows, together
from xiaoer.modules.catalog.service import (
    active_promotions,
    brands,
    counters,
    find_products,
    find_store,
    find_stores,
    load,
    offers,
    page,
    product,
    products,
    store,
    stores,
    tag,
)

__all__ = [
    "active_promotions",
    "answer",
    "brands",
    "contracts",
    "counters",
    "errors",
    "find_products",
    "find_store",
    "find_stores",
    "hours_on",
    "key_in",
    "load",
    "offers",
    "open_now",
    "page",
    "product",
    "product_card",
    "products",
    "read_rows",
    "store",
    "store_card",
    "stores",
    "tag",
    "together",
]
