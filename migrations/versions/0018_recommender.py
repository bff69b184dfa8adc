"""What editors say of products, personas of places, and what a recommendation is about."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0018"
down_revision = "0022"


def upgrade() -> None:
    op.execute("ALTER TABLE catalog_product ADD COLUMN tags JSONB DEFAULT '[]'::jsonb NOT NULL")
    op.execute("""
        CREATE TABLE recommender_persona (
            tenant_id UUID NOT NULL,
            unit_path TEXT NOT NULL,
            version INTEGER NOT NULL,
            body JSONB,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_by TEXT NOT NULL,
            PRIMARY KEY (tenant_id, unit_path, version)
        )
    """)
    op.execute("""
        CREATE TABLE recommender_wish (
            tenant_id UUID NOT NULL,
            conversation_id UUID NOT NULL,
            body JSONB NOT NULL,
            touched_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, conversation_id)
        )
    """)
    op.execute("CREATE INDEX recommender_wish_touched ON recommender_wish (tenant_id, touched_at)")
    protect(op, "recommender_persona", "recommender_wish")
