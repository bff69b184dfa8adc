"""The numbers of a group's after-sales policy, and stores where orders can be picked up."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0017"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE aftersales_terms (
            tenant_id UUID NOT NULL,
            numbers JSONB NOT NULL,
            version BIGINT NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_by TEXT NOT NULL,
            PRIMARY KEY (tenant_id)
        )
    """)
    op.execute("ALTER TABLE catalog_store ADD COLUMN pickup BOOLEAN DEFAULT false NOT NULL")
    protect(op, "aftersales_terms")
