"""Channel accounts, visitors, sessions, proofs, uploads, outgoing messages."""

from alembic import op

from xiaoer.engines.postgres.protect import admit, protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE channels_account (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            key TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            unit_path TEXT DEFAULT '/' NOT NULL,
            allowed_origins TEXT[] DEFAULT '{}'::text[] NOT NULL,
            admits_apps BOOLEAN DEFAULT false NOT NULL,
            greetings JSONB DEFAULT '{}'::jsonb NOT NULL,
            hours JSONB DEFAULT '{}'::jsonb NOT NULL,
            hours_text TEXT DEFAULT '' NOT NULL,
            callback_url TEXT DEFAULT '' NOT NULL,
            active BOOLEAN DEFAULT true NOT NULL,
            secrets JSONB DEFAULT '[]'::jsonb NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX channels_account_key ON channels_account (tenant_id, key)"
    )
    op.execute("""
        CREATE TABLE channels_code (
            tenant_id UUID NOT NULL,
            visitor_id UUID NOT NULL,
            address TEXT NOT NULL,
            code_hash BYTEA NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, visitor_id)
        )
    """)
    op.execute("""
        CREATE TABLE channels_outgoing (
            tenant_id UUID NOT NULL,
            message_id UUID NOT NULL,
            account_id UUID NOT NULL,
            conversation_id UUID NOT NULL,
            seq BIGINT NOT NULL,
            external_id TEXT,
            sent_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (tenant_id, message_id)
        )
    """)
    op.execute(
        "CREATE INDEX channels_outgoing_external ON channels_outgoing (tenant_id, account_id, external_id)"
    )
    op.execute(
        "CREATE UNIQUE INDEX channels_outgoing_place ON channels_outgoing (tenant_id, conversation_id, seq)"
    )
    op.execute("""
        CREATE TABLE channels_proof_try (
            tenant_id UUID NOT NULL,
            subject TEXT NOT NULL,
            count INTEGER NOT NULL,
            since TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, subject)
        )
    """)
    op.execute("""
        CREATE TABLE channels_route (
            key TEXT NOT NULL,
            tenant UUID NOT NULL,
            account_id UUID NOT NULL,
            PRIMARY KEY (key)
        )
    """)
    op.execute("""
        CREATE TABLE channels_session (
            tenant_id UUID NOT NULL,
            token_hash BYTEA NOT NULL,
            visitor_id UUID NOT NULL,
            account_id UUID NOT NULL,
            locale TEXT NOT NULL,
            unit_path TEXT NOT NULL,
            page JSONB DEFAULT '{}'::jsonb NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, token_hash)
        )
    """)
    op.execute(
        "CREATE INDEX channels_session_expiry ON channels_session (tenant_id, expires_at)"
    )
    op.execute(
        "CREATE INDEX channels_session_visitor ON channels_session (tenant_id, visitor_id)"
    )
    op.execute("""
        CREATE TABLE channels_upload (
            tenant_id UUID NOT NULL,
            blob TEXT NOT NULL,
            owner_id UUID NOT NULL,
            owner_kind TEXT NOT NULL,
            account_id UUID,
            name TEXT NOT NULL,
            size BIGINT NOT NULL,
            media_type TEXT NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, blob, owner_id)
        )
    """)
    op.execute("""
        CREATE TABLE channels_visitor (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            external_id TEXT,
            customer_id UUID,
            proven BOOLEAN DEFAULT false NOT NULL,
            name TEXT DEFAULT '' NOT NULL,
            level TEXT DEFAULT '' NOT NULL,
            kind TEXT DEFAULT 'shopper' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (tenant_id, id)
        )
    """)
    op.execute(
        "CREATE INDEX channels_visitor_customer ON channels_visitor (tenant_id, customer_id)"
    )
    protect(
        op,
        "channels_account",
        "channels_code",
        "channels_outgoing",
        "channels_proof_try",
        "channels_session",
        "channels_upload",
        "channels_visitor",
    )
    admit(op, "channels_route")
