"""Looks up what is owed to subscribers, in all tenants, over a connection that sees only that.

The scope of the courier belongs to the connection's session, so that a look costs one statement
instead of a transaction of three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from xiaoer.engines.postgres.database import Database, in_our_words, numbered
from xiaoer.kit.problem import Unavailable

_OWED = """
SELECT subscriber, fact_id, tenant_id, lane, name, key, body, attempts, due_at
FROM kernel_delivery d
WHERE lane = ANY(%(lanes)s::smallint[]) AND subscriber = ANY(%(groups)s::text[])
  AND NOT key = ANY(%(busy)s::uuid[])
  AND NOT EXISTS (SELECT FROM kernel_dead_letter x
                  WHERE x.subscriber = d.subscriber AND x.key = d.key)
  AND NOT EXISTS (SELECT FROM kernel_delivery w
                  WHERE w.subscriber = d.subscriber AND w.key = d.key
                    AND w.attempts > 0 AND w.due_at > %(now)s)
ORDER BY position LIMIT %(limit)s
"""


class Owed:
    """The courier's view of the deliveries."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, 1, {"app.kernel": "courier"})

    async def fetch(
        self,
        lanes: Sequence[int],
        groups: Sequence[str],
        *,
        busy: Sequence[UUID],
        now: datetime,
        limit: int,
    ) -> Sequence[Any]:
        """Deliveries that are due in the lanes, oldest first, but none of a busy key.

        Raises :class:`Unavailable` while the database is away.
        """
        sql, names = numbered(_OWED)
        given: dict[str, Any] = {
            "lanes": lanes, "groups": groups, "busy": busy, "now": now, "limit": limit,
        }
        connection = await self._database.connect()
        try:
            with in_our_words():
                return await connection.fetch(sql, *(given[n] for n in names))  # type: ignore[no-any-return]
        except Unavailable:
            connection.terminate()
            raise
        finally:
            await self._database.give_back(connection)

    async def close(self) -> None:
        """Give the connection up."""
        await self._database.dispose()
