"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

order = Table(
    "orders_order", metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("number", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("unit_path", Text, nullable=False, server_default="/"),
    Column("fulfilment", Text, nullable=False, server_default="delivery"),
    Column("status", Text, nullable=False),
    Column("placed_at", _at, nullable=False),
    Column("updated_at", _at, nullable=False),
    Column("items", JSONB, nullable=False),
    Column("goods_minor", BigInteger, nullable=False, server_default="0"),
    Column("discount_minor", BigInteger, nullable=False, server_default="0"),
    Column("shipping_minor", BigInteger, nullable=False, server_default="0"),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False, server_default="CNY"),
    Column("recipient", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("phone_last4", Text, nullable=False, server_default=""),
    Column("address", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("payments", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("returned", JSONB),
    Column("extra", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("changes", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Index("orders_order_number", "tenant_id", "number", unique=True),
    Index("orders_order_customer", "tenant_id", "customer_id", "placed_at"),
    Index("orders_order_placed", "tenant_id", "placed_at", "id"),
)
parcel = Table(
    "orders_parcel", metadata,
    tenant_column(),
    Column("order_id", Uuid, primary_key=True),
    Column("place", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("carrier", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("items", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("shipped_at", _at),
    Column("eta", _at),
    Column("delivered_at", _at),
    Column("events", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("extra", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("orders_parcel_number", "tenant_id", "number"),
)
