"""One socket: frames go out in order, and a reader that is too slow is let go.

It reconnects and resumes from the last message it has seen, so that nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Invalid, Problem, RateLimited
from xiaoer.ports.ctx import Actor, Scope, Shopper

MOST_WAITING = 2000
TRY_AGAIN_LATER = 1013
SIGN_IN_AGAIN = 4401
_FINAL = {401: SIGN_IN_AGAIN, 403: 4403, 404: 4404}


class Pace:
    """At most so many things within so many seconds."""

    def __init__(self, most: int, within_s: float) -> None:
        self._within_s = within_s
        self._times: deque[float] = deque(maxlen=most)

    def admit(self, now: float) -> None:
        """Count one more at this monotonic time; raises ``RateLimited`` when it is too many."""
        if len(self._times) == self._times.maxlen and now - self._times[0] < self._within_s:
            raise RateLimited(retry_after_s=int(self._within_s - (now - self._times[0])) + 1)
        self._times.append(now)


@dataclass(slots=True, eq=False)
class Line:
    """A connected reader and what it has been sent of each conversation."""

    socket: WebSocket
    actor: Actor
    scope: Scope
    locale: str
    marks: dict[UUID, int] = field(default_factory=dict)
    owners: dict[UUID, bytes] = field(default_factory=dict)
    deliveries: dict[UUID, bytes] = field(default_factory=dict)
    place: int | None = None
    beat_at: float = 0.0
    read_until: int = 0
    skill_groups: tuple[UUID, ...] | None = None
    ended: bool = False
    _frames: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    _writer: asyncio.Task[None] | None = None

    @property
    def tenant(self) -> TenantId:
        """Whose rows it may see."""
        return self.scope.tenant

    @property
    def is_shopper(self) -> bool:
        """Shoppers see no notes, and only their own conversation."""
        return isinstance(self.actor, Shopper)

    def start(self) -> None:
        """Begin to write what is sent."""
        self._writer = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """End the writer."""
        if self._writer:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    def end(self) -> None:
        """Close, and hear no more frames: whoever is there must come in by the door again."""
        self.ended = True
        if self._writer:
            self._writer.cancel()

    def send(self, frame: dict[str, Any]) -> None:
        """Queue a frame."""
        self.send_bytes(encode(frame))

    def send_bytes(self, frame: bytes) -> None:
        """Queue a frame that is encoded already; a full queue ends the line."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            if self._writer:
                self._writer.cancel()

    def problem(self, problem: Problem, **about: Any) -> None:
        """Tell what went wrong, and with which of the reader's frames."""
        self.send({"t": "error", **about, "problem": problem.as_details(self.locale)})

    async def receive(self) -> dict[str, Any] | None:
        """The next frame from the reader; nothing when it has gone."""
        try:
            message = await self.socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return None
        if message["type"] == "websocket.disconnect" or self.ended:
            return None
        try:
            frame = orjson.loads(message.get("text") or message.get("bytes") or b"")
        except orjson.JSONDecodeError:
            raise Invalid(reason="JSON") from None
        if not isinstance(frame, dict):
            raise Invalid(reason="JSON object")
        return frame

    async def _write(self) -> None:
        try:
            while True:
                frame = await self._frames.get()
                await self.socket.send_text(frame.decode())
        except (WebSocketDisconnect, RuntimeError, OSError):
            return
        except asyncio.CancelledError:
            if self.socket.application_state is WebSocketState.CONNECTED:
                with contextlib.suppress(Exception):
                    await self.socket.close(TRY_AGAIN_LATER)
            raise


async def refuse(socket: WebSocket, problem: Problem) -> None:
    """Close with a code that the page can read, which takes accepting first.

    Only what is said about the caller is final (4401, 4403, 4404). Whatever ails the house is
    1013 (RFC 6455's registry: try again later): nobody is signed out by a database that is away.
    """
    if socket.application_state is WebSocketState.CONNECTING:
        await socket.accept()
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(_FINAL.get(problem.status, TRY_AGAIN_LATER))


def encode(frame: dict[str, Any]) -> bytes:
    """A frame as it goes over the wire."""
    return orjson.dumps(frame, default=str)
