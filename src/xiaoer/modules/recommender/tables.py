"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)

persona = Table(
    "recommender_persona", metadata,
    tenant_column(),
    Column("unit_path", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSONB),
    Column("changed_at", _at, nullable=False),
    Column("changed_by", Text, nullable=False),
)  # fmt: skip
wish = Table(
    "recommender_wish", metadata,
    tenant_column(),
    Column("conversation_id", Uuid, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("touched_at", _at, nullable=False),
    Index("recommender_wish_touched", "tenant_id", "touched_at"),
)  # fmt: skip
