"""Looks at a database with a doctor's eye: versions, roles, walls between tenants, durability."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from .roles import APP, OPS, Connection, DatabaseUrls

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")

TENANT_TABLES = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS is_walled,
           EXISTS (SELECT 1 FROM pg_policies p
                   WHERE p.schemaname = n.nspname AND p.tablename = c.relname
                     AND %(ops)s = ANY (p.roles) AND p.qual = 'true') AS is_seen_by_ops,
           has_table_privilege(%(app)s, c.oid, 'SELECT')
             OR has_table_privilege(%(app)s, c.oid, 'INSERT') AS is_open_to_app
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found; an empty collection is good news."""

    version: str
    vector: str | None
    app_is_superuser: bool
    app_bypasses_rls: bool
    app_owns: tuple[str, ...]
    tables: int
    unwalled: tuple[str, ...]
    hidden: tuple[str, ...]
    unsafe_settings: tuple[str, ...]
    clock_difference_s: float


def condition(urls: DatabaseUrls) -> Condition:
    """The condition of a database, seen by the role that serves and the one that looks after it."""
    with psycopg.connect(urls.app) as app, psycopg.connect(urls.ops) as ops:
        before = time.time()
        now = _one(app, "SELECT extract(epoch FROM clock_timestamp())::float8")
        superuser, bypasses = app.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone() or (True, True)
        tables = _tenant_tables(ops)
        return Condition(
            version=str(_one(app, "SHOW server_version")),
            vector=_one(app, "SELECT extversion FROM pg_extension WHERE extname = 'vector'"),
            app_is_superuser=bool(superuser),
            app_bypasses_rls=bool(bypasses),
            app_owns=_owned(app),
            tables=len(tables),
            unwalled=tuple(name for name, walled, _, is_open in tables if is_open and not walled),
            hidden=tables_hidden_from_ops(ops),
            unsafe_settings=tuple(
                name for name in DURABLE if str(_one(app, f"SHOW {name}")) == "off"
            ),
            clock_difference_s=abs(float(now or 0) - before),
        )


def tables_hidden_from_ops(connection: Connection) -> tuple[str, ...]:
    """Tenant tables whose rows ``xiaoer_ops`` would not see."""
    return tuple(
        name for name, walled, seen, is_open in _tenant_tables(connection) if walled and not seen
    )


def table_count(connection: Connection) -> int:
    """How many tables the database has, the server's own left out."""
    return int(
        _one(
            connection,
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_'"
            " AND n.nspname <> 'information_schema'",
        )
        or 0
    )


def dead_letters(urls: DatabaseUrls) -> int:
    """How many facts could not be delivered and wait for a person."""
    with psycopg.connect(urls.ops) as ops:
        return int(_one(ops, "SELECT count(*) FROM kernel_dead_letter") or 0)


def identity(urls: DatabaseUrls) -> str:
    """A name that no other database has, nor this one after it was made anew."""
    with psycopg.connect(urls.ops) as ops:
        return str(
            _one(
                ops,
                "SELECT s.system_identifier::text || '/' || d.oid::text"
                " FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()",
            )
        )


def revision(urls: DatabaseUrls) -> str | None:
    """The schema's revision, or nothing before the first migration."""
    with psycopg.connect(urls.ops) as ops:
        if _one(ops, "SELECT to_regclass('public.kernel_migration')") is None:
            return None
        found = _one(ops, "SELECT version_num FROM kernel_migration")
    return None if found is None else str(found)


def _tenant_tables(connection: Connection) -> list[tuple[str, bool, bool, bool]]:
    return connection.execute(TENANT_TABLES, {"ops": OPS, "app": APP}).fetchall()


def _owned(app: Connection) -> tuple[str, ...]:
    rows = app.execute("SELECT relname FROM pg_class WHERE relowner = current_user::regrole")
    return tuple(str(row[0]) for row in rows)


def _one(connection: Connection, statement: LiteralString) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None
