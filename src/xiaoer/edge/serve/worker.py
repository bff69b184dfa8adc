"""One worker: serves the shared socket with an application of its own until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import uvicorn

from xiaoer.edge.logs import configure

from .contracts import DRAIN_S, Worker, WorkerBrief

LARGEST_FRAME = 2_097_152


class _Server(uvicorn.Server):
    """Says when requests are answered."""

    def __init__(self, config: uvicorn.Config, ready: bytes, report: int) -> None:
        super().__init__(config)
        self._word = ready
        self._report = report

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self._report, self._word)


def work(
    build: Worker, brief: WorkerBrief, listening: socket.socket, ready: bytes, report: int
) -> int:
    """Serve; writes ``ready`` to the descriptor ``report`` once; returns the exit code."""
    # uvicorn raises the signal that ended it once more; being told to stop is no failure.
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: None)
    configure(brief.settings.log_level)
    server = _Server(_config(build(brief)), ready, report)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=LARGEST_FRAME,
        # Compression keeps 300 KB a socket; a thousand shoppers cost less on the wire than there.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
