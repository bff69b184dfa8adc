"""Connections to PostgreSQL under the role that owns nothing."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def open_engine(url: str, pool_size: int) -> AsyncEngine:
    """An engine whose connections leave transactions to the unit of work.

    AUTOCOMMIT lets the unit send ``BEGIN`` and the scope in one round trip; the pool still rolls
    back whatever a connection comes home with.
    """
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        pool_use_lifo=True,
        isolation_level="AUTOCOMMIT",
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"application_name": "xiaoer", "options": _SESSION},
    )
    event.listen(engine.sync_engine, "connect", _on_connect)
    return engine


_SESSION = (
    "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000 "
    "-c lock_timeout=15000 -c timezone=UTC"
)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _on_connect(connection: Any, _record: Any) -> None:
    """Plan the statements of the hot path once per connection."""
    connection.driver_connection.prepare_threshold = 3
