"""The verbs: what the shop has, where, and what is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from xiaoer.kit.paging import Page
from xiaoer.kit.problem import NotFound
from xiaoer.modules.catalog import rules
from xiaoer.modules.catalog.contracts import (
    Brand,
    Catalogue,
    Counter,
    Loaded,
    Offer,
    Product,
    ProductSearch,
    Promotion,
    Shelf,
    Store,
    Tag,
)
from xiaoer.modules.catalog.errors import BadCatalogue
from xiaoer.modules.catalog.rules import selling
from xiaoer.modules.catalog.store import loading, reading, shapes
from xiaoer.ports.ctx import Ctx, Member

MANAGE = "catalog.manage"
MOST_TAGS, LONGEST_TAG = 60, 80


async def load(ctx: Ctx, catalogue: Catalogue) -> Loaded:
    """Write brands, stores, counters, products and promotions, new or instead of what we have.

    A product's variants become exactly those given. Raises :class:`BadCatalogue`.
    """
    ctx.require(MANAGE)
    new = rules.prepared(catalogue)
    rows = {
        "brands": [shapes.brand_row(one) for one in new.brands],
        "stores": [shapes.store_row(one, ctx.new_id()) for one in new.stores],
        "counters": [shapes.counter_row(one) for one in new.counters],
        "products": [
            shapes.product_row(one, ctx.new_id(), rules.words_of(one)) for one in new.products
        ],
        "promotions": [shapes.promotion_row(one, ctx.new_id()) for one in new.promotions],
    }
    written = {kind: await loading.put(ctx, kind, these) for kind, these in rows.items()}
    if new.products:
        await loading.put_variants(ctx, [p.code for p in new.products], [
            shapes.variant_row(variant, product.code, place)
            for product in new.products for place, variant in enumerate(product.variants)
        ])  # fmt: skip
    counts = {kind: count for kind, (count, _) in written.items()}
    return Loaded(**counts, created=sum(new for _, new in written.values()))


async def brands(ctx: Ctx) -> tuple[Brand, ...]:
    """All brands."""
    return await reading.brands(ctx)


async def store(ctx: Ctx, unit_path: str) -> Store | None:
    """The store that a place of the tree is or lies in; none for a format or the group."""
    return await reading.store_at(ctx, unit_path)


async def stores(ctx: Ctx, unit_path: str = "/") -> tuple[Store, ...]:
    """The stores below a place."""
    return await reading.stores(ctx, unit_path)


async def find_stores(ctx: Ctx, text: str, unit_path: str = "/") -> tuple[Store, ...]:
    """The stores that a text names: one by its name, several by their city, or none."""
    return rules.meant(await reading.stores(ctx, unit_path), text)


async def find_store(ctx: Ctx, text: str, unit_path: str = "/") -> Store | None:
    """The one store that a text names; none when it names no place or several."""
    found = await find_stores(ctx, text, unit_path)
    return found[0] if len(found) == 1 else None


async def counters(ctx: Ctx, *, store: str = "", brand: str = "") -> tuple[Counter, ...]:
    """The counters of a store (by its code), of a brand, or of both."""
    return await reading.counters(ctx, store, brand)


async def product(ctx: Ctx, code: str) -> Product:
    """A product by its code or the SKU of one of its variants."""
    found = await reading.product(ctx, code)
    if found is None:
        raise NotFound()
    return found


async def products(ctx: Ctx, *codes: str) -> tuple[Product, ...]:
    """Those of the products that exist, in the order asked."""
    found = {one.code: one for one in await reading.products(ctx, codes)}
    return tuple(found[code] for code in dict.fromkeys(codes) if code in found)


async def find_products(ctx: Ctx, text: str, limit: int = 10) -> tuple[Product, ...]:
    """Products that a text describes, best first."""
    return tuple(await reading.find(ctx, text, limit))


async def page(ctx: Ctx, search: ProductSearch) -> Page[Product]:
    """Products in the order of their codes."""
    return await reading.page(ctx, search)


async def active_promotions(
    ctx: Ctx, unit_path: str = "/", at: datetime | None = None, category: str = ""
) -> tuple[Promotion, ...]:
    """What is on at a place (also above and below it), the first to end first."""
    found = await reading.promotions(ctx, at or ctx.now(), unit_path)
    return tuple(p for p in found if not category or not p.categories or category in p.categories)


async def offers(ctx: Ctx, shelf: Shelf) -> tuple[Offer, ...]:
    """What can be had at a place within the shelf: sold there, in stock, with what is on.

    A store with counters sells their brands, a counter its own; other places sell what belongs
    to them.
    """
    counters = await reading.counters_at(ctx, shelf.unit_path)
    brands = sorted(selling.brands_at(counters, shelf.unit_path))
    found = await reading.shelf(ctx, shelf, brands)
    on = await reading.promotions(ctx, ctx.now(), shelf.unit_path)
    return selling.offered(found, shelf, counters, on)


async def tag(ctx: Ctx, said: Mapping[str, Sequence[Tag]]) -> None:
    """Make an editor's tags of products, by code, exactly these; who said each and when is kept.

    A load of the catalogue leaves them. Raises ``NotFound`` and :class:`BadCatalogue`.
    """
    ctx.require(MANAGE)
    for code, tags in said.items():
        if len(tags) > MOST_TAGS or any(not 0 < len(t.value.strip()) <= LONGEST_TAG for t in tags):
            reason = f"最多 {MOST_TAGS} 个标签，每个 1 到 {LONGEST_TAG} 字"
            raise BadCatalogue(thing=code, reason=reason)
    known = {one.code: one for one in await reading.products(ctx, list(said))}
    if len(known) < len(said):
        raise NotFound()
    by = ctx.actor.name if isinstance(ctx.actor, Member) else "system"
    rows = []
    for code, tags in said.items():
        before = {(t.kind, t.value): t for t in known[code].tags}
        told = [before.get((t.kind, t.value.strip()))
                or replace(t, value=t.value.strip(), by=by, at=ctx.now()) for t in tags]
        rows.append({"code": code, "tags": [shapes.tag_json(t) for t in dict.fromkeys(told)]})
    await loading.put_tags(ctx, rows)
