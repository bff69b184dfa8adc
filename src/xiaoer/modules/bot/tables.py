"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from xiaoer.kit.schema import metadata, tenant_column

dialogue = Table(
    "bot_dialogue", metadata,
    tenant_column(),
    Column("conversation_id", Uuid, primary_key=True),
    Column("state", JSONB, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)  # fmt: skip
