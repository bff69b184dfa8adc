"""The demo as a process tree that can be started, killed and ended from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from xiaoer.engines.postgres.server import postmaster

ROOT = Path(__file__).parents[2]
PATIENCE_S = 240.0


class DemoServer:
    """``xiaoer demo`` with a small group, on a free port and a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.printed = folder / "printed.log"
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it serves."""
        options = ("demo", "--port", str(self.port), "--data-dir", str(self.data))
        with self.printed.open("ab") as sink:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.small_demo", *options],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        _until(self._is_ready, self.printed)

    def kill(self) -> None:
        """``kill -9`` for every process at once, PostgreSQL too."""
        assert self._child
        tree = psutil.Process(self._child.pid).children(recursive=True)
        database = postmaster.leftovers(self.data / "postgres")
        for pid in {self._child.pid, *(child.pid for child in tree), *database}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._child.wait()

    def stop(self) -> None:
        """End it as Ctrl-C does; nothing of it is left."""
        if self._child and self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
        postmaster.stop(self.data / "postgres")

    def _is_ready(self) -> bool:
        assert self._child
        assert self._child.poll() is None, self.printed.read_text("utf-8")
        note = self.data / "serving.json"
        try:
            if json.loads(note.read_text()).get("pid") != self._child.pid:
                return False
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, ValueError, urllib.error.URLError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(condition: Callable[[], bool], printed: Path) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE_S, printed.read_text("utf-8")
        time.sleep(0.1)
