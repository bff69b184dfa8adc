"""The room's tables; no other room reads them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from xiaoer.kit.schema import metadata, tenant_column

_at = DateTime(timezone=True)


def _content() -> list[Column[object]]:
    return [
        Column("question", Text, nullable=False),
        Column("answer", Text, nullable=False),
        Column("similar_texts", ARRAY(Text), nullable=False),
        Column("category", Text, nullable=False, server_default=""),
        Column("scope_path", Text, nullable=False, server_default="/"),
        Column("lang", Text, nullable=False, server_default="zh"),
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("kind", Text, nullable=False, server_default="faq"),
    ]


entry = Table(
    "knowledge_entry",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("kb_id", Text, nullable=False),
    *_content(),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("live_version", Integer),
    Column("updated_at", _at, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("words", TSVECTOR),
    Index("knowledge_entry_kb_id", "tenant_id", "kb_id", unique=True),
    Index("knowledge_entry_recent", "tenant_id", "updated_at", "id"),
    Index("knowledge_entry_words", "words", postgresql_using="gin"),
)
version = Table(
    "knowledge_version",
    metadata,
    tenant_column(),
    Column("entry_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    *_content(),
    Column("author", Text, nullable=False),
    Column("at", _at, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)
vector = Table(
    "knowledge_vector",
    metadata,
    tenant_column(),
    Column("model_id", Text, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
revision = Table(
    "knowledge_revision",
    metadata,
    tenant_column(),
    Column("revision", BigInteger, nullable=False, server_default=text("0")),
)
label = Table(
    "knowledge_label",
    metadata,
    tenant_column(),
    Column("source", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("unit_path", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("entry_id", Uuid),
    Column("at", _at, nullable=False),
    Column("by", Text, nullable=False),
    Index("knowledge_label_recent", "tenant_id", "at"),
)
dial = Table(
    "knowledge_dial",
    metadata,
    tenant_column(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("answer_from", Float, nullable=False),
    Column("suggest_from", Float, nullable=False),
    Column("promise", Float),
    Column("bound", Float),
    Column("coverage", Float),
    Column("rows", Integer, nullable=False),
    Column("at", _at, nullable=False),
    Column("by", Text, nullable=False),
    Column("undoes", Integer),
)
gap = Table(
    "knowledge_gap",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("question", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("entry_id", Uuid),
    Column("version", Integer, nullable=False),
    Column("newest_at", _at, nullable=False),
    Column("changed_at", _at, nullable=False),
    Column("changed_by", Text, nullable=False),
    Index("knowledge_gap_recent", "tenant_id", "newest_at", "id"),
)
miss = Table(
    "knowledge_miss",
    metadata,
    tenant_column(),
    Column("conversation_id", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("gap_id", Uuid, nullable=False),
    Column("question", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("customer_key", Uuid),
    Column("unit_path", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("confidence", Float),
    Column("at", _at, nullable=False),
    Index("knowledge_miss_of", "tenant_id", "gap_id", "at"),
    Index("knowledge_miss_recent", "tenant_id", "at"),
)
study = Table(
    "knowledge_study",
    metadata,
    tenant_column(),
    Column("heard_until", BigInteger, nullable=False),
)
replay = Table(
    "knowledge_replay",
    metadata,
    tenant_column(),
    Column("id", Uuid, primary_key=True),
    Column("entry_id", Uuid, nullable=False),
    Column("digest", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("better", Integer, nullable=False),
    Column("worse", Integer, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("at", _at, nullable=False),
    Column("by", Text, nullable=False),
    Column("overridden_at", _at),
    Column("overridden_by", Text),
    Column("reason", Text),
    Index("knowledge_replay_of", "tenant_id", "entry_id", "at"),
)
