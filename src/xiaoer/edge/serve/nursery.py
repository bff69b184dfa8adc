"""Imports the application once and forks a worker for each brief that it is told.

Importing takes seconds, forking milliseconds: all workers can die and be back before a customer
notices, and they share the memory of what was imported. The nursery does nothing else, so it has
no thread, lock or connection that a fork would tear.

Briefs come as lines on standard input; its end means that the supervisor is dead. What happens
goes as lines of JSON to the descriptor ``report``.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress

from .contracts import ORPHANED, Worker, WorkerBrief, named
from .worker import work

CHUNK = 65_536


class Nursery:
    """The parent of the workers."""

    def __init__(self, build: Worker, listening: socket.socket, report: int) -> None:
        self._build = build
        self._listening = listening
        self._report = report
        self._slots: dict[int, int] = {}
        # Only the nursery keeps the second end: workers notice when it is gone.
        self._lifeline, self._held = os.pipe()
        self._wakeup, self._told = os.pipe()

    def run(self) -> None:
        """Fork and bury until the supervisor is dead."""
        os.set_blocking(self._wakeup, False)
        os.set_blocking(self._told, False)
        signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        heard = b""
        while True:
            readable, _, _ = select.select([0, self._wakeup], [], [])
            if self._wakeup in readable:
                self._bury()
            if 0 in readable:
                chunk = os.read(0, CHUNK)
                if not chunk:
                    os._exit(ORPHANED)
                *lines, heard = (heard + chunk).split(b"\n")
                for line in lines:
                    self._fork(WorkerBrief.from_json(line.decode()))

    def _fork(self, brief: WorkerBrief) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_worker(brief)
        self._slots[pid] = brief.slot
        os.write(self._report, _line(slot=brief.slot, pid=pid, event="begun"))

    def _become_worker(self, brief: WorkerBrief) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self._held, self._wakeup, self._told):
                os.close(descriptor)
            _end_with(0, self._lifeline)
            ready = _line(slot=brief.slot, pid=os.getpid(), event="ready")
            code = work(self._build, brief, self._listening, ready, self._report)
        except BaseException:
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError):
                    stream.flush()
            os._exit(code)

    def _bury(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._wakeup, CHUNK):
                pass
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            slot, code = self._slots.pop(pid, None), os.waitstatus_to_exitcode(status)
            if slot is not None:
                os.write(self._report, _line(slot=slot, pid=pid, event="ended", code=code))


def _line(**told: object) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _end_with(*pipes: int) -> None:
    """End this process when the other end of one of the pipes is gone; nothing is read."""

    def watch() -> None:
        watched = select.poll()
        for pipe in pipes:
            watched.register(pipe, 0)
        watched.poll()
        os._exit(ORPHANED)

    threading.Thread(target=watch, daemon=True).start()


def main(listening: int, report: int, factory: str, *preload: str) -> None:
    """Import ``factory``, call ``preload`` and wait; the first two are inherited descriptors."""
    # A collector that runs while modules are made finds nothing, and takes a fifth of the time.
    gc.disable()
    build: Worker = named(factory)
    if preload:
        named(preload[0])(*preload[1:])
    gc.freeze()
    gc.enable()
    Nursery(build, socket.socket(fileno=listening), report).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
