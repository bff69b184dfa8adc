"""Orders and their parcels."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE orders_order (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            version BIGINT DEFAULT '1' NOT NULL,
            number TEXT NOT NULL,
            customer_id UUID,
            unit_path TEXT DEFAULT '/' NOT NULL,
            fulfilment TEXT DEFAULT 'delivery' NOT NULL,
            status TEXT NOT NULL,
            placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
            items JSONB NOT NULL,
            goods_minor BIGINT DEFAULT '0' NOT NULL,
            discount_minor BIGINT DEFAULT '0' NOT NULL,
            shipping_minor BIGINT DEFAULT '0' NOT NULL,
            total_minor BIGINT NOT NULL,
            currency TEXT DEFAULT 'CNY' NOT NULL,
            recipient TEXT DEFAULT '' NOT NULL,
            phone TEXT DEFAULT '' NOT NULL,
            phone_last4 TEXT DEFAULT '' NOT NULL,
            address JSONB DEFAULT '{}'::jsonb NOT NULL,
            payments JSONB DEFAULT '[]'::jsonb NOT NULL,
            returned JSONB,
            extra JSONB DEFAULT '{}'::jsonb NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE INDEX orders_order_customer ON orders_order (tenant_id, customer_id, placed_at)"
    )
    op.execute(
        "CREATE UNIQUE INDEX orders_order_number ON orders_order (tenant_id, number)"
    )
    op.execute(
        "CREATE INDEX orders_order_placed ON orders_order (tenant_id, placed_at, id)"
    )
    op.execute("""
        CREATE TABLE orders_parcel (
            tenant_id UUID NOT NULL,
            order_id UUID NOT NULL,
            place SMALLINT NOT NULL,
            number TEXT NOT NULL,
            carrier TEXT DEFAULT '' NOT NULL,
            status TEXT NOT NULL,
            items JSONB DEFAULT '[]'::jsonb NOT NULL,
            shipped_at TIMESTAMP WITH TIME ZONE,
            eta TIMESTAMP WITH TIME ZONE,
            delivered_at TIMESTAMP WITH TIME ZONE,
            events JSONB DEFAULT '[]'::jsonb NOT NULL,
            extra JSONB DEFAULT '{}'::jsonb NOT NULL,
            PRIMARY KEY (tenant_id, order_id, place)
        )
    """)
    op.execute(
        "CREATE INDEX orders_parcel_number ON orders_parcel (tenant_id, number)"
    )
    protect(
        op,
        "orders_order",
        "orders_parcel",
    )
