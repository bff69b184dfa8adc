"""Questions that knowledge did not answer, in groups; and what replays of past questions showed."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE knowledge_gap (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            question TEXT NOT NULL,
            lang TEXT NOT NULL,
            state TEXT NOT NULL,
            entry_id UUID,
            version INTEGER NOT NULL,
            newest_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_by TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute("CREATE INDEX knowledge_gap_recent ON knowledge_gap (tenant_id, newest_at, id)")
    op.execute("""
        CREATE TABLE knowledge_miss (
            tenant_id UUID NOT NULL,
            conversation_id UUID NOT NULL,
            seq BIGINT NOT NULL,
            gap_id UUID NOT NULL,
            question TEXT NOT NULL,
            kind TEXT NOT NULL,
            customer_key UUID,
            unit_path TEXT NOT NULL,
            locale TEXT NOT NULL,
            confidence FLOAT,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, conversation_id, seq)
        )
    """)
    op.execute("CREATE INDEX knowledge_miss_of ON knowledge_miss (tenant_id, gap_id, at)")
    op.execute("CREATE INDEX knowledge_miss_recent ON knowledge_miss (tenant_id, at)")
    op.execute("""
        CREATE TABLE knowledge_study (
            tenant_id UUID NOT NULL,
            heard_until BIGINT NOT NULL,
            PRIMARY KEY (tenant_id)
        )
    """)
    op.execute("""
        CREATE TABLE knowledge_replay (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            entry_id UUID NOT NULL,
            digest TEXT NOT NULL,
            revision BIGINT NOT NULL,
            asked INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            better INTEGER NOT NULL,
            worse INTEGER NOT NULL,
            passed BOOLEAN NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            by TEXT NOT NULL,
            overridden_at TIMESTAMP WITH TIME ZONE,
            overridden_by TEXT,
            reason TEXT,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute("CREATE INDEX knowledge_replay_of ON knowledge_replay (tenant_id, entry_id, at)")
    protect(op, "knowledge_gap", "knowledge_miss", "knowledge_study", "knowledge_replay")
