"""What a tenant has asked of a language model, day by day."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0020"
down_revision = "0017"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE advice_usage (
            tenant_id UUID NOT NULL,
            day DATE NOT NULL,
            calls INTEGER NOT NULL,
            tokens BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, day)
        )
    """)
    protect(op, "advice_usage")
