"""What is agreed between the supervisor, its workers and whoever starts it."""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.settings import Settings

DRAIN_S = 10
ORPHANED = 70

Tell = Callable[[str], None]
Step = Callable[[Settings, DatabaseUrls, Tell], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve.

    ``worker`` names a function ``(WorkerBrief) -> ASGI application`` as ``package.module:name``;
    each worker process imports it for itself while the database starts. ``steps`` run
    in order after the database is up and before the first request; a step that raises a
    ``Problem`` ends the start. ``ready`` is called once, with the address, when requests are
    answered; then each of ``companions``, ``("package.module:function", argument, …)``, is run
    in a process of its own with the address and its arguments.
    ``preload``, in the same form, is called once in the parent of the workers, so that they share
    what it loads; it may leave no thread and no connection behind.
    """

    settings: Settings
    worker: str
    steps: tuple[Step, ...] = ()
    ready: Callable[[str], None] = lambda address: None
    companions: tuple[tuple[str, ...], ...] = ()
    preload: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerBrief:
    """What a worker is told when it may begin; ``slot`` is 0, 1, … and kept over restarts."""

    slot: int
    settings: Settings
    app_url: str

    def as_json(self) -> str:
        """One line, secrets included: it goes through a pipe to a child and nowhere else."""
        settings = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.settings
        }
        told = {"slot": self.slot, "app_url": self.app_url, "settings": settings}
        return json.dumps(told, default=str)

    @staticmethod
    def from_json(line: str) -> WorkerBrief:
        """The brief of that line."""
        told = json.loads(line)
        return WorkerBrief(told["slot"], Settings(**told["settings"]), told["app_url"])


Worker = Callable[[WorkerBrief], Any]


def named(target: str) -> Any:
    """The object behind ``package.module:name``, imported now."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def end_with_parent() -> None:
    """End this process when its standard input does: a pipe whose other end the parent holds."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 64):
            pass
        os._exit(ORPHANED)

    threading.Thread(target=watch, daemon=True).start()
