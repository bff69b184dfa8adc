"""The data folder: made, checked, locked, with its secrets and a short place for the socket.

Two Xiaoers on one folder would corrupt nothing (PostgreSQL has its own lock) but would serve two
halves of one truth; so the folder has a lock that dies with its process.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from .account import Account
from .errors import DataFolderInUse, DataFolderUnwritable, DiskFull

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
NEEDED_NEW_MB = 300
NEEDED_MB = 64
ROLES = ("owner", "app", "ops")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where an embedded installation keeps everything; ``path`` is absolute."""

    path: Path

    @staticmethod
    def at(data_dir: Path) -> DataFolder:
        """The folder of that name, seen from here."""
        return DataFolder(data_dir.expanduser().absolute())

    @property
    def cluster(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.path / "postgres"

    @property
    def log(self) -> Path:
        """Where PostgreSQL's own log lines go; they carry no statement and no value."""
        return self.path / "logs" / "postgres.log"

    @property
    def digest(self) -> str:
        """A short name for this folder, for use in places outside it."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()[:10]

    def prepare(self) -> None:
        """Make the folder, readable by its user alone, and see that the disk has room.

        :raises DataFolderUnwritable: it cannot be made or written.
        :raises DiskFull: less than ``NEEDED_MB`` (``NEEDED_NEW_MB`` before the first start).
        """
        with self.explained():
            if not self.path.exists():
                self.path.mkdir(parents=True)
                self.path.chmod(0o700)
            (self.path / "logs").mkdir(exist_ok=True)
            secret_folder = self.path / "secrets"
            secret_folder.mkdir(mode=0o700, exist_ok=True)
            needed = NEEDED_MB if self.cluster.exists() else NEEDED_NEW_MB
            self.require_room(needed)

    def require_room(self, needed_mb: int) -> None:
        """Raise ``DiskFull`` when less than ``needed_mb`` megabytes are free."""
        free_mb = shutil.disk_usage(self.path).free // 1_048_576
        if free_mb < needed_mb:
            raise DiskFull(folder=str(self.path), free_mb=free_mb, needed_mb=needed_mb)

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn an ``OSError`` about this folder into a sentence."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(folder=str(self.path), free_mb=0, needed_mb=NEEDED_MB) from error
            raise DataFolderUnwritable(folder=str(self.path), reason=error.strerror) from error

    def lock(self) -> FolderLock:
        """Hold the folder until the lock is released or this process dies.

        :raises DataFolderInUse: another process holds it.
        """
        with self.explained():
            file = os.fdopen(os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read(32).strip() or "?"
            file.close()
            raise DataFolderInUse(folder=str(self.path), pid=holder) from None
        with self.explained():
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        return FolderLock(file)

    def passwords(self) -> dict[str, str]:
        """The random password of each database role, made at first need, mode 0600."""
        path = self.path / "secrets" / "postgres.json"
        if path.exists():
            kept: dict[str, str] = json.loads(path.read_text())
            if set(kept) >= set(ROLES):
                return kept
        made = {role: secrets.token_urlsafe(24) for role in ROLES}
        with self.explained():
            write_private(path, json.dumps(made))
        return made

    def socket_folder(self, account: Account) -> Path:
        """A short private folder for the socket: mode 0700, owned by the server's account."""
        for parent in _socket_parents():
            folder = parent / self.digest
            if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
                continue
            if _is_ours(parent, os.geteuid()) and _is_ours(folder, account.uid, account):
                return folder
        folder = Path(tempfile.mkdtemp(prefix="xiaoer-", dir="/tmp"))
        account.own(folder)
        return folder


@dataclass(frozen=True, slots=True)
class FolderLock:
    """A held lock; closing its file lets go."""

    file: TextIO

    def release(self) -> None:
        """Let the next Xiaoer use the folder."""
        self.file.close()


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Replace a file in one step, mode 0600; a symbolic link in its place is not followed."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if account is not None:
            account.own(draft)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _socket_parents() -> list[Path]:
    if os.geteuid() == 0:
        return [Path("/run/xiaoer"), Path("/tmp/xiaoer-0")]  # noqa: S108
    given = os.environ.get("XDG_RUNTIME_DIR")
    own = f"xiaoer-{os.geteuid()}"
    parents = [Path(given) / "xiaoer"] if given else []
    return [*parents, Path(tempfile.gettempdir()) / own, Path("/tmp") / own]  # noqa: S108


def _is_ours(folder: Path, uid: int, account: Account | None = None) -> bool:
    """Make ``folder`` or check that nobody else made it: /tmp is everybody's."""
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700 if account else 0o711)
            if account is not None:
                account.own(folder)
        found = folder.lstat()
    except OSError:
        return False
    if account is not None and found.st_uid == os.geteuid() == 0:
        account.own(folder)
        found = folder.lstat()
    private = stat.S_IMODE(found.st_mode) & (0o077 if account else 0o022) == 0
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and private
