"""Presence and macros."""

from alembic import op

from xiaoer.engines.postgres.protect import protect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE desk_macro (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            shortcut TEXT NOT NULL,
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            owner_id UUID,
            unit_path TEXT NOT NULL,
            version INTEGER DEFAULT 1 NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX desk_macro_shortcut ON desk_macro (tenant_id, unit_path, owner_id, shortcut) NULLS NOT DISTINCT"
    )
    op.execute("""
        CREATE TABLE desk_presence (
            tenant_id UUID NOT NULL,
            member_id UUID NOT NULL,
            state TEXT NOT NULL,
            capacity SMALLINT NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
            unit_path TEXT NOT NULL,
            PRIMARY KEY (tenant_id, member_id)
        )
    """)
    protect(
        op,
        "desk_macro",
        "desk_presence",
    )
