"""Remembers what was done to a database, so that a restart does not import half the house to see
that nothing is to do.

The memory names the database by its own identity: another one at the same address, or a folder
that was emptied, starts with none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from xiaoer.engines.postgres.server import DatabaseUrls, inspection
from xiaoer.kit.settings import Settings


class Done:
    """What has been done to the database behind ``urls``."""

    def __init__(self, settings: Settings, urls: DatabaseUrls) -> None:
        self._path = settings.data_dir / "done.json"
        self._database = inspection.identity(urls)

    def once(self, deed: str, do: Callable[[], None]) -> None:
        """Run ``do`` unless it succeeded before."""
        if not self.holds(deed):
            do()
            self.add(deed)

    def holds(self, deed: str) -> bool:
        """Whether ``deed`` is remembered."""
        return deed in self._kept()

    def add(self, deed: str) -> None:
        """Remember ``deed``."""
        kept = sorted({*self._kept(), deed})
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({"database": self._database, "done": kept}))
        draft.replace(self._path)

    def _kept(self) -> list[str]:
        try:
            told = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return []
        return list(told["done"]) if told.get("database") == self._database else []


def fingerprint(*folders: Path) -> str:
    """Changes when a file of the folders does; a folder may be missing."""
    seen = hashlib.sha256()
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        found = file.stat()
        seen.update(f"{file.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return seen.hexdigest()[:16]
