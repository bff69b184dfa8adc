"""A message that a channel carries is sent when the other side has it, and may fail for a reason."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE conversations_message ADD COLUMN failure JSONB")
    op.execute("""
        ALTER TABLE channels_outgoing
            ADD COLUMN tries INTEGER DEFAULT 0 NOT NULL,
            ADD COLUMN tried_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN due_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN failed_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN reason TEXT DEFAULT '' NOT NULL
    """)
    op.execute(
        "CREATE INDEX channels_outgoing_sent ON channels_outgoing (tenant_id, account_id, sent_at)"
    )
    op.execute("""
        CREATE INDEX channels_outgoing_unsent ON channels_outgoing (tenant_id, account_id, tried_at)
        WHERE sent_at IS NULL
    """)
