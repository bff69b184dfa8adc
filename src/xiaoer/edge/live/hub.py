"""The hub: hears topics from the bus, reads once a process what is new, and tells the lines.

The bus carries ids only. Within a few milliseconds all woken conversations of a tenant are read
by one query, from the lowest mark of their watchers; a line gets what lies behind its own mark.
Queue views are shared by all lines that see the same part of the queue.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import structlog

from xiaoer.edge.live.deliveries import tell_deliveries
from xiaoer.edge.live.line import Line, encode
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Problem
from xiaoer.modules import conversations, org
from xiaoer.ports.ctx import Ctx, Member, Scope, System
from xiaoer.ports.house import House

log = structlog.get_logger("live")

GATHER_S = 0.04
QUEUE_S = 0.6
POLL_S = 2.0
SHOWN = 20

Conversation = conversations.contracts.Conversation
Message = conversations.contracts.Message

Key = tuple[TenantId, UUID]


class Hub:
    """All live lines of one worker process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._watching: dict[Key, set[Line]] = defaultdict(set)
        self._members: dict[Key, set[Line]] = defaultdict(set)
        self._woken: set[Key] = set()
        self._owned_woken: set[Key] = set()
        self._queues: set[TenantId] = set()
        self._news = asyncio.Event()
        self._queue_news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._leave: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to listen."""
        self._leave = self._house.ports.bus.listen("", self._hear)
        self._tasks = [
            asyncio.create_task(self._pump(self._news, GATHER_S, self._tell_news)),
            asyncio.create_task(self._pump(self._queue_news, QUEUE_S, self._tell_queues)),
        ]

    async def stop(self) -> None:
        """Stop listening; the lines end with their sockets."""
        self._leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def join(self, line: Line) -> None:
        """A desk line hears its member's conversations and the queue."""
        if isinstance(line.actor, Member):
            self._members[(line.tenant, line.actor.id)].add(line)
            self._queues.add(line.tenant)
            self._queue_news.set()

    def leave(self, line: Line) -> None:
        """Forget a line."""
        for conversation_id in list(line.marks):
            self.unwatch(line, conversation_id)
        if isinstance(line.actor, Member):
            _drop(self._members, (line.tenant, line.actor.id), line)

    def watch(self, line: Line, conversation_id: UUID, after: int) -> None:
        """Send everything behind ``after``, now and from now on. Reach has been checked."""
        line.marks[conversation_id] = after
        self._watching[(line.tenant, conversation_id)].add(line)
        self._wake((line.tenant, conversation_id))

    def unwatch(self, line: Line, conversation_id: UUID) -> None:
        """Stop sending a conversation."""
        line.marks.pop(conversation_id, None)
        line.owners.pop(conversation_id, None)
        line.deliveries.pop(conversation_id, None)
        _drop(self._watching, (line.tenant, conversation_id), line)

    def _hear(self, topic: str) -> None:
        if topic == "*":
            self._wake_everything()
            return
        tenant_text, _, rest = topic.partition(":")
        kind, _, about = rest.partition(":")
        try:
            tenant = TenantId(UUID(tenant_text))
            if kind == "conversation":
                self._wake((tenant, UUID(about)))
            elif kind == "member":
                self._owned_woken.add((tenant, UUID(about)))
            elif kind == "queue":
                self._queues.add(tenant)
                self._queue_news.set()
            elif kind == "typing":
                typed_in, _, who = about.partition(":")
                self._tell_typing(tenant, UUID(typed_in), who)
        except ValueError:
            return

    def _wake(self, key: Key) -> None:
        if key in self._watching:
            self._woken.add(key)
            self._news.set()

    def _wake_everything(self) -> None:
        self._woken.update(self._watching)
        self._queues.update(tenant for tenant, _ in self._members)
        self._news.set()
        self._queue_news.set()

    async def _pump(self, news: asyncio.Event, gather_s: float, tell: Callable[[], Any]) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await news.wait()
            await asyncio.sleep(gather_s)
            news.clear()
            try:
                await tell()
            except Problem as problem:
                log.warning("live_waits", code=problem.code)
                self._wake_everything()
                await asyncio.sleep(0.5)
            except Exception as error:
                log.error("live_failed", exc_info=error)

    async def _tell_news(self) -> None:
        woken, self._woken = self._woken, set()
        by_tenant: dict[TenantId, list[UUID]] = defaultdict(list)
        for tenant, conversation_id in woken:
            by_tenant[tenant].append(conversation_id)
        for tenant, ids in by_tenant.items():
            marks = [(i, self._lowest_mark(tenant, i)) for i in ids]
            async with self._house.unit(System("live"), Scope(tenant)) as ctx:
                rows = await conversations.reading.many(ctx, ids)
                behind = [(i, m) for i, m in marks if m is not None]
                messages = await conversations.reading.news(ctx, behind)
                names = await names_in(self._house, ctx)
            self._send_messages(tenant, messages)
            self._send_rows(tenant, rows, names)
            await tell_deliveries(self._house, tenant, rows, self._watching)

    def _lowest_mark(self, tenant: TenantId, conversation_id: UUID) -> int | None:
        lines = self._watching.get((tenant, conversation_id), ())
        return min((line.marks.get(conversation_id, 0) for line in lines), default=None)

    def _send_messages(self, tenant: TenantId, messages: Iterable[Message]) -> None:
        for message in messages:
            about = message.conversation_id
            shopper = encode({"t": "message", "message": message.as_json()})
            agent = encode({"t": "message", "conversation": about, "message": message.as_json()})
            for line in self._watching.get((tenant, about), ()):
                if line.marks.get(about, 0) >= message.seq:
                    continue
                line.marks[about] = message.seq
                if not line.is_shopper:
                    line.send_bytes(agent)
                elif not message.internal:
                    line.send_bytes(shopper)

    def _send_rows(
        self, tenant: TenantId, rows: Iterable[Conversation], names: dict[str, str]
    ) -> None:
        for row in rows:
            agent = encode({"t": "conversation", "conversation": row.as_json(names)})
            who = conversations.contracts.owner_json(row.owner)
            who["store"] = names.get(row.unit_path, "")
            owner = encode({"t": "owner", "owner": who, "status": row.status})
            for line in self._watching.get((tenant, row.id), ()):
                if not line.is_shopper:
                    line.send_bytes(agent)
                    continue
                if line.owners.get(row.id) != owner:
                    line.owners[row.id] = owner
                    line.place = None
                    line.send_bytes(owner)
                if row.agent_seen_seq > line.read_until:
                    line.read_until = row.agent_seen_seq
                    line.send({"t": "state", "seq": row.agent_seen_seq, "state": "read"})

    async def _tell_queues(self) -> None:
        tenants, self._queues = self._queues, set()
        owned, self._owned_woken = self._owned_woken, set()
        for tenant in tenants:
            await self._tell_queue(tenant, self._desks(tenant))
        for tenant, member_id in owned:
            for line in self._members.get((tenant, member_id), ()):
                line.send({"t": "mine"})

    def _desks(self, tenant: TenantId) -> list[Line]:
        return [line for (t, _), lines in self._members.items() if t == tenant for line in lines]

    async def _tell_queue(self, tenant: TenantId, lines: list[Line]) -> None:
        views: dict[tuple[str, tuple[UUID, ...] | None], list[Line]] = defaultdict(list)
        for line in lines:
            views[(line.scope.path, line.skill_groups)].append(line)
        async with self._house.unit(System("live"), Scope(tenant)) as ctx:
            names = await names_in(self._house, ctx)
            places = await conversations.reading.places(ctx)
        self._send_places(tenant, places)
        for (path, groups), readers in views.items():
            frame = await queue_frame(self._house, Scope(tenant, path), groups, names)
            for line in readers:
                line.send_bytes(frame)

    def _send_places(self, tenant: TenantId, places: dict[UUID, tuple[int, int | None]]) -> None:
        for conversation_id, (place, estimate) in places.items():
            for line in self._watching.get((tenant, conversation_id), ()):
                if line.is_shopper and line.place != place:
                    line.place = place
                    line.send({"t": "queue", "place": place, "estimate_s": estimate})

    def _tell_typing(self, tenant: TenantId, conversation_id: UUID, who: str) -> None:
        for line in self._watching.get((tenant, conversation_id), ()):
            if line.is_shopper and who != "customer":
                line.send({"t": "typing", "who": "agent"})
            elif not line.is_shopper and who == "customer":
                line.send({"t": "typing", "conversation": conversation_id, "who": who})


def tell_typing(house: House, tenant: TenantId, conversation_id: UUID, who: str) -> None:
    """Let every process know that somebody types; nothing is stored."""
    house.ports.bus.publish(f"{tenant}:typing:{conversation_id}:{who}")


async def queue_frame(
    house: House, scope: Scope, groups: tuple[UUID, ...] | None, names: dict[str, str]
) -> bytes:
    """What waits in a part of the queue: how many, since when, and the first rows."""
    view = conversations.contracts.View("queue", skill_groups=groups, limit=SHOWN)
    async with house.unit(System("live"), scope) as ctx:
        waiting, oldest_at = await conversations.reading.waiting(ctx, groups)
        page = await conversations.reading.page(ctx, view)
    return encode(
        {
            "t": "queue",
            "waiting": waiting,
            "oldest_at": oldest_at,
            "items": [row.as_json(names) for row in page.items],
        }
    )


async def names_in(house: House, ctx: Ctx) -> dict[str, str]:
    """Names of places and skill groups, read again about once a minute."""
    minute = int(house.ports.clock.monotonic() // 60)

    async def build() -> dict[str, str]:
        names = {unit.path: unit.name for unit in await org.units(ctx)}
        return names | {str(g.id): g.name for g in await org.skill_groups(ctx)}

    key = ("names", ctx.scope.tenant)
    found: dict[str, str] = await house.ports.memo.get(key, minute, build)
    return found


def _drop(lines: dict[Key, set[Line]], key: Key, line: Line) -> None:
    group = lines.get(key)
    if group is not None:
        group.discard(line)
        if not group:
            del lines[key]
