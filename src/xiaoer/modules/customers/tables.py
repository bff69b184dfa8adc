"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

customer = Table(
    "customers_customer", metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("unit_path", Text, nullable=False, server_default="/"),
    Column("name", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default="shopper"),
    Column("level", Text, nullable=False, server_default="basic"),
    Column("points", BigInteger, nullable=False, server_default="0"),
    Column("member_no", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("phone_last4", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="zh-CN"),
    Column("gender", Text, nullable=False, server_default=""),
    Column("birthday", Date),
    Column("city", Text, nullable=False, server_default=""),
    Column("address", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("company", Text, nullable=False, server_default=""),
    Column("joined_at", _at, nullable=False),
    Column("consents", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("absorbed", ARRAY(Uuid), nullable=False, server_default=text("'{}'::uuid[]")),
    Column("merged_into", Uuid),
    Column("extra", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("updated_at", _at, nullable=False),
    Column("words", TSVECTOR),
    Index("customers_customer_words", "words", postgresql_using="gin"),
    Index("customers_customer_last4", "tenant_id", "phone_last4"),
    Index("customers_customer_member", "tenant_id", "member_no"),
)
identity = Table(
    "customers_identity", metadata,
    tenant_column(),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("at", _at, nullable=False),
    Index("customers_identity_of", "tenant_id", "customer_id"),
)
consent = Table(
    "customers_consent", metadata,
    tenant_column(),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    Column("at", _at, nullable=False),
    Index("customers_consent_of", "tenant_id", "customer_id", "id"),
)
merge = Table(
    "customers_merge", metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("kept", Uuid, nullable=False),
    Column("absorbed", Uuid, nullable=False),
    Column("moved", JSONB, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at", _at, nullable=False),
    Column("undone_at", _at),
    Column("undone_by", Text),
    Index("customers_merge_kept", "tenant_id", "kept", "at"),
)
payment_method = Table(
    "customers_payment_method", metadata,
    tenant_column(),
    Column("customer_id", Uuid, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("balance_minor", BigInteger),
    Column("currency", Text, nullable=False, server_default="CNY"),
    Column("extra", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
)
audit = Table(
    "customers_audit", metadata,
    tenant_column(),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("at", _at, nullable=False),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("customers_audit_of", "tenant_id", "customer_id", "id"),
)
