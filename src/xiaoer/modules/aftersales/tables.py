"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

proposal = Table(
    "aftersales_proposal", metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("wish", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_at", _at, nullable=False),
    Column("expires_at", _at, nullable=False),
    Column("settled_at", _at),
    Index("aftersales_proposal_open", "tenant_id", "customer_id", "order_number",
          postgresql_where=text("state = 'open'")),
)  # fmt: skip
case = Table(
    "aftersales_case", metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("items", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("amount_minor", BigInteger, nullable=False, server_default="0"),
    Column("currency", Text, nullable=False, server_default="CNY"),
    Column("method", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("opened_at", _at, nullable=False),
    Index("aftersales_case_proposal", "tenant_id", "proposal_id", unique=True),
    Index("aftersales_case_customer", "tenant_id", "customer_id", "opened_at"),
)
audit = Table(
    "aftersales_audit", metadata,
    tenant_column(),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", _at, nullable=False),
    Column("actor", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("order_number", Text, nullable=False, server_default=""),
    Column("verb", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("proposal_id", Uuid),
    Column("details", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("aftersales_audit_of", "tenant_id", "customer_id", "id"),
)
terms = Table(
    "aftersales_terms", metadata,
    tenant_column(),
    Column("numbers", JSONB, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", _at, nullable=False),
    Column("changed_by", Text, nullable=False),
)
