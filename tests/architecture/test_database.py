"""Tenants never meet: shown on the migrated database itself, table by table, with rows in it."""

import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from pgvector.sqlalchemy import Vector
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import namedtuple_row
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.conftest import OUTSIDE
from xiaoer.engines.postgres.server import DatabaseUrls

from .schema import whole_schema

APP = "xiaoer_app"

TENANT_TABLES = """
    SELECT c.relname AS name, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
    ORDER BY 1
"""
COLUMNS_THAT_MUST_BE_FILLED = """
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS kind
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attnotnull AND d.oid IS NULL AND a.attidentity = '' AND a.attgenerated = ''
"""
CONSTRAINTS = """
    SELECT conname AS name FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('c', 'f') AND conparentid = 0
"""
POLICIES = f"""
    SELECT policyname AS name FROM pg_policies WHERE tablename = %s AND '{APP}' = ANY (roles)
"""


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[psycopg.Connection[Any]]:
    """The owner of the schema, in a transaction that leaves nothing behind."""
    with psycopg.connect(database.owner, row_factory=namedtuple_row) as connection:
        yield connection
        connection.rollback()


def tenant_tables(owner: psycopg.Connection[Any]) -> list[Any]:
    """Every table of the database that holds rows of tenants."""
    tables = owner.execute(TENANT_TABLES).fetchall()
    assert tables
    return tables


def test_row_level_security_is_forced_on_every_tenant_table(
    owner: psycopg.Connection[Any],
) -> None:
    tables = tenant_tables(owner)
    assert {t.name for t in tables if not (t.secured and t.forced)} == set()


def test_the_servers_role_cannot_step_over_row_level_security(database: DatabaseUrls) -> None:
    with psycopg.connect(database.app, row_factory=namedtuple_row) as app:
        role = app.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS owned"
            " FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
    assert role == (APP, False, False, False, False, 0)


def test_the_tests_run_on_the_server_that_they_were_given(database: DatabaseUrls) -> None:
    address = os.environ.get(OUTSIDE)
    given = conninfo_to_dict(address).get("port", 5432) if address else None
    with psycopg.connect(database.app) as app:
        assert app.execute("SELECT inet_server_port()").fetchone() == (given and int(given),)


def test_every_tenant_table_shows_nothing_without_a_scope_and_own_rows_with_one(
    owner: psycopg.Connection[Any],
) -> None:
    ours, theirs = uuid4(), uuid4()
    names = [table.name for table in tenant_tables(owner)]
    for name in names:
        _put_the_owner_under_the_servers_policies(owner, name)
        for tenant in (ours, theirs):
            _scope(owner, tenant)
            _insert(owner, name, tenant)
    seen: dict[str, list[int]] = {}
    for scope in (None, ours):
        _scope(owner, scope)
        for name in names:
            seen.setdefault(name, []).append(_count(owner, name))
    assert {name: counts for name, counts in seen.items() if counts != [0, 1]} == {}


def test_no_row_can_be_written_for_another_tenant(owner: psycopg.Connection[Any]) -> None:
    _scope(owner, uuid4())
    for table in tenant_tables(owner):
        _put_the_owner_under_the_servers_policies(owner, table.name)
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security")
        with refused, owner.transaction():
            _insert(owner, table.name, uuid4())


def _put_the_owner_under_the_servers_policies(owner: psycopg.Connection[Any], table: str) -> None:
    """Rows may then be written that need not make sense; all of it is rolled back.

    Security is forced, so that the owner of the table is judged by the very same policies.
    """
    name = sql.Identifier(table)
    for constraint in owner.execute(CONSTRAINTS, [table]).fetchall():
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE")
        owner.execute(drop.format(name, sql.Identifier(constraint.name)))
    for policy in owner.execute(POLICIES, [table]).fetchall():
        widen = sql.SQL("ALTER POLICY {} ON {} TO {}, CURRENT_USER")
        owner.execute(widen.format(sql.Identifier(policy.name), name, sql.Identifier(APP)))


def _scope(owner: psycopg.Connection[Any], tenant: UUID | None) -> None:
    owner.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant or "")])


def _insert(owner: psycopg.Connection[Any], table: str, tenant: UUID) -> None:
    columns = owner.execute(COLUMNS_THAT_MUST_BE_FILLED, [table]).fetchall()
    values = {column.name: _some(column.kind) for column in columns} | {"tenant_id": tenant}
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    owner.execute(statement, list(values.values()))


def _some(kind: str) -> object:
    """Any value that a column of this type takes."""
    if kind == "uuid":
        return uuid4()
    if kind.startswith(("vector", "halfvec")):
        return "[" + ",".join(["0.5"] * int(kind.partition("(")[2].rstrip(")") or 1)) + "]"
    plain = {"jsonb": "{}", "boolean": "false", "date": "2026-01-01", "bytea": b"x"}
    if kind.startswith("timestamp"):
        return "2026-01-01T00:00:00Z"
    if kind.startswith(("int", "bigint", "smallint", "numeric", "double", "real")):
        return "1"
    return "{}" if kind.endswith("[]") else plain.get(kind, "x")


def _count(owner: psycopg.Connection[Any], table: str) -> int:
    counted = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int(counted.fetchone()[0])


def test_the_migrated_schema_is_the_declared_one(database: DatabaseUrls) -> None:
    engine = create_engine(make_url(database.owner).set(drivername="postgresql+psycopg"))
    engine.dialect.ischema_names["vector"] = Vector
    with engine.connect() as connection:
        ignored = {"kernel_migration", *_partitions(connection)}
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name not in ignored},
        )
        differences = compare_metadata(context, whole_schema())
    engine.dispose()
    assert differences == []


def _partitions(connection: Any) -> set[str]:
    names = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE relispartition")
    return set(names.scalars())
