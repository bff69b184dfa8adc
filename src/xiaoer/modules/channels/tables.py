"""The room's tables. ``channels_route`` is a registry: it leads from a public key to a tenant."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

route = Table(
    "channels_route",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tenant", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
)
account = Table(
    "channels_account",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit_path", Text, nullable=False, server_default="/"),
    Column("allowed_origins", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("admits_apps", Boolean, nullable=False, server_default=text("false")),
    Column("greetings", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("hours", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("hours_text", Text, nullable=False, server_default=""),
    Column("callback_url", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("secrets", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", _at, nullable=False),
    Index("channels_account_key", "tenant_id", "key", unique=True),
)
visitor = Table(
    "channels_visitor",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("external_id", Text),
    Column("customer_id", Uuid),
    Column("proven", Boolean, nullable=False, server_default=text("false")),
    Column("name", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default="shopper"),
    Column("created_at", _at, nullable=False),
    Index("channels_visitor_customer", "tenant_id", "customer_id"),
)
session = Table(
    "channels_session",
    metadata,
    tenant_column(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("visitor_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("locale", Text, nullable=False),
    Column("unit_path", Text, nullable=False),
    Column("page", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("created_at", _at, nullable=False),
    Column("expires_at", _at, nullable=False),
    Index("channels_session_visitor", "tenant_id", "visitor_id"),
    Index("channels_session_expiry", "tenant_id", "expires_at"),
)
proof_try = Table(
    "channels_proof_try",
    metadata,
    tenant_column(),
    Column("subject", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", _at, nullable=False),
)
code = Table(
    "channels_code",
    metadata,
    tenant_column(),
    Column("visitor_id", Uuid, primary_key=True),
    Column("address", Text, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("expires_at", _at, nullable=False),
)
upload = Table(
    "channels_upload",
    metadata,
    tenant_column(),
    Column("blob", Text, primary_key=True),
    Column("owner_id", Uuid, primary_key=True),
    Column("owner_kind", Text, nullable=False),
    Column("account_id", Uuid),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("at", _at, nullable=False),
)
outgoing = Table(
    "channels_outgoing",
    metadata,
    tenant_column(),
    Column("message_id", Uuid, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    Column("conversation_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("external_id", Text),
    Column("sent_at", _at),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("tried_at", _at),
    Column("due_at", _at),
    Column("failed_at", _at),
    Column("reason", Text, nullable=False, server_default=""),
    Index("channels_outgoing_place", "tenant_id", "conversation_id", "seq", unique=True),
    Index("channels_outgoing_external", "tenant_id", "account_id", "external_id"),
    Index("channels_outgoing_sent", "tenant_id", "account_id", "sent_at"),
    Index(
        "channels_outgoing_unsent",
        "tenant_id",
        "account_id",
        "tried_at",
        postgresql_where=text("sent_at IS NULL"),
    ),
)
