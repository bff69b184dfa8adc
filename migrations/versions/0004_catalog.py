"""Brands, stores, counters, products and promotions."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE catalog_brand (
            tenant_id UUID NOT NULL,
            code TEXT NOT NULL,
            name TEXT NOT NULL,
            latin TEXT DEFAULT '' NOT NULL,
            category TEXT DEFAULT '' NOT NULL,
            tier SMALLINT DEFAULT '2' NOT NULL,
            PRIMARY KEY (tenant_id, code)
        )
    """)
    op.execute("""
        CREATE TABLE catalog_counter (
            tenant_id UUID NOT NULL,
            brand TEXT NOT NULL,
            store TEXT NOT NULL,
            unit_path TEXT NOT NULL,
            floor TEXT NOT NULL,
            spot TEXT DEFAULT '' NOT NULL,
            phone TEXT DEFAULT '' NOT NULL,
            PRIMARY KEY (tenant_id, brand, store)
        )
    """)
    op.execute("""
        CREATE TABLE catalog_product (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            code TEXT NOT NULL,
            unit_path TEXT DEFAULT '/' NOT NULL,
            title TEXT NOT NULL,
            brand TEXT DEFAULT '' NOT NULL,
            category TEXT DEFAULT '' NOT NULL,
            line TEXT DEFAULT '' NOT NULL,
            line_name TEXT DEFAULT '' NOT NULL,
            description TEXT DEFAULT '' NOT NULL,
            facts JSONB DEFAULT '{}'::jsonb NOT NULL,
            picture TEXT DEFAULT '' NOT NULL,
            url TEXT DEFAULT '' NOT NULL,
            price_minor BIGINT NOT NULL,
            extra JSONB DEFAULT '{}'::jsonb NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
            words TSVECTOR,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE INDEX catalog_product_category ON catalog_product (tenant_id, category, brand)"
    )
    op.execute(
        "CREATE UNIQUE INDEX catalog_product_code ON catalog_product (tenant_id, code)"
    )
    op.execute(
        "CREATE INDEX catalog_product_words ON catalog_product USING gin (words)"
    )
    op.execute("""
        CREATE TABLE catalog_promotion (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            code TEXT NOT NULL,
            title TEXT NOT NULL,
            en TEXT DEFAULT '' NOT NULL,
            kind TEXT DEFAULT 'other' NOT NULL,
            places TEXT[] DEFAULT '{}'::text[] NOT NULL,
            categories TEXT[] DEFAULT '{}'::text[] NOT NULL,
            brand TEXT DEFAULT '' NOT NULL,
            starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
            rule TEXT DEFAULT '' NOT NULL,
            threshold BIGINT,
            "off" BIGINT,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX catalog_promotion_code ON catalog_promotion (tenant_id, code)"
    )
    op.execute(
        "CREATE INDEX catalog_promotion_on ON catalog_promotion (tenant_id, ends_at)"
    )
    op.execute("""
        CREATE TABLE catalog_store (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            code TEXT NOT NULL,
            unit_path TEXT NOT NULL,
            name TEXT NOT NULL,
            short TEXT DEFAULT '' NOT NULL,
            en TEXT DEFAULT '' NOT NULL,
            format TEXT DEFAULT '' NOT NULL,
            city TEXT DEFAULT '' NOT NULL,
            district TEXT DEFAULT '' NOT NULL,
            address TEXT DEFAULT '' NOT NULL,
            metro TEXT DEFAULT '' NOT NULL,
            phone TEXT DEFAULT '' NOT NULL,
            floors JSONB DEFAULT '[]'::jsonb NOT NULL,
            hours JSONB DEFAULT '{}'::jsonb NOT NULL,
            hours_text TEXT DEFAULT '' NOT NULL,
            desk TEXT DEFAULT '' NOT NULL,
            parking JSONB DEFAULT '{}'::jsonb NOT NULL,
            facilities JSONB DEFAULT '[]'::jsonb NOT NULL,
            map_x SMALLINT DEFAULT '0' NOT NULL,
            map_y SMALLINT DEFAULT '0' NOT NULL,
            latitude DOUBLE PRECISION,
            longitude DOUBLE PRECISION,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX catalog_store_code ON catalog_store (tenant_id, code)"
    )
    op.execute(
        "CREATE INDEX catalog_store_path ON catalog_store (tenant_id, unit_path)"
    )
    op.execute("""
        CREATE TABLE catalog_variant (
            tenant_id UUID NOT NULL,
            sku TEXT NOT NULL,
            product_id UUID NOT NULL,
            place SMALLINT NOT NULL,
            label TEXT DEFAULT '' NOT NULL,
            options JSONB DEFAULT '{}'::jsonb NOT NULL,
            price_minor BIGINT NOT NULL,
            currency TEXT NOT NULL,
            available BOOLEAN DEFAULT true NOT NULL,
            extra JSONB DEFAULT '{}'::jsonb NOT NULL,
            PRIMARY KEY (tenant_id, sku)
        )
    """)
    op.execute(
        "CREATE INDEX catalog_variant_of ON catalog_variant (tenant_id, product_id, place)"
    )
    protect(
        op,
        "catalog_brand",
        "catalog_counter",
        "catalog_product",
        "catalog_promotion",
        "catalog_store",
        "catalog_variant",
    )
