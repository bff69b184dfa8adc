"""The room's tables. ``org_tenant`` is a registry: it belongs to no tenant."""

from __future__ import annotations

from sqlalchemy import (
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
from sqlalchemy.dialects.postgresql import ARRAY

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

tenant = Table(
    "org_tenant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", _at, nullable=False),
)
unit = Table(
    "org_unit",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("path", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    Index("org_unit_path", "tenant_id", "path", unique=True),
)
member = Table(
    "org_member",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("unit_path", Text, nullable=False),
    Column("functions", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("password_hash", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("locale", Text, nullable=False, server_default="zh-CN"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", _at, nullable=False),
    Index("org_member_login", "tenant_id", "login", unique=True),
)
session = Table(
    "org_session",
    metadata,
    tenant_column(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("created_at", _at, nullable=False),
    Column("expires_at", _at, nullable=False),
    Index("org_session_member", "tenant_id", "member_id"),
)
sign_in_try = Table(
    "org_sign_in_try",
    metadata,
    tenant_column(),
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", _at, nullable=False),
    Column("retry_at", _at),
    Index("org_sign_in_try_since", "tenant_id", "since"),
)
skill_group = Table(
    "org_skill_group",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    Index("org_skill_group_code", "tenant_id", "code", unique=True),
)
skill_member = Table(
    "org_skill_member",
    metadata,
    tenant_column(),
    Column("skill_group_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Index("org_skill_member_of", "tenant_id", "member_id"),
)
