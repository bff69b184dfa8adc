"""The outbox: facts are written with the change that made them true.

``kernel_outbox`` is the log, partitioned by day; ``kernel_delivery`` holds what is still owed to
a subscriber, and a row leaves it in the transaction of the effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId, uuid7
from xiaoer.ports.clock import Chance, Clock
from xiaoer.ports.house import Subscription
from xiaoer.ports.unit_of_work import UnitOfWork

LANES = 16

_TOLD = """
told AS (
  INSERT INTO kernel_outbox (id, tenant_id, name, version, key, seq, body, told_at)
  SELECT id, %(tenant)s, name, version, key, seq, body, %(at)s
  FROM json_to_recordset(%(facts)s::json)
    AS f(id uuid, name text, version int, key uuid, seq bigint, body jsonb)
), owed AS (
  INSERT INTO kernel_delivery (subscriber, fact_id, tenant_id, lane, name, key, seq, body, due_at)
  SELECT subscriber, id, %(tenant)s, lane, name, key, seq, body, %(at)s
  FROM json_to_recordset(%(facts)s::json)
      AS f(id uuid, name text, key uuid, seq bigint, body jsonb, lane smallint, owed text[])
    CROSS JOIN unnest(f.owed) AS subscriber
)
"""
_RECEIVED = """
received AS (
  DELETE FROM kernel_delivery
  WHERE subscriber = %(group)s AND fact_id = ANY(%(received)s::uuid[])
    AND EXISTS (SELECT FROM kernel_lane WHERE lane = %(lane)s AND token = %(token)s)
  RETURNING fact_id
)
"""
_COUNTED = "SELECT count(*) AS received FROM received"
_WRITE = f"WITH {_TOLD} SELECT 0 AS received"
_ACKNOWLEDGE = f"WITH {_RECEIVED} {_COUNTED}"
_ACKNOWLEDGE_AND_WRITE = f"WITH {_RECEIVED}, {_TOLD} {_COUNTED}"


def lane_of(key: Any) -> int:
    """The lane of a key: its last bits, which are random in a version 7 UUID."""
    return int(key.int % LANES)


class Superseded(Exception):
    """Another process has taken the lane, or the fact was already delivered."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a subscriber has received from a lane, held under a fencing token."""

    group: str
    facts: Sequence[UUID]
    lane: int
    token: int


class Outbox:
    """Writes facts and what is owed for them, and strikes out what was received."""

    def __init__(self, subscriptions: Iterable[Subscription], clock: Clock, chance: Chance) -> None:
        self._clock = clock
        self._chance = chance
        self._by_name: dict[str, list[Subscription]] = defaultdict(list)
        for subscription in subscriptions:
            self._by_name[subscription.fact.NAME].append(subscription)

    async def write(
        self, uow: UnitOfWork, tenant: TenantId, facts: Sequence[Fact], receipt: Receipt | None
    ) -> set[int]:
        """Store the facts and what was received; returns the lanes that have something new.

        Raises :class:`Superseded` when what was received was not owed any more.
        """
        given: dict[str, Any] = {}
        told: list[dict[str, Any]] = []
        if facts:
            now = self._clock.now()
            ms = int(now.timestamp() * 1000)
            told = [self._row(fact, ms) for fact in facts]
            given = {"tenant": tenant, "at": now, "facts": orjson.dumps(told).decode()}
        statement = _WRITE
        if receipt is not None:
            statement = _ACKNOWLEDGE_AND_WRITE if facts else _ACKNOWLEDGE
            given |= {
                "group": receipt.group,
                "received": receipt.facts,
                "lane": receipt.lane,
                "token": receipt.token,
            }
        row = await uow.row(statement, given)
        if receipt is not None and (row is None or row.received != len(receipt.facts)):
            raise Superseded(receipt.group)
        return {row["lane"] for row in told if row["owed"]}

    def _row(self, fact: Fact, ms: int) -> dict[str, Any]:
        return {
            "id": uuid7(ms, self._chance.bits(74)),
            "name": fact.NAME,
            "version": fact.VERSION,
            "key": fact.key,
            "seq": fact.seq,
            "body": orjson.Fragment(fact.body()),
            "lane": lane_of(fact.key),
            "owed": self._groups(fact),
        }

    def _groups(self, fact: Fact) -> list[str]:
        return [s.group for s in self._by_name.get(fact.NAME, ()) if s.only is None or s.only(fact)]
