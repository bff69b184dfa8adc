"""Groups, the organisation tree, members, sessions, skill groups."""

from alembic import op

from xiaoer.engines.postgres.protect import admit, protect

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE org_member (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            login TEXT NOT NULL,
            name TEXT NOT NULL,
            roles TEXT[] NOT NULL,
            unit_path TEXT NOT NULL,
            functions TEXT[] DEFAULT '{}'::text[] NOT NULL,
            password_hash TEXT DEFAULT '' NOT NULL,
            active BOOLEAN DEFAULT true NOT NULL,
            locale TEXT DEFAULT 'zh-CN' NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            failures INTEGER DEFAULT '0' NOT NULL,
            retry_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX org_member_login ON org_member (tenant_id, login)"
    )
    op.execute("""
        CREATE TABLE org_session (
            tenant_id UUID NOT NULL,
            token_hash BYTEA NOT NULL,
            member_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, token_hash)
        )
    """)
    op.execute(
        "CREATE INDEX org_session_member ON org_session (tenant_id, member_id)"
    )
    op.execute("""
        CREATE TABLE org_skill_group (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            code TEXT NOT NULL,
            name TEXT NOT NULL,
            name_en TEXT DEFAULT '' NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX org_skill_group_code ON org_skill_group (tenant_id, code)"
    )
    op.execute("""
        CREATE TABLE org_skill_member (
            tenant_id UUID NOT NULL,
            skill_group_id UUID NOT NULL,
            member_id UUID NOT NULL,
            PRIMARY KEY (tenant_id, skill_group_id, member_id)
        )
    """)
    op.execute(
        "CREATE INDEX org_skill_member_of ON org_skill_member (tenant_id, member_id)"
    )
    op.execute("""
        CREATE TABLE org_tenant (
            id UUID NOT NULL,
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            demo BOOLEAN DEFAULT false NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (id),
            UNIQUE (slug)
        )
    """)
    op.execute("""
        CREATE TABLE org_unit (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            path TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            name_en TEXT DEFAULT '' NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX org_unit_path ON org_unit (tenant_id, path)"
    )
    protect(
        op,
        "org_member",
        "org_session",
        "org_skill_group",
        "org_skill_member",
        "org_unit",
    )
    admit(op, "org_tenant")
