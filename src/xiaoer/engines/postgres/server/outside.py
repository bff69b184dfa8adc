"""Prepares a PostgreSQL that the user runs themselves, given by ``--database-url``.

The same three roles are made as on the embedded server, so row-level security holds there too.
When the given account may not make them, the answer is the SQL for somebody who may.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from . import roles
from .errors import (
    NoVectorExtension,
    OutsideTooOld,
    OutsideUnreachable,
    RolesMissing,
    RolesTaken,
)
from .folder import DataFolder
from .roles import DatabaseUrls

OLDEST = 15
PATIENCE_S = 10


def prepare_outside(url: str, data_dir: Path) -> DatabaseUrls:
    """See that roles, extension and rights are there, making what the account may make.

    ``url`` is an administrator's, the database owner's or any account's address of the database.
    The passwords of the three roles are kept in ``data_dir``.

    :raises Problem: unreachable, too old, without pgvector, roles missing or taken.
    """
    folder = DataFolder.at(data_dir)
    folder.prepare()
    passwords = folder.passwords()
    given = _plain(url)
    try:
        with psycopg.connect(given, autocommit=True, connect_timeout=PATIENCE_S) as connection:
            _check_version(connection)
            _check_vector(connection)
            urls = _urls(given, connection.info.dbname, passwords)
            if not _is_prepared(connection, urls):
                _prepare(connection, urls, passwords)
    except psycopg.OperationalError as error:
        raise OutsideUnreachable(reason=_first_line(error)) from error
    return urls


def _plain(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"postgresql://{rest}" if mark and scheme.startswith("postgres") else url


def _check_version(connection: roles.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST * 10_000:
        raise OutsideTooOld(found=f"{version // 10_000}.{version % 10_000}")


def _check_vector(connection: roles.Connection) -> None:
    found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
    if found.fetchone() is None:
        raise NoVectorExtension


def _is_prepared(connection: roles.Connection, urls: DatabaseUrls) -> bool:
    """True when all three roles let us in and have the rights and the extension they need."""
    if roles.existing_roles(connection) != {roles.OWNER, roles.APP, roles.OPS}:
        return False
    for url in (urls.owner, urls.app, urls.ops):
        try:
            psycopg.connect(url, connect_timeout=PATIENCE_S).close()
        except psycopg.OperationalError as error:
            if "permission denied" in str(error):
                return False
            raise RolesTaken(reason=_first_line(error)) from error
    with psycopg.connect(urls.owner, connect_timeout=PATIENCE_S) as owner:
        ready = owner.execute(
            "SELECT has_schema_privilege('public', 'CREATE') AND EXISTS"
            " (SELECT 1 FROM pg_extension WHERE extname = 'vector') AND EXISTS"
            " (SELECT 1 FROM pg_default_acl WHERE defaclrole = current_user::regrole)"
        ).fetchone()
    return bool(ready and ready[0])


def _prepare(connection: roles.Connection, urls: DatabaseUrls, passwords: dict[str, str]) -> None:
    existing = roles.existing_roles(connection)
    making = [
        statement
        for statement, role in zip(
            roles.role_statements(passwords, existing),
            (roles.OWNER, roles.APP, roles.OPS),
            strict=True,
        )
        if role not in existing
    ]
    inside = roles.database_statements(connection.info.dbname)
    try:
        with connection.transaction():
            roles.run(connection, making + inside)
    except errors.InsufficientPrivilege as error:
        script = roles.as_script(connection, making + inside)
        raise RolesMissing(
            account=connection.info.user, reason=_first_line(error), sql=script
        ) from error
    with psycopg.connect(urls.owner, autocommit=True, connect_timeout=PATIENCE_S) as owner:
        roles.run(owner, roles.owner_statements())


def _urls(given: str, database: str, passwords: dict[str, str]) -> DatabaseUrls:
    parts: dict[str, Any] = conninfo_to_dict(given)
    kept = {key: value for key, value in parts.items() if key not in ("user", "password", "dbname")}
    query = f"?{urlencode(kept, quote_via=quote)}" if kept else ""

    def url(role: str, key: str) -> str:
        return f"postgresql://{role}:{passwords[key]}@/{quote(database, safe='')}{query}"

    return DatabaseUrls(url(roles.OWNER, "owner"), url(roles.APP, "app"), url(roles.OPS, "ops"))


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
