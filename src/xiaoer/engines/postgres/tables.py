"""The kernel's own tables, for the check that the migrated schema is the declared one."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from xiaoer.kit.schema import metadata

_at = DateTime(timezone=True)

once = Table(
    "kernel_once",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", _at, nullable=False),
    PrimaryKeyConstraint("tenant_id", "key"),
)
outbox = Table(
    "kernel_outbox",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("told_at", _at, nullable=False),
    PrimaryKeyConstraint("told_at", "id"),
    postgresql_partition_by="RANGE (told_at)",
)
delivery = Table(
    "kernel_delivery",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("subscriber", Text, nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", _at, nullable=False),
    Column("position", BigInteger, Identity(), nullable=False),
    PrimaryKeyConstraint("subscriber", "fact_id"),
    Index("kernel_delivery_lane", "lane", "position"),
    Index("kernel_delivery_waiting", "key", postgresql_where=text("attempts > 0")),
)
dead_letter = Table(
    "kernel_dead_letter",
    metadata,
    Column("tenant_id", Uuid, nullable=False),
    Column("subscriber", Text, nullable=False),
    Column("fact_id", Uuid, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("died_at", _at, nullable=False),
    PrimaryKeyConstraint("subscriber", "fact_id"),
    Index("kernel_dead_letter_key", "subscriber", "key"),
)
lane = Table(
    "kernel_lane",
    metadata,
    Column("lane", SmallInteger, primary_key=True, autoincrement=False),
    Column("holder", Text),
    Column("token", BigInteger, nullable=False, server_default="0"),
    Column("held_until", _at, nullable=False, server_default="-infinity"),
)
worker = Table(
    "kernel_worker",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("beat_at", _at, nullable=False),
)
