"""Where each conversation stands with its flows."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0021"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bot_dialogue (
            tenant_id UUID NOT NULL,
            conversation_id UUID NOT NULL,
            state JSONB NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, conversation_id)
        )
    """)
    protect(op, "bot_dialogue")
