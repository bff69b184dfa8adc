"""Programs that live beside a server and end with it, such as the demo's simulated customers."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

PATIENCE_S = 3.0


class Companions:
    """Child processes, each ``(package.module:function, argument, …)``.

    The function is called with the server's address and the arguments.
    """

    def __init__(self, wanted: tuple[tuple[str, ...], ...]) -> None:
        self._wanted = wanted
        self._children: list[subprocess.Popen[bytes]] = []

    def begin(self, address: str) -> None:
        """Start them all."""
        for target, *arguments in self._wanted:
            command = [
                sys.executable,
                "-m",
                f"{__package__}.companion",
                target,
                address,
                *arguments,
            ]
            self._children.append(
                subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)  # noqa: S603
            )

    def end(self) -> None:
        """End them all."""
        for child in self._children:
            child.terminate()
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE_S)
            child.kill()
            child.wait()
