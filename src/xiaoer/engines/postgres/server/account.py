"""Decides which operating system user runs PostgreSQL, since PostgreSQL refuses to be root.

An ordinary user runs it as themselves. Root hands it to an account of its own that owns nothing
else; a cluster that already belongs to somebody is run as that somebody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ForeignCluster, NoOsAccount

NAME = "xiaoer-pg"
FALLBACKS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An operating system user, by name and number."""

    name: str
    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        """True when no change of user is needed to act as this account."""
        return self.uid == os.geteuid()

    def popen(self) -> dict[str, Any]:
        """The arguments of ``subprocess`` that make a child run as this account."""
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give ``path`` (a folder with all below it, or a file) to this account."""
        if self.is_self:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            for folder, folders, files in os.walk(path):
                for name in (*folders, *files):
                    os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)


def account_for(cluster: Path) -> Account:
    """Who runs the cluster: ourselves, its present owner, or the account kept for it.

    :raises ForeignCluster: an ordinary user meets somebody else's cluster.
    :raises NoOsAccount: root finds no account and cannot make one.
    """
    me = os.geteuid()
    owner = cluster.stat().st_uid if cluster.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise ForeignCluster(folder=str(cluster.parent), owner=_name_of(owner or 0))
        return Account(_name_of(me), me, os.getegid())
    if owner:
        entry = _entry_by_uid(owner)
        if entry is not None:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return _dedicated()


def _dedicated() -> Account:
    entry = _entry_by_name(NAME) or _created()
    for name in FALLBACKS:
        entry = entry or _entry_by_name(name)
    if entry is None or entry.pw_uid == 0:
        raise NoOsAccount(name=NAME)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _created() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command = [useradd, *options, "--shell", "/usr/sbin/nologin", NAME]
    # A second Xiaoer may be making the same account: what counts is that it is there afterwards.
    subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    return _entry_by_name(NAME)


def _name_of(uid: int) -> str:
    entry = _entry_by_uid(uid)
    return entry.pw_name if entry else str(uid)


def _entry_by_name(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _entry_by_uid(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None
