"""Writing many things of the catalogue in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xiaoer.kit.storable import storable
from xiaoer.ports.ctx import Ctx

_BRANDS = """
INSERT INTO catalog_brand (tenant_id, code, name, latin, category, tier)
SELECT %(tenant)s, code, name, latin, category, tier
FROM json_to_recordset(%(rows)s::json)
  AS r(code text, name text, latin text, category text, tier smallint)
ON CONFLICT (tenant_id, code) DO UPDATE SET name = excluded.name, latin = excluded.latin,
  category = excluded.category, tier = excluded.tier
"""
_COUNTERS = """
INSERT INTO catalog_counter (tenant_id, brand, store, unit_path, floor, spot, phone)
SELECT %(tenant)s, brand, store, unit_path, floor, spot, phone
FROM json_to_recordset(%(rows)s::json)
  AS r(brand text, store text, unit_path text, floor text, spot text, phone text)
ON CONFLICT (tenant_id, brand, store) DO UPDATE SET unit_path = excluded.unit_path,
  floor = excluded.floor, spot = excluded.spot, phone = excluded.phone
"""
_STORES = """
INSERT INTO catalog_store (tenant_id, id, code, unit_path, name, short, en, format, city,
  district, address, metro, phone, floors, hours, hours_text, desk, parking, facilities, map_x,
  map_y, latitude, longitude, pickup)
SELECT %(tenant)s, id, code, unit_path, name, short, en, format, city, district, address, metro,
  phone, floors, hours, hours_text, desk, parking, facilities, map_x, map_y, latitude, longitude,
  pickup
FROM json_to_recordset(%(rows)s::json) AS r(id uuid, code text, unit_path text, name text,
  short text, en text, format text, city text, district text, address text, metro text,
  phone text, floors jsonb, hours jsonb, hours_text text, desk text, parking jsonb,
  facilities jsonb, map_x smallint, map_y smallint, latitude float8, longitude float8,
  pickup boolean)
ON CONFLICT (tenant_id, code) DO UPDATE SET unit_path = excluded.unit_path,
  name = excluded.name, short = excluded.short, en = excluded.en, format = excluded.format,
  city = excluded.city, district = excluded.district, address = excluded.address,
  metro = excluded.metro, phone = excluded.phone, floors = excluded.floors,
  hours = excluded.hours, hours_text = excluded.hours_text, desk = excluded.desk,
  parking = excluded.parking, facilities = excluded.facilities, map_x = excluded.map_x,
  map_y = excluded.map_y, latitude = excluded.latitude, longitude = excluded.longitude,
  pickup = excluded.pickup
"""
_PRODUCTS = """
INSERT INTO catalog_product (tenant_id, id, code, unit_path, title, brand, category, line,
  line_name, description, facts, picture, url, price_minor, extra, updated_at, words)
SELECT %(tenant)s, id, code, unit_path, title, brand, category, line, line_name, description,
  facts, picture, url, price_minor, extra, %(at)s,
  array_to_tsvector(string_to_array(words, ' '))
FROM json_to_recordset(%(rows)s::json) AS r(id uuid, code text, unit_path text, title text,
  brand text, category text, line text, line_name text, description text, facts jsonb,
  picture text, url text, price_minor bigint, extra jsonb, words text)
ORDER BY code
ON CONFLICT (tenant_id, code) DO UPDATE SET unit_path = excluded.unit_path,
  title = excluded.title, brand = excluded.brand, category = excluded.category,
  line = excluded.line, line_name = excluded.line_name, description = excluded.description,
  facts = excluded.facts, picture = excluded.picture, url = excluded.url,
  price_minor = excluded.price_minor, extra = excluded.extra, updated_at = excluded.updated_at,
  words = excluded.words
"""
_GONE = """
DELETE FROM catalog_variant v USING catalog_product p
WHERE v.tenant_id = %(tenant)s AND p.tenant_id = %(tenant)s AND v.product_id = p.id
  AND p.code = ANY(%(codes)s::text[]) AND NOT v.sku = ANY(%(skus)s::text[])
"""
_VARIANTS = """
INSERT INTO catalog_variant (tenant_id, sku, product_id, place, label, options, price_minor,
  currency, available, extra)
SELECT %(tenant)s, r.sku, p.id, r.place, r.label, r.options, r.price_minor, r.currency,
  r.available, r.extra
FROM json_to_recordset(%(rows)s::json) AS r(code text, place smallint, sku text, label text,
  options jsonb, price_minor bigint, currency text, available boolean, extra jsonb)
JOIN catalog_product p ON p.tenant_id = %(tenant)s AND p.code = r.code
ON CONFLICT (tenant_id, sku) DO UPDATE SET product_id = excluded.product_id,
  place = excluded.place, label = excluded.label, options = excluded.options,
  price_minor = excluded.price_minor, currency = excluded.currency,
  available = excluded.available, extra = excluded.extra
"""
_PROMOTIONS = """
INSERT INTO catalog_promotion (tenant_id, id, code, title, en, kind, places, categories, brand,
  starts_at, ends_at, rule, threshold, off)
SELECT %(tenant)s, id, code, title, en, kind, places, categories, brand, starts_at, ends_at,
  rule, threshold, off
FROM json_to_recordset(%(rows)s::json) AS r(id uuid, code text, title text, en text, kind text,
  places text[], categories text[], brand text, starts_at timestamptz, ends_at timestamptz,
  rule text, threshold bigint, off bigint)
ON CONFLICT (tenant_id, code) DO UPDATE SET title = excluded.title, en = excluded.en,
  kind = excluded.kind, places = excluded.places, categories = excluded.categories,
  brand = excluded.brand, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
  rule = excluded.rule, threshold = excluded.threshold, off = excluded.off
"""
_TAGS = """
UPDATE catalog_product p SET tags = r.tags
FROM json_to_recordset(%(rows)s::json) AS r(code text, tags jsonb)
WHERE p.tenant_id = %(tenant)s AND p.code = r.code
"""
_STATEMENTS = {
    "brands": _BRANDS, "counters": _COUNTERS, "stores": _STORES, "products": _PRODUCTS,
    "variants": _VARIANTS, "promotions": _PROMOTIONS,
}

Rows = Sequence[Mapping[str, Any]]


async def put(ctx: Ctx, kind: str, rows: Rows) -> tuple[int, int]:
    """Write rows of one kind, new or instead of those with the same code; how many, how many
    of them new."""
    if not rows:
        return 0, 0
    given = {"tenant": ctx.scope.tenant, "at": ctx.now(), "rows": storable(rows)}
    # A row that an upsert has just inserted, and nobody has touched, has no xmax.
    statement = f"{_STATEMENTS[kind]} RETURNING (xmax = 0) AS is_new"
    written = await ctx.uow.rows(statement, given)
    return len(written), sum(row.is_new for row in written)


async def put_variants(ctx: Ctx, codes: Sequence[str], rows: Rows) -> None:
    """Make the variants of products exactly these."""
    given = {"tenant": ctx.scope.tenant, "codes": list(codes),
             "skus": [row["sku"] for row in rows]}
    await ctx.uow.run(_GONE, given)
    await put(ctx, "variants", rows)


async def put_tags(ctx: Ctx, rows: Rows) -> None:
    """Make products' tags exactly these: ``code`` and ``tags`` of each."""
    await ctx.uow.run(_TAGS, {"tenant": ctx.scope.tenant, "rows": storable(rows)})
