"""Who lives: each process holds an advisory lock on its slot, and PostgreSQL lets go of it when
the process dies, however it dies. Work of a slot that nobody holds may be taken up by another.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import conninfo, sql

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0)) AS got"
_HELD_KEYS = """
    SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_UNHELD = """
    SELECT DISTINCT executor_id FROM {status}
    WHERE status = 'PENDING' AND executor_id <> %(own)s
      AND hashtextextended(%(prefix)s || executor_id, 0) NOT IN ({held})
"""
_LIVELINESS = (
    "connect_timeout=5 keepalives_idle=10 keepalives_interval=3 keepalives_count=3 "
    "tcp_user_timeout=10000 application_name=xiaoer-slot"
)


class SlotTaken(RuntimeError):
    """Another living process works under the same slot name."""


class Slot:
    """The name under which a process works, held as long as it lives. Not for an event loop."""

    def __init__(self, dsn: str, schema: str, name: str) -> None:
        self.name = name
        self._prefix = f"xiaoer.durable/{schema}/"
        self._dsn = conninfo.make_conninfo(
            dsn.replace("postgresql+psycopg://", "postgresql://", 1),
            **conninfo.conninfo_to_dict(_LIVELINESS),
        )
        self._unheld = sql.SQL(_UNHELD).format(
            status=sql.Identifier(schema, "workflow_status"), held=sql.SQL(_HELD_KEYS)
        )
        self._connection: psycopg.Connection[Any] | None = None
        self._unheld_since: dict[str, float] = {}

    def claim(self, patience_s: float) -> None:
        """Take the slot, waiting for a predecessor whose death has not been noticed yet.

        :raises SlotTaken: when the predecessor is alive.
        """
        deadline = time.monotonic() + patience_s
        while not self.keep():
            if time.monotonic() > deadline:
                raise SlotTaken(f"another process already works as {self.name!r}")
            time.sleep(0.1)

    def keep(self) -> bool:
        """See that the slot is held, again if the connection was lost meanwhile."""
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
                return True
            except psycopg.Error:
                self.release()
        connection = psycopg.connect(self._dsn, autocommit=True)
        row = connection.execute(_LOCK, [self._prefix + self.name]).fetchone()
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def abandoned(self, for_s: float) -> list[str]:
        """Slots with unfinished work that nobody has held for some time.

        The time lets a living process come back after PostgreSQL itself was restarted.
        """
        if self._connection is None:
            self._unheld_since.clear()
            return []
        rows = self._connection.execute(
            self._unheld, {"own": self.name, "prefix": self._prefix}
        ).fetchall()
        now = time.monotonic()
        self._unheld_since = {row[0]: self._unheld_since.get(row[0], now) for row in rows}
        return [name for name, since in self._unheld_since.items() if now - since >= for_s]

    def release(self) -> None:
        """Let the slot go."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
