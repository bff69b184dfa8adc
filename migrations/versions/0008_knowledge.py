"""Entries, versions, vectors."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE knowledge_entry (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            kb_id TEXT NOT NULL,
            question TEXT NOT NULL,
            answer TEXT NOT NULL,
            similar_texts TEXT[] NOT NULL,
            category TEXT DEFAULT '' NOT NULL,
            scope_path TEXT DEFAULT '/' NOT NULL,
            lang TEXT DEFAULT 'zh' NOT NULL,
            valid_from DATE,
            valid_to DATE,
            kind TEXT DEFAULT 'faq' NOT NULL,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            live_version INTEGER,
            updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
            updated_by TEXT NOT NULL,
            words TSVECTOR,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX knowledge_entry_kb_id ON knowledge_entry (tenant_id, kb_id)"
    )
    op.execute(
        "CREATE INDEX knowledge_entry_recent ON knowledge_entry (tenant_id, updated_at, id)"
    )
    op.execute(
        "CREATE INDEX knowledge_entry_words ON knowledge_entry USING gin (words)"
    )
    op.execute("""
        CREATE TABLE knowledge_revision (
            tenant_id UUID NOT NULL,
            revision BIGINT DEFAULT 0 NOT NULL,
            PRIMARY KEY (tenant_id)
        )
    """)
    op.execute("""
        CREATE TABLE knowledge_vector (
            tenant_id UUID NOT NULL,
            model_id TEXT NOT NULL,
            text TEXT NOT NULL,
            vector BYTEA NOT NULL,
            PRIMARY KEY (tenant_id, model_id, text)
        )
    """)
    op.execute("""
        CREATE TABLE knowledge_version (
            tenant_id UUID NOT NULL,
            entry_id UUID NOT NULL,
            version INTEGER NOT NULL,
            question TEXT NOT NULL,
            answer TEXT NOT NULL,
            similar_texts TEXT[] NOT NULL,
            category TEXT DEFAULT '' NOT NULL,
            scope_path TEXT DEFAULT '/' NOT NULL,
            lang TEXT DEFAULT 'zh' NOT NULL,
            valid_from DATE,
            valid_to DATE,
            kind TEXT DEFAULT 'faq' NOT NULL,
            author TEXT NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            note TEXT DEFAULT '' NOT NULL,
            PRIMARY KEY (tenant_id, entry_id, version)
        )
    """)
    protect(
        op,
        "knowledge_entry",
        "knowledge_revision",
        "knowledge_vector",
        "knowledge_version",
    )
