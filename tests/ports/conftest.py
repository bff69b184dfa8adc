"""Real servers for the engines: an HTTP one always, NATS and S3 for the scale-out runs."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NatsServer:
    """A nats-server with JetStream that can be killed and brought back on its port."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._child = subprocess.Popen(
            [self._program, "-js", "-a", "127.0.0.1", "-p", str(self._port),
             "-sd", str(self._folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        pytest.fail("nats-server did not start")

    def kill(self) -> None:
        if self._child is not None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait()
            self._child = None


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    beside_python = Path(sys.executable).parent / "nats-server"
    program = str(beside_python) if beside_python.exists() else shutil.which("nats-server")
    if program is None:
        pytest.fail("nats-server is missing; install the dependency group 'ci'")
    server = NatsServer(program, tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 server with the bucket ``xiaoer``."""
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        pytest.fail("moto's server is missing; install the dependency group 'ci'")
    import httpx

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    assert httpx.put(f"{endpoint}/xiaoer").status_code == 200
    yield endpoint
    server.stop()


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came over the wire."""

    method: str
    path: str
    headers: Headers
    body: bytes


class Loopback:
    """An HTTP server of this process; ``reply`` decides what it answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.forget()

    def forget(self) -> None:
        self.received: list[Received] = []
        self.reply: Callable[[Received], Awaitable[Response]] = self._nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        came = Received(
            request.method, request.url.path, request.headers, await request.body()
        )
        self.received.append(came)
        await (await self.reply(came))(scope, receive, send)

    async def _nothing(self, _: Received) -> Response:
        return Response(status_code=204)


@pytest.fixture(scope="session")
async def loopback_server() -> AsyncIterator[Loopback]:
    # With its socket bound, connections queue from here on; there is nothing to wait for.
    listening = socket.create_server(("127.0.0.1", 0))
    app = Loopback(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(
        uvicorn.Config(app, lifespan="off", log_level="error", ws="none")
    )
    serving = asyncio.create_task(server._serve([listening]))
    yield app
    server.should_exit = True
    server.force_exit = True
    await serving


@pytest.fixture
def loopback(loopback_server: Loopback) -> Loopback:
    loopback_server.forget()
    return loopback_server
