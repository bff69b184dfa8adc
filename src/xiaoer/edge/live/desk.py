"""The desk's socket: what an agent sees and does without asking for a page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, WebSocket

from xiaoer.edge.live.hub import Hub, tell_typing
from xiaoer.edge.live.line import Line, Pace, refuse
from xiaoer.engines.metrics.prometheus import count_line
from xiaoer.kit.problem import Invalid, Problem, RateLimited, Unauthenticated
from xiaoer.modules import conversations, desk, org
from xiaoer.ports.ctx import Member
from xiaoer.ports.house import House
from xiaoer.ports.http import Doorkeeper, locale_of

router = APIRouter()
BEAT_S = 30.0
ASK_S = 60.0
MOST_FRAMES, WITHIN_S = 600, 10.0
"""Far beyond what hands and a busy page do."""
MOST_WATCHED = 1_000

Act = Callable[["Call"], Awaitable[None]]


class Call:
    """One frame of an agent, with what it takes to answer it."""

    def __init__(self, house: House, hub: Hub, line: Line, frame: dict[str, Any]) -> None:
        self.house = house
        self.hub = hub
        self.line = line
        self.frame = frame

    def id_of(self, name: str) -> UUID:
        """A required id of the frame."""
        try:
            return UUID(str(self.frame[name]))
        except (KeyError, ValueError):
            raise Invalid(reason=f"{name}: id") from None

    def number(self, name: str) -> int | None:
        """An optional whole number of the frame."""
        value = self.frame.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise Invalid(reason=f"{name}: number")

    def ok(self, conversation: conversations.contracts.Conversation | None) -> None:
        """Answer a request that has a reference."""
        row = conversation.as_json() if conversation else None
        self.line.send({"t": "ok", "ref": self.frame.get("ref"), "conversation": row})


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Serve one agent until they go."""
    state = socket.app.state
    try:
        actor, scope = await state.doorkeeper.member(socket)
        line = Line(socket, actor, scope, locale_of(socket))
        async with state.house.unit(actor, scope) as ctx:
            if not ctx.can("desk.reassign"):
                line.skill_groups = tuple(g.id for g in await org.skill_groups(ctx, actor.id))
            await desk.arrive(ctx)
    except Problem as problem:
        await refuse(socket, problem)
        return
    await socket.accept()
    line.start()
    state.hub.join(line)
    line.send({"t": "ready", "member": {"id": actor.id, "name": actor.name}})
    count_line("desk", 1)
    asking = asyncio.create_task(_keep_asking(state.house, state.doorkeeper, line))
    try:
        await _serve(state.house, state.hub, line)
    finally:
        asking.cancel()
        count_line("desk", -1)
        state.hub.leave(line)
        await line.stop()


async def _keep_asking(house: House, doorkeeper: Doorkeeper, line: Line) -> None:
    """End the line when its session has ended, or when its member may do other things than before.

    It asks when the bus says so, and each minute, for news may be lost and sessions expire.
    """
    news = asyncio.Event()
    about = f"{line.tenant}:sessions:{line.actor.id}" if isinstance(line.actor, Member) else "-"
    leave = house.ports.bus.listen(about, lambda _: news.set())
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ASK_S):
                    await news.wait()
            news.clear()
            with contextlib.suppress(Problem):
                if not await _stands(doorkeeper, line):
                    line.end()
                    return
    finally:
        leave()


async def _stands(doorkeeper: Doorkeeper, line: Line) -> bool:
    try:
        return (line.actor, line.scope) == await doorkeeper.member(line.socket)
    except Unauthenticated:
        return False


async def _serve(house: House, hub: Hub, line: Line) -> None:
    pace = Pace(MOST_FRAMES, WITHIN_S)
    while not line.ended:
        frame: dict[str, Any] = {}
        try:
            received = await line.receive()
            if received is None:
                return
            frame = received
            pace.admit(house.ports.clock.monotonic())
            act = ACTS.get(str(frame.get("t")))
            if act is None:
                raise Invalid(reason="t")
            await act(Call(house, hub, line, frame))
        except RateLimited as problem:
            line.problem(problem)
            line.end()
        except Problem as problem:
            about = {k: frame[k] for k in ("ref", "client_id") if k in frame}
            line.problem(problem, **about)


async def _watch(call: Call) -> None:
    conversation_id = call.id_of("conversation")
    if len(call.line.marks) >= MOST_WATCHED:
        raise Invalid(reason=f"watch: {MOST_WATCHED}")
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        await conversations.get(ctx, conversation_id)
    call.hub.watch(call.line, conversation_id, call.number("after") or 0)


async def _unwatch(call: Call) -> None:
    call.hub.unwatch(call.line, call.id_of("conversation"))


async def _send(call: Call) -> None:
    parts = conversations.read_parts(_list(call.frame.get("parts")))
    client_id = str(call.frame.get("client_id", ""))[:100]
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        said = await conversations.say(
            ctx,
            call.id_of("conversation"),
            parts,
            client_id=client_id,
            internal=bool(call.frame.get("internal")),
        )
    call.line.send(
        {
            "t": "ack",
            "client_id": client_id,
            "id": said.id,
            "seq": said.seq,
            "at": said.at,
            "state": said.delivery["state"],
            "conversation": said.conversation_id,
        }
    )


async def _claim(call: Call) -> None:
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        claimed = await desk.claim(ctx, call.id_of("conversation"), call.number("version"))
    call.ok(claimed)


async def _claim_next(call: Call) -> None:
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        claimed = await desk.claim_next(ctx)
    call.ok(claimed)


async def _resolve(call: Call) -> None:
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        resolved = await conversations.resolve(
            ctx,
            call.id_of("conversation"),
            call.number("version"),
            seen_seq=call.number("seen_seq"),
        )
    call.ok(resolved)


async def _seen(call: Call) -> None:
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        await conversations.seen(ctx, call.id_of("conversation"), call.number("seq") or 0)


async def _typing(call: Call) -> None:
    conversation_id = call.id_of("conversation")
    if conversation_id in call.line.marks and isinstance(call.line.actor, Member):
        tell_typing(call.house, call.line.tenant, conversation_id, "agent")


async def _presence(call: Call) -> None:
    async with call.house.unit(call.line.actor, call.line.scope) as ctx:
        await desk.set_presence(ctx, str(call.frame.get("state", "")))


async def _ping(call: Call) -> None:
    """Also the heartbeat of presence: a desk that stops pinging counts as offline."""
    call.line.send({"t": "pong"})
    now = call.house.ports.clock.monotonic()
    if now >= call.line.beat_at:
        call.line.beat_at = now + BEAT_S
        async with call.house.unit(call.line.actor, call.line.scope) as ctx:
            await desk.arrive(ctx)


def _list(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Invalid(reason="parts")
    return value


ACTS: dict[str, Act] = {
    "watch": _watch,
    "unwatch": _unwatch,
    "send": _send,
    "claim": _claim,
    "claim_next": _claim_next,
    "resolve": _resolve,
    "seen": _seen,
    "typing": _typing,
    "presence": _presence,
    "ping": _ping,
}
