"""The worker processes: hired early, told to begin, replaced when they die, dismissed at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from xiaoer.kit.settings import Settings

from .contracts import DRAIN_S, Tell, WorkerBrief
from .errors import WorkersKeepFailing

STEADY_S = 10.0
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 10.0
TRIES_BEFORE_FIRST_READY = 3


@dataclass(slots=True)
class _Seat:
    """A numbered place and who sits in it."""

    slot: int
    child: subprocess.Popen[str] | None = None
    ready: int = -1
    hired_at: float = 0.0
    failures: int = 0
    hire_at: float = 0.0

    def vacate(self) -> None:
        if self.child is not None and self.child.stdin is not None:
            with suppress(OSError):
                self.child.stdin.close()
        if self.ready >= 0:
            os.close(self.ready)
        self.child, self.ready = None, -1


class Crew:
    """All workers of one server."""

    def __init__(self, worker: str, size: int, listening: socket.socket, tell: Tell) -> None:
        self._worker = worker
        self._listening = listening
        self._tell = tell
        self._seats = [_Seat(slot) for slot in range(size)]
        self._settings: Settings | None = None
        self._app_url = ""
        self.was_ready = False

    def hire(self) -> None:
        """Start every worker; they import the application and wait for their brief."""
        for seat in self._seats:
            self._fill(seat)

    def begin(self, settings: Settings, app_url: str) -> None:
        """Tell every worker, present and future, to serve."""
        self._settings, self._app_url = settings, app_url
        for seat in self._seats:
            self._brief(seat)

    def tend(self) -> None:
        """Notice who became ready, and replace who died: at once, then ever more slowly."""
        now = time.monotonic()
        for seat in self._seats:
            if seat.child is None:
                if now >= seat.hire_at:
                    self._fill(seat)
                    self._brief(seat)
            elif seat.child.poll() is not None:
                self._mourn(seat, now)
            elif seat.ready >= 0:
                self._listen(seat)

    def readiness(self) -> list[int]:
        """Descriptors that become readable when a worker is ready (or dead)."""
        return [seat.ready for seat in self._seats if seat.ready >= 0]

    def drain(self) -> None:
        """Let every worker finish what it has begun, then make sure that it is gone."""
        for seat in self._seats:
            if seat.child is not None:
                seat.child.terminate()
        deadline = time.monotonic() + DRAIN_S + 2
        for seat in self._seats:
            if seat.child is not None:
                with suppress(subprocess.TimeoutExpired):
                    seat.child.wait(max(deadline - time.monotonic(), 0.1))
        self.dismiss()

    def kill(self) -> None:
        """End every worker now."""
        for seat in self._seats:
            if seat.child is not None:
                seat.child.kill()

    def dismiss(self) -> None:
        """End every worker now and clear the seats."""
        self.kill()
        for seat in self._seats:
            if seat.child is not None:
                seat.child.wait()
            seat.vacate()

    def _fill(self, seat: _Seat) -> None:
        seat.ready, told = os.pipe()
        os.set_blocking(seat.ready, False)
        shared = self._listening.fileno()
        module = f"{__package__}.worker"
        seat.child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module, self._worker, str(shared), str(told)],
            stdin=subprocess.PIPE,
            pass_fds=(shared, told),
            text=True,
            # Ctrl-C reaches the supervisor alone, which then asks each worker to finish.
            process_group=0,
        )
        os.close(told)
        seat.hired_at = time.monotonic()

    def _brief(self, seat: _Seat) -> None:
        if self._settings is None or seat.child is None or seat.child.stdin is None:
            return
        with suppress(OSError):
            brief = WorkerBrief(seat.slot, self._settings, self._app_url)
            seat.child.stdin.write(brief.as_json() + "\n")
            seat.child.stdin.flush()

    def _listen(self, seat: _Seat) -> None:
        with suppress(BlockingIOError):
            self.was_ready = os.read(seat.ready, 1) == b"1" or self.was_ready
            os.close(seat.ready)
            seat.ready = -1

    def _mourn(self, seat: _Seat, now: float) -> None:
        assert seat.child is not None
        steady = now - seat.hired_at > STEADY_S
        seat.failures = 0 if steady else seat.failures + 1
        if not self.was_ready and seat.failures >= TRIES_BEFORE_FIRST_READY:
            raise WorkersKeepFailing(times=seat.failures)
        wait_s = min(FIRST_WAIT_S * 2 ** max(seat.failures - 1, 0), LONGEST_WAIT_S)
        if seat.failures <= 1:
            wait_s = 0.0
        how = _ending(seat.child.returncode)
        self._tell(f"worker {seat.slot} ended ({how}); the next starts in {wait_s:g} s")
        seat.vacate()
        seat.hire_at = now + wait_s


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
