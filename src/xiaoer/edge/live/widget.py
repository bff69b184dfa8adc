"""The widget's socket: a shopper writes, and hears the conversation from where they left it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, WebSocket

from xiaoer.edge.live.hub import Hub, tell_typing
from xiaoer.edge.live.line import Line, Pace, refuse
from xiaoer.engines.metrics.prometheus import count_line
from xiaoer.kit.problem import Invalid, Problem, RateLimited
from xiaoer.modules import channels, conversations
from xiaoer.ports.ctx import Ctx, Scope, Shopper
from xiaoer.ports.house import House

router = APIRouter()

MOST_MESSAGES = 20
MOST_FRAMES = 200
WITHIN_S = 10.0
FRESH_S = 60.0
PROVEN = "proven"

Act = Callable[["Visit"], Awaitable[None]]


class Visit:
    """One connected shopper."""

    def __init__(
        self, house: House, hub: Hub, line: Line, session: channels.contracts.Session
    ) -> None:
        self.house = house
        self.hub = hub
        self.line = line
        self.session = session
        self.conversation_id: UUID | None = None
        self.frame: dict[str, Any] = {}
        self._sent = Pace(MOST_MESSAGES, WITHIN_S)
        self.frames = Pace(MOST_FRAMES, WITHIN_S)
        self._read_at = house.ports.clock.monotonic()
        about = f"{line.tenant}:visitor:{session.visitor_id}:"
        self.stop = house.ports.bus.listen(about, lambda topic: self._hear(topic[len(about) :]))

    async def session_now(self, ctx: Ctx) -> channels.contracts.Session:
        """Who writes: read again when they have just proven it, and now and then until they do."""
        now = self.house.ports.clock.monotonic()
        if not self.session.proven and now - self._read_at > FRESH_S:
            self._read_at = now
            secret = self.line.socket.query_params.get("token", "").partition(".")[2]
            fresh = await channels.shopper(ctx, self.session.account.key, secret)
            self.session = fresh or self.session
        return self.session

    def _hear(self, news: str) -> None:
        """They have proven who they are, or a first conversation has begun elsewhere: by a
        request, or in another tab."""
        if news == PROVEN:
            self._read_at = float("-inf")
        elif news and self.conversation_id is None:
            self.follow(UUID(news), 0)

    def admit(self) -> None:
        """At most twenty messages in ten seconds; the rest is told to wait."""
        self._sent.admit(self.house.ports.clock.monotonic())

    def follow(self, conversation_id: UUID, after: int) -> None:
        """Hear a conversation."""
        if self.conversation_id == conversation_id:
            return
        if self.conversation_id is not None:
            self.hub.unwatch(self.line, self.conversation_id)
        self.conversation_id = conversation_id
        self.hub.watch(self.line, conversation_id, after)

    def own(self) -> UUID:
        """The conversation that the shopper has; raises when there is none yet."""
        if self.conversation_id is None:
            raise Invalid(reason="还没有会话")
        return self.conversation_id


@router.websocket("/widget/{account}/live")
async def live(socket: WebSocket, account: str, token: str = "", after: int = 0) -> None:
    """Serve one shopper until they go."""
    state = socket.app.state
    try:
        session = await state.doorkeeper.widget_session(socket)
        channels.check_origin(session.account, socket.headers.get("origin"))
    except Problem as problem:
        await refuse(socket, problem)
        return
    await socket.accept()
    actor = Shopper(session.visitor_id, session.account.id, session.customer_id, session.proven)
    line = Line(socket, actor, Scope(session.account.tenant), session.locale)
    line.start()
    visit = Visit(state.house, state.hub, line, session)
    count_line("widget", 1)
    try:
        await _greet(visit, max(0, after))
        await _serve(visit)
    except Problem as problem:
        await refuse(socket, problem)
    finally:
        count_line("widget", -1)
        visit.stop()
        state.hub.leave(line)
        await line.stop()


async def _greet(visit: Visit, after: int) -> None:
    latest = await _latest(visit)
    visit.line.send(
        {
            "t": "ready",
            "last_seq": latest.last_seq if latest else 0,
            "conversation_id": latest.id if latest else None,
        }
    )
    if latest is not None:
        visit.follow(latest.id, after)


async def _latest(visit: Visit) -> conversations.contracts.Conversation | None:
    session = visit.session
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        return await conversations.reading.latest_of(ctx, session.account.id, session.visitor_id)


async def _serve(visit: Visit) -> None:
    while True:
        visit.frame = {}
        try:
            received = await visit.line.receive()
            if received is None:
                return
            visit.frame = received
            if not _in_pace(visit):
                return
            act = ACTS.get(str(received.get("t")))
            if act is None:
                raise Invalid(reason="t")
            await act(visit)
        except Problem as problem:
            about = {k: visit.frame[k] for k in ("client_id",) if k in visit.frame}
            visit.line.problem(problem, **about)


def _in_pace(visit: Visit) -> bool:
    """Whoever sends frames faster than any page does is let go, and may come back."""
    try:
        visit.frames.admit(visit.house.ports.clock.monotonic())
    except RateLimited as problem:
        visit.line.problem(problem)
        visit.line.end()
        return False
    return True


async def _send(visit: Visit) -> None:
    visit.admit()
    raw = visit.frame.get("parts")
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Invalid(reason="parts")
    parts = conversations.read_parts(raw)
    client_id = str(visit.frame.get("client_id", ""))

    async def accept(ctx: Ctx) -> conversations.contracts.Receipt:
        return await channels.accept(ctx, await visit.session_now(ctx), client_id, parts)

    receipt = await visit.house.grouped(visit.line.actor, visit.line.scope, accept)
    visit.line.send(
        {
            "t": "ack",
            "client_id": client_id,
            "id": receipt.message_id,
            "seq": receipt.seq,
            "at": receipt.at,
            "conversation_id": receipt.conversation_id,
        }
    )
    visit.follow(receipt.conversation_id, receipt.seq - 1)


async def _typing(visit: Visit) -> None:
    if visit.conversation_id is not None:
        tell_typing(visit.house, visit.line.tenant, visit.conversation_id, "customer")


async def _seen(visit: Visit) -> None:
    seq = visit.frame.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool):
        raise Invalid(reason="seq")
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        await conversations.seen(ctx, visit.own(), seq)


async def _ask_person(visit: Visit) -> None:
    visit.admit()
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        receipt = await channels.ask_person(ctx, visit.session)
    visit.follow(receipt.conversation_id, receipt.seq - 1)


async def _unsolved(visit: Visit) -> None:
    visit.admit()
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        receipt = await channels.unsolved(ctx, visit.session)
    visit.follow(receipt.conversation_id, receipt.seq - 1)


async def _rate(visit: Visit) -> None:
    score, text = visit.frame.get("score"), visit.frame.get("text", "")
    if not isinstance(score, int) or isinstance(score, bool) or not isinstance(text, str):
        raise Invalid(reason="score: 1-5")
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        await conversations.rate(ctx, visit.own(), score, text)
    visit.line.send({"t": "rated", "score": score})


async def _leave(visit: Visit) -> None:
    visit.admit()
    text, contact = visit.frame.get("text", ""), visit.frame.get("contact", "")
    if not isinstance(text, str) or not isinstance(contact, str):
        raise Invalid(reason="text, contact")
    async with visit.house.unit(visit.line.actor, visit.line.scope) as ctx:
        receipt = await channels.leave_message(ctx, visit.session, text, contact)
    visit.follow(receipt.conversation_id, receipt.seq - 1)


async def _ping(visit: Visit) -> None:
    visit.line.send({"t": "pong"})
    # The bus may have lost the news of a first conversation.
    if visit.conversation_id is None and (latest := await _latest(visit)) is not None:
        visit.follow(latest.id, 0)


ACTS: dict[str, Act] = {
    "send": _send,
    "typing": _typing,
    "seen": _seen,
    "person": _ask_person,
    "unsolved": _unsolved,
    "rate": _rate,
    "leave": _leave,
    "ping": _ping,
}
