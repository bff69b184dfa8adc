"""Prepares a database for Xiaoer: three roles, none of which can see past row-level security.

``xiaoer_owner`` owns the tables and migrates, ``xiaoer_app`` serves and owns nothing,
``xiaoer_ops`` reads everything for backup and doctor. The same statements serve the embedded
server and an outside one; in the second case an administrator may have to run them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg
from psycopg import sql

OWNER, APP, OPS = "xiaoer_owner", "xiaoer_app", "xiaoer_ops"
ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    APP: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    OPS: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
}

Connection: TypeAlias = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One address of the same database for each role; ``app`` is the one that serves."""

    owner: str
    app: str
    ops: str

    def __repr__(self) -> str:
        return "DatabaseUrls(…)"


def role_statements(passwords: dict[str, str], existing: set[str]) -> list[sql.Composed]:
    """Make each role, or set the attributes and password of one that is there."""
    made = []
    for role, key in ((OWNER, "owner"), (APP, "app"), (OPS, "ops")):
        verb = "ALTER" if role in existing else "CREATE"
        statement = sql.SQL(f"{verb} ROLE {{}} {ATTRIBUTES[role]} PASSWORD {{}}")
        made.append(statement.format(sql.Identifier(role), sql.Literal(passwords[key])))
    return made


def database_statements(database: str) -> list[sql.Composed]:
    """Rights inside the database; run in it, by its owner or an administrator."""
    name = sql.Identifier(database)
    texts = (
        "CREATE EXTENSION IF NOT EXISTS vector",
        f"GRANT CONNECT ON DATABASE {{}} TO {OWNER}, {APP}, {OPS}",
        f"GRANT CREATE, TEMPORARY ON DATABASE {{}} TO {OWNER}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {OPS}",
    )
    return [sql.SQL(text).format(name) for text in texts]


def seclusion_statements(database: str) -> list[sql.Composed]:
    """Nobody but the roles enters; for a database that is ours alone."""
    return [sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))]


def owner_statements() -> list[sql.Composed]:
    """What only the owner can promise: that ops may read each table that will be made."""
    grants = ("USAGE ON SCHEMAS", "SELECT ON TABLES", "SELECT ON SEQUENCES")
    text = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {{}} TO {OPS}"
    return [sql.SQL(text).format(sql.SQL(grant)) for grant in grants]


def existing_roles(connection: Connection) -> set[str]:
    """Which of the three roles the server has."""
    found = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[OWNER, APP, OPS]]
    )
    return {str(row[0]) for row in found}


def run(connection: Connection, statements: list[sql.Composed]) -> None:
    """Execute statements one by one."""
    for statement in statements:
        connection.execute(statement)


def as_script(connection: Connection | None, statements: list[sql.Composed]) -> str:
    """The statements as text for a person to run."""
    return "\n".join(f"  {statement.as_string(connection)};" for statement in statements)
