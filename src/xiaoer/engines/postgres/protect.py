"""Row-level security and grants, said once for every migration."""

from __future__ import annotations

from typing import Any

APP_ROLE = "xiaoer_app"
OPS_ROLE = "xiaoer_ops"


def protect(op: Any, *tables: str) -> None:
    """Force row-level security on tenant tables and let the two roles in.

    FORCE makes the policy hold for the owner as well. ``NULLIF`` matters: after a transaction
    that set it, the setting reads as an empty string, which is not a UUID.
    """
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} FOR ALL TO {APP_ROLE} "
            "USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid) "
            "WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)"
        )
        op.execute(f"CREATE POLICY operations ON {table} FOR ALL TO {OPS_ROLE} USING (true)")
        admit(op, table)


def admit(op: Any, *tables: str) -> None:
    """Let the two roles into tables that belong to no tenant (registries, leases)."""
    for table in tables:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {OPS_ROLE}")
