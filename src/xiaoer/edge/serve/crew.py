"""The worker processes: told to begin, replaced when they die, dismissed at the end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from xiaoer.kit.settings import Settings

from .contracts import DRAIN_S, Tell, WorkerBrief
from .errors import WorkersKeepFailing

STEADY_S = 10.0
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 10.0
TRIES_BEFORE_FIRST_READY = 3
KILLED_WITHIN_S = 3.0
CHUNK = 65_536


@dataclass(slots=True)
class _Seat:
    """A numbered place. ``told_at`` is set from the brief until the end of who got it."""

    slot: int
    pid: int | None = None
    told_at: float | None = None
    failures: int = 0
    hire_at: float = 0.0


class Crew:
    """All workers of one server, and the nursery that forks them."""

    def __init__(
        self, program: tuple[str, ...], size: int, listening: socket.socket, tell: Tell
    ) -> None:
        """``program``: the worker's factory, then what is loaded beforehand with its arguments."""
        self._program = program
        self._listening = listening
        self._tell = tell
        self._seats = [_Seat(slot) for slot in range(size)]
        self._settings: Settings | None = None
        self._app_url = ""
        self._nursery: subprocess.Popen[str] | None = None
        self._reports = -1
        self._heard = b""
        self._failures = 0
        self._is_leaving = False
        self.was_ready = False

    @property
    def pids(self) -> list[int]:
        """The workers that live now."""
        return [seat.pid for seat in self._seats if seat.pid is not None]

    def hire(self) -> None:
        """Start the nursery, which imports the application meanwhile."""
        self._reports, told = os.pipe()
        os.set_blocking(self._reports, False)
        shared = self._listening.fileno()
        module = f"{__package__}.nursery"
        self._nursery = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module, str(shared), str(told), *self._program],
            stdin=subprocess.PIPE,
            pass_fds=(shared, told),
            text=True,
            # Ctrl-C reaches the supervisor alone, which then asks each worker to finish.
            process_group=0,
        )
        os.close(told)

    def begin(self, settings: Settings, app_url: str) -> None:
        """Tell every worker, present and future, to serve."""
        self._settings, self._app_url = settings, app_url
        self.tend()

    def tend(self) -> None:
        """Notice who became ready, and replace who died: at once, then ever more slowly."""
        self._listen()
        if self._nursery is not None and self._nursery.poll() is not None:
            self._mourn_nursery(self._nursery.returncode)
        now = time.monotonic()
        for seat in self._seats:
            if seat.told_at is None and now >= seat.hire_at:
                self._brief(seat, now)

    def readiness(self) -> list[int]:
        """Descriptors that become readable when there is something to tend."""
        return [self._reports]

    def drain(self) -> None:
        """Let every worker finish what it has begun, then make sure that it is gone."""
        self._is_leaving = True
        self._signal(signal.SIGTERM)
        self._await_end(DRAIN_S + 2)
        self.dismiss()

    def kill(self) -> None:
        """End every worker now."""
        self._signal(signal.SIGKILL)

    def dismiss(self) -> None:
        """End workers and nursery now."""
        self.kill()
        self._await_end(KILLED_WITHIN_S)
        nursery = self._nursery
        if nursery is None:
            return
        nursery.kill()
        nursery.wait()
        if nursery.stdin is not None:
            with suppress(OSError):
                nursery.stdin.close()
        os.close(self._reports)
        self._nursery = None

    def _brief(self, seat: _Seat, now: float) -> None:
        nursery = self._nursery
        if self._settings is None or nursery is None or nursery.stdin is None:
            return
        seat.told_at = now
        # A nursery that has just died is noticed by the next look.
        with suppress(OSError):
            brief = WorkerBrief(seat.slot, self._settings, self._app_url)
            nursery.stdin.write(brief.as_json() + "\n")
            nursery.stdin.flush()

    def _listen(self) -> None:
        with suppress(BlockingIOError):
            while chunk := os.read(self._reports, CHUNK):
                self._heard += chunk
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            self._note(json.loads(line))

    def _note(self, told: dict[str, Any]) -> None:
        seat = self._seats[told["slot"]]
        if told["event"] == "ended":
            self._mourn(seat, told["code"])
            return
        seat.pid = told["pid"]
        self.was_ready = self.was_ready or told["event"] == "ready"

    def _mourn(self, seat: _Seat, code: int) -> None:
        now = time.monotonic()
        steady = seat.told_at is not None and now - seat.told_at > STEADY_S
        seat.failures = 1 if steady else seat.failures + 1
        seat.pid, seat.told_at = None, None
        if not self.was_ready and seat.failures >= TRIES_BEFORE_FIRST_READY:
            raise WorkersKeepFailing(times=seat.failures)
        wait_s = _wait_s(seat.failures)
        seat.hire_at = now + wait_s
        if not self._is_leaving:
            self._tell(
                f"worker {seat.slot} ended ({_ending(code)}); the next starts in {wait_s:g} s"
            )

    def _mourn_nursery(self, code: int) -> None:
        self._failures += 1
        if not self.was_ready and self._failures >= TRIES_BEFORE_FIRST_READY:
            raise WorkersKeepFailing(times=self._failures)
        self._tell(f"the parent of the workers ended ({_ending(code)}); starting another")
        self.dismiss()
        for seat in self._seats:
            seat.pid, seat.told_at, seat.hire_at = None, None, 0.0
        self._heard = b""
        self.hire()

    def _signal(self, sign: signal.Signals) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)

    def _await_end(self, patience_s: float) -> None:
        """Until no worker is left; the nursery buries them and says so."""
        deadline = time.monotonic() + patience_s
        while self.pids and self._nursery is not None and self._nursery.poll() is None:
            left_s = deadline - time.monotonic()
            if left_s < 0:
                return
            with suppress(InterruptedError):
                select.select([self._reports], [], [], left_s)
            with suppress(WorkersKeepFailing):
                self._listen()


def _wait_s(failures: int) -> float:
    if failures <= 1:
        return 0.0
    return float(min(FIRST_WAIT_S * 2 ** (failures - 2), LONGEST_WAIT_S))


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
