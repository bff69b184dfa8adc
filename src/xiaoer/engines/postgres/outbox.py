"""The outbox: facts are written with the change that made them true.

``kernel_outbox`` is the log, partitioned by day; ``kernel_delivery`` holds what is still owed to
a subscriber, and a row leaves it in the transaction of the effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from xiaoer.kit.event import Fact
from xiaoer.kit.ids import TenantId, uuid7
from xiaoer.ports.clock import Chance, Clock
from xiaoer.ports.house import Subscription
from xiaoer.ports.unit_of_work import UnitOfWork

LANES = 16

_WRITE_LOG = """
INSERT INTO kernel_outbox (id, tenant_id, name, version, key, seq, body, told_at)
SELECT * FROM unnest(%(ids)s::uuid[], %(tenants)s::uuid[], %(names)s::text[], %(versions)s::int[],
                     %(keys)s::uuid[], %(seqs)s::bigint[], %(bodies)s::jsonb[],
                     %(times)s::timestamptz[])
"""
_WRITE_DELIVERIES = """
INSERT INTO kernel_delivery (subscriber, fact_id, tenant_id, lane, name, key, seq, body, due_at)
SELECT * FROM unnest(%(groups)s::text[], %(ids)s::uuid[], %(tenants)s::uuid[],
                     %(lanes)s::smallint[], %(names)s::text[], %(keys)s::uuid[],
                     %(seqs)s::bigint[], %(bodies)s::jsonb[], %(times)s::timestamptz[])
"""


def lane_of(key: Any) -> int:
    """The lane of a key: its last bits, which are random in a version 7 UUID."""
    return int(key.int % LANES)


class Outbox:
    """Writes facts and what is owed for them."""

    def __init__(self, subscriptions: Iterable[Subscription], clock: Clock, chance: Chance) -> None:
        self._clock = clock
        self._chance = chance
        self._by_name: dict[str, list[Subscription]] = defaultdict(list)
        for subscription in subscriptions:
            self._by_name[subscription.fact.NAME].append(subscription)

    async def write(self, uow: UnitOfWork, tenant: TenantId, facts: Sequence[Fact]) -> set[int]:
        """Store the facts; returns the lanes that have something new."""
        now = self._clock.now()
        ms = int(now.timestamp() * 1000)
        told = [(uuid7(ms, self._chance.bits(74)), fact, fact.body().decode()) for fact in facts]
        await uow.run(
            _WRITE_LOG,
            {
                "ids": [i for i, _, _ in told],
                "tenants": [tenant] * len(told),
                "names": [f.NAME for _, f, _ in told],
                "versions": [f.VERSION for _, f, _ in told],
                "keys": [f.key for _, f, _ in told],
                "seqs": [f.seq for _, f, _ in told],
                "bodies": [b for _, _, b in told],
                "times": [now] * len(told),
            },
        )
        owed = [(group, i, fact, body) for i, fact, body in told for group in self._groups(fact)]
        if owed:
            await uow.run(
                _WRITE_DELIVERIES,
                {
                    "groups": [g for g, _, _, _ in owed],
                    "ids": [i for _, i, _, _ in owed],
                    "tenants": [tenant] * len(owed),
                    "lanes": [lane_of(f.key) for _, _, f, _ in owed],
                    "names": [f.NAME for _, _, f, _ in owed],
                    "keys": [f.key for _, _, f, _ in owed],
                    "seqs": [f.seq for _, _, f, _ in owed],
                    "bodies": [b for _, _, _, b in owed],
                    "times": [now] * len(owed),
                },
            )
        return {lane_of(fact.key) for _, _, fact, _ in owed}

    def _groups(self, fact: Fact) -> list[str]:
        return [s.group for s in self._by_name.get(fact.NAME, ()) if s.only is None or s.only(fact)]
