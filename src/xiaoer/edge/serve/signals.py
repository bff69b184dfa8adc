"""Turns signals into something a loop can look at, and into an exception before the loop begins."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal came while the server was starting: undo what was begun and leave."""


class Signals:
    """While the block lasts, ending signals and the death of children are ours to handle."""

    def __init__(self) -> None:
        self.stopping = False
        self._begun = False
        self._on_second: Callable[[], None] = lambda: None
        self._before: dict[signal.Signals, Any] = {}
        self.wakeup = -1
        self._told = -1

    def __enter__(self) -> Signals:
        self.wakeup, self._told = os.pipe()
        os.set_blocking(self.wakeup, False)
        os.set_blocking(self._told, False)
        signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
        for sign in ENDING:
            self._before[sign] = signal.signal(sign, self._end)
        # Any handler makes the end of a child wake the loop.
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(-1)
        for sign, handler in self._before.items():
            signal.signal(sign, handler)
        os.close(self.wakeup)
        os.close(self._told)

    def begin(self, on_second: Callable[[], None]) -> None:
        """From now on a signal asks the loop to stop; a second one calls ``on_second``."""
        self._begun = True
        self._on_second = on_second

    def forget(self) -> None:
        """Empty the pipe that woke the loop."""
        with suppress(BlockingIOError):
            while os.read(self.wakeup, 4096):
                pass

    def _end(self, sign: int, frame: FrameType | None) -> None:
        if self.stopping:
            self._on_second()
            return
        self.stopping = True
        if not self._begun:
            raise Interrupted
