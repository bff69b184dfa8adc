"""Failed sign-ins are counted for logins and addresses that nobody has, too."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0014"
down_revision = "0015"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE org_sign_in_try (
            tenant_id UUID NOT NULL,
            subject TEXT NOT NULL,
            failures INTEGER NOT NULL,
            since TIMESTAMP WITH TIME ZONE NOT NULL,
            retry_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (tenant_id, subject)
        )
    """)
    op.execute("CREATE INDEX org_sign_in_try_since ON org_sign_in_try (tenant_id, since)")
    protect(op, "org_sign_in_try")
    op.execute("ALTER TABLE org_member DROP COLUMN failures, DROP COLUMN retry_at")
