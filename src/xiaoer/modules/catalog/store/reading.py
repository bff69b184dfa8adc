"""Looking things of the catalogue up. What is on sale is no secret inside a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.kit.paging import Page, decode_cursor, encode_cursor
from xiaoer.kit.text import search_query
from xiaoer.modules.catalog.contracts import (
    Brand,
    Counter,
    Product,
    ProductSearch,
    Promotion,
    Shelf,
    Store,
    Variant,
)
from xiaoer.modules.catalog.store import shapes
from xiaoer.ports.ctx import Ctx

_BRANDS = "SELECT * FROM catalog_brand WHERE tenant_id = %(tenant)s ORDER BY code"
_STORES = """
SELECT * FROM catalog_store WHERE tenant_id = %(tenant)s
  AND (starts_with(unit_path, %(path)s) OR starts_with(%(path)s, unit_path)) ORDER BY code
"""
_STORE_AT = """
SELECT * FROM catalog_store WHERE tenant_id = %(tenant)s AND starts_with(%(path)s, unit_path)
ORDER BY length(unit_path) DESC LIMIT 1
"""
_COUNTERS = """
SELECT * FROM catalog_counter WHERE tenant_id = %(tenant)s
  AND (%(store)s = '' OR store = %(store)s) AND (%(brand)s = '' OR brand = %(brand)s)
ORDER BY store, floor, spot, brand
"""
_PROMOTIONS = """
SELECT * FROM catalog_promotion WHERE tenant_id = %(tenant)s
  AND starts_at <= %(at)s AND ends_at > %(at)s
  AND EXISTS (SELECT FROM unnest(places) AS place
              WHERE starts_with(%(path)s, place) OR starts_with(place, %(path)s))
ORDER BY ends_at, code
"""
_PRODUCT = """
SELECT p.* FROM catalog_product p
WHERE p.tenant_id = %(tenant)s AND (p.code = %(code)s OR p.id = (
  SELECT product_id FROM catalog_variant WHERE tenant_id = %(tenant)s AND sku = %(code)s))
ORDER BY p.code = %(code)s DESC LIMIT 1
"""
_PRODUCTS = """
SELECT * FROM catalog_product WHERE tenant_id = %(tenant)s AND code = ANY(%(codes)s::text[])
"""
_VARIANTS = """
SELECT * FROM catalog_variant
WHERE tenant_id = %(tenant)s AND product_id = ANY(%(ids)s::uuid[]) ORDER BY product_id, place
"""
_FIND = """
SELECT * FROM catalog_product
WHERE tenant_id = %(tenant)s AND words @@ %(query)s::tsquery
  AND (starts_with(unit_path, %(path)s) OR starts_with(%(path)s, unit_path))
ORDER BY ts_rank(words, %(query)s::tsquery) DESC, code LIMIT %(limit)s
"""
_SHELF = """
SELECT * FROM (
  SELECT p.*, row_number() OVER (PARTITION BY p.line ORDER BY md5(p.code)) AS nth
  FROM catalog_product p
  WHERE p.tenant_id = %(tenant)s AND starts_with(%(path)s, p.unit_path)
    AND (%(categories)s::text[] = '{}' OR p.category = ANY(%(categories)s::text[]))
    AND (%(lines)s::text[] = '{}' OR p.line = ANY(%(lines)s::text[]))
    AND (%(brands)s::text[] = '{}' OR p.brand = ANY(%(brands)s::text[]))
    AND (%(words)s::text[] = '{}' OR EXISTS (
      SELECT FROM unnest(%(words)s::text[]) AS word
      WHERE strpos(p.title, word) > 0 OR strpos(p.line_name, word) > 0
        OR strpos(p.tags::text, word) > 0))
    AND EXISTS (
      SELECT FROM catalog_variant v
      WHERE v.tenant_id = %(tenant)s AND v.product_id = p.id AND v.available
        AND v.price_minor >= coalesce(%(low)s::bigint, 0)
        AND (%(high)s::bigint IS NULL OR v.price_minor <= %(high)s::bigint))
) AS found WHERE nth <= %(each)s::int ORDER BY code LIMIT 1000
"""
_COUNTERS_AT = """
SELECT c.* FROM catalog_counter c JOIN catalog_store s
  ON s.tenant_id = %(tenant)s AND s.code = c.store
WHERE c.tenant_id = %(tenant)s AND starts_with(%(path)s, s.unit_path)
ORDER BY c.floor, c.spot, c.brand
"""


async def brands(ctx: Ctx) -> tuple[Brand, ...]:
    """All brands."""
    rows = await ctx.uow.rows(_BRANDS, {"tenant": ctx.scope.tenant})
    return tuple(shapes.brand(row) for row in rows)


async def stores(ctx: Ctx, path: str) -> tuple[Store, ...]:
    """The stores below a place, or the store that it lies in."""
    rows = await ctx.uow.rows(_STORES, {"tenant": ctx.scope.tenant, "path": path})
    return tuple(shapes.store(row) for row in rows)


async def store_at(ctx: Ctx, path: str) -> Store | None:
    """The store that a place is or lies in."""
    row = await ctx.uow.row(_STORE_AT, {"tenant": ctx.scope.tenant, "path": path})
    return shapes.store(row) if row else None


async def counters(ctx: Ctx, store: str, brand: str) -> tuple[Counter, ...]:
    """Counters of a store, of a brand, or both."""
    given = {"tenant": ctx.scope.tenant, "store": store, "brand": brand}
    return tuple(shapes.counter(row) for row in await ctx.uow.rows(_COUNTERS, given))


async def counters_at(ctx: Ctx, path: str) -> tuple[Counter, ...]:
    """All counters of the store that a place is or lies in."""
    rows = await ctx.uow.rows(_COUNTERS_AT, {"tenant": ctx.scope.tenant, "path": path})
    return tuple(shapes.counter(row) for row in rows)


async def shelf(ctx: Ctx, shelf: Shelf, brands: Sequence[str]) -> list[Product]:
    """Products that a place may sell, with a variant in stock within the prices."""
    rows = await ctx.uow.rows(_SHELF, {
        "tenant": ctx.scope.tenant, "path": shelf.unit_path,
        "categories": list(shelf.categories), "lines": list(shelf.lines), "brands": list(brands),
        "words": list(shelf.words), "low": shelf.price_from, "high": shelf.price_to,
        "each": shelf.each,
    })
    return await _with_variants(ctx, rows)


async def promotions(ctx: Ctx, at: datetime, path: str) -> tuple[Promotion, ...]:
    """What is on at a moment, at a place, above it or below it."""
    given = {"tenant": ctx.scope.tenant, "at": at, "path": path}
    return tuple(shapes.promotion(row) for row in await ctx.uow.rows(_PROMOTIONS, given))


async def product(ctx: Ctx, code: str) -> Product | None:
    """A product by its code or the SKU of a variant."""
    row = await ctx.uow.row(_PRODUCT, {"tenant": ctx.scope.tenant, "code": code})
    return (await _with_variants(ctx, [row]))[0] if row else None


async def products(ctx: Ctx, codes: Sequence[str]) -> list[Product]:
    """Those of the products that exist."""
    rows = await ctx.uow.rows(_PRODUCTS, {"tenant": ctx.scope.tenant, "codes": list(codes)})
    return await _with_variants(ctx, rows)


async def find(ctx: Ctx, text: str, limit: int) -> list[Product]:
    """Products in which every term of the text occurs; failing that, the most of them."""
    every = search_query(text)
    for query in dict.fromkeys((every, every.replace(" & ", " | "))):
        if query:
            rows = await ctx.uow.rows(_FIND, {"tenant": ctx.scope.tenant, "query": query,
                                              "path": ctx.scope.path, "limit": limit})
            if rows:
                return await _with_variants(ctx, rows)
    return []


async def page(ctx: Ctx, search: ProductSearch) -> Page[Product]:
    """Products in the order of their codes."""
    given: dict[str, Any] = {
        "tenant": ctx.scope.tenant, "path": ctx.scope.path, "limit": search.limit + 1,
        "category": search.category, "brand": search.brand, "from": search.price_from,
        "to": search.price_to, "query": search_query(search.text),
    }
    asked = {
        "words @@ %(query)s::tsquery": search.text, "category = %(category)s": search.category,
        "brand = %(brand)s": search.brand,
        "price_minor >= %(from)s": search.price_from is not None,
        "price_minor <= %(to)s": search.price_to is not None,
    }
    clauses = ["tenant_id = %(tenant)s",
               "(starts_with(unit_path, %(path)s) OR starts_with(%(path)s, unit_path))"]
    clauses += [clause for clause, is_asked in asked.items() if is_asked]
    if search.cursor:
        (given["after"],) = decode_cursor(search.cursor, str)
        clauses.append("code > %(after)s::text")
    rows = await ctx.uow.rows(
        f"SELECT * FROM catalog_product WHERE {' AND '.join(clauses)} "
        "ORDER BY code LIMIT %(limit)s",
        given,
    )
    items = tuple(await _with_variants(ctx, rows[: search.limit]))
    return Page(items, encode_cursor(items[-1].code) if len(rows) > search.limit else None)


async def _with_variants(ctx: Ctx, rows: Sequence[Any]) -> list[Product]:
    found: dict[UUID, list[Variant]] = {row.id: [] for row in rows}
    given = {"tenant": ctx.scope.tenant, "ids": list(found)}
    for row in await ctx.uow.rows(_VARIANTS, given) if found else ():
        found[row.product_id].append(shapes.variant(row))
    return [shapes.product(row, tuple(found[row.id])) for row in rows]
