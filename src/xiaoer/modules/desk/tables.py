"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, Table, Text, Uuid, text

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

presence = Table(
    "desk_presence",
    metadata,
    tenant_column(),
    Column("member_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("seen_at", _at, nullable=False),
    Column("unit_path", Text, nullable=False),
)
macro = Table(
    "desk_macro",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("shortcut", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner_id", Uuid),
    Column("unit_path", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index(
        "desk_macro_shortcut",
        "tenant_id",
        "unit_path",
        "owner_id",
        "shortcut",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)
