"""One worker process: imports the application, waits for its brief, serves the shared socket.

Its standard input is a pipe from the supervisor. The brief is the first line; the end of the
pipe means that the supervisor is dead, and then a worker ends at once: the next supervisor wants
its port.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

import uvicorn

from .contracts import DRAIN_S, WorkerBrief, end_with_parent, named

LARGEST_FRAME = 2_097_152


class _Server(uvicorn.Server):
    """Tells the supervisor when requests are answered."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            os.write(self._ready, b"1")


def main(factory: str, listening: int, ready: int) -> None:
    """Serve until told to stop; ``listening`` and ``ready`` are inherited descriptors."""
    build = named(factory)
    line = sys.stdin.readline()
    if not line:
        return
    brief = WorkerBrief.from_json(line)
    end_with_parent()
    server = _Server(_config(build(brief)), ready)
    server.run(sockets=[socket.socket(fileno=listening)])
    if not server.started:
        sys.exit(1)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=LARGEST_FRAME,
        timeout_graceful_shutdown=DRAIN_S,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
