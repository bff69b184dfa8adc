"""Labelled questions, and every position of the dial that was set from them."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0015"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE knowledge_label (
            tenant_id UUID NOT NULL,
            source TEXT NOT NULL,
            question TEXT NOT NULL,
            unit_path TEXT NOT NULL,
            locale TEXT NOT NULL,
            verdict TEXT NOT NULL,
            confidence FLOAT NOT NULL,
            entry_id UUID,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            by TEXT NOT NULL,
            PRIMARY KEY (tenant_id, source, question, unit_path, locale)
        )
    """)
    op.execute("CREATE INDEX knowledge_label_recent ON knowledge_label (tenant_id, at)")
    op.execute("""
        CREATE TABLE knowledge_dial (
            tenant_id UUID NOT NULL,
            number INTEGER NOT NULL,
            answer_from FLOAT NOT NULL,
            suggest_from FLOAT NOT NULL,
            promise FLOAT,
            bound FLOAT,
            coverage FLOAT,
            rows INTEGER NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            by TEXT NOT NULL,
            undoes INTEGER,
            PRIMARY KEY (tenant_id, number)
        )
    """)
    protect(op, "knowledge_label", "knowledge_dial")
