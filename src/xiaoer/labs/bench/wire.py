"""Sockets and requests of simulated people: what a browser does, without the browser.

A socket that breaks comes back by itself, as the widget's and the desk's do, and its owner says
where to go on.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

COME_BACK_S = (0.1, 0.2, 0.4, 0.8, 1.5)
OPEN_S = 8.0
LARGEST = 4_194_304


class Reader(Protocol):
    """Who owns a socket."""

    def path(self) -> str:
        """Where to connect now, with what was seen last."""
        ...

    def opened(self) -> None:
        """The socket is there, or there again."""
        ...

    def closed(self) -> None:
        """The socket is gone; nothing that is under way will be answered on it."""
        ...

    def hear(self, frame: dict[str, Any]) -> None:
        """A frame came."""
        ...


class Live:
    """One socket of one person, until :meth:`stop`."""

    def __init__(self, address: str, reader: Reader, cookie: str = "") -> None:
        self._address = address
        self._reader = reader
        self._headers = {"Cookie": cookie} if cookie else {}
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._first = asyncio.Event()
        self.breaks = 0

    async def start(self) -> None:
        """Connect; returns when the socket is open for the first time."""
        self._task = asyncio.create_task(self._run())
        await self._first.wait()

    async def stop(self) -> None:
        """Disconnect for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def send(self, frame: dict[str, Any]) -> bool:
        """Send now; false when there is no socket at this moment."""
        if self._socket is None:
            return False
        task = asyncio.create_task(self._send(self._socket, orjson.dumps(frame).decode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return True

    def drop(self) -> None:
        """Break the connection, as a person does who reloads a page that hangs."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with connect(
                    self._address.replace("http", "ws", 1) + self._reader.path(),
                    origin=Origin(self._address),
                    additional_headers=self._headers,
                    proxy=None,
                    open_timeout=OPEN_S,
                    ping_interval=None,
                    close_timeout=0.5,
                    max_size=LARGEST,
                    max_queue=None,
                ) as socket:
                    failures = 0
                    await self._read(socket)
            except (OSError, WebSocketException, TimeoutError, EOFError):
                failures += 1
            self._lose()
            await asyncio.sleep(COME_BACK_S[min(failures, len(COME_BACK_S) - 1)])

    async def _read(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._reader.opened()
        self._first.set()
        async for text in socket:
            self._reader.hear(orjson.loads(text))

    def _lose(self) -> None:
        if self._socket is not None:
            self._socket = None
            self.breaks += 1
            self._reader.closed()

    async def _send(self, socket: ClientConnection, text: str) -> None:
        try:
            await socket.send(text)
        except (OSError, WebSocketException):
            return  # the reading side notices, and the owner sends again


class Requests:
    """Plain requests, a few at a time; a server that is away is asked again until it answers."""

    def __init__(self, address: str, at_once: int = 12) -> None:
        self.address = address
        self._client = httpx.AsyncClient(
            base_url=address, timeout=20, headers={"Origin": address}, trust_env=False
        )
        self._gate = asyncio.Semaphore(at_once)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        """One request with ``json``, ``headers``, ``files``; raises for an error of ours."""
        async with self._gate:
            for wait_s in (*COME_BACK_S, *[0.5] * 80):
                try:
                    answer = await self._client.request(method, path, **content)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code < 500:
                    break
                await asyncio.sleep(wait_s)
            if answer is None:
                raise ConnectionError(path)
        answer.raise_for_status()
        return answer

    async def answers(self, method: str, path: str, **content: Any) -> bool:
        """One try on a fresh connection, of at most a second."""
        try:
            async with httpx.AsyncClient(
                base_url=self.address, timeout=1, headers={"Origin": self.address}, trust_env=False
            ) as client:
                return (await client.request(method, path, **content)).is_success
        except httpx.TransportError:
            return False
