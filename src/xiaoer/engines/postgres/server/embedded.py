"""The embedded PostgreSQL of one data folder: started, adopted, revived and stopped.

It is a child process in a session of its own, so that Ctrl-C reaches it only through us, and it
outlives a killed parent; the next start finds it by its working directory and takes it over.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import cluster as clusters
from . import postmaster, roles
from .account import Account, account_for
from .binaries import Binaries, reachable_by
from .cluster import DATABASE, SUPERUSER
from .errors import DiskFull, PortInUse, StartFailed, UnsuitableFilesystem
from .folder import NEEDED_MB, DataFolder, FolderLock, write_private
from .postmaster import Postmaster
from .roles import DatabaseUrls

READY_WITHIN_S = 120.0
LONGEST_LOG = 5_000_000
PREPARED = "1"


class EmbeddedPostgres:
    """Where a running server comes from."""

    @staticmethod
    def start(data_dir: Path, *, tcp_port: int | None = None) -> RunningPostgres:
        """Lock the folder and have PostgreSQL running in it: adopted, recovered or brand-new.

        ``tcp_port`` lets it listen on 127.0.0.1 as well; by default it has a private socket only.

        :raises Problem: one of ``errors``, each a sentence with what to do.
        """
        folder = DataFolder.at(data_dir)
        folder.prepare()
        lock = folder.lock()
        server = RunningPostgres(folder, lock, tcp_port)
        try:
            server.revive()
        except BaseException:
            server.give_up()
            raise
        return server

    @staticmethod
    def running_at(data_dir: Path) -> DatabaseUrls | None:
        """The addresses of a server that another Xiaoer keeps running in this folder."""
        folder = DataFolder.at(data_dir)
        found = postmaster.running(folder.cluster)
        if found is None or found.status != "ready":
            return None
        return urls_of(folder, found.socket_folder)


class RunningPostgres:
    """A server that this process is responsible for."""

    def __init__(self, folder: DataFolder, lock: FolderLock, tcp_port: int | None) -> None:
        self.folder = folder
        self.adopted = False
        self._lock = lock
        self._tcp_port = tcp_port
        self._child: subprocess.Popen[bytes] | None = None
        self._socket_folder = Path()

    @property
    def urls(self) -> DatabaseUrls:
        """The addresses of the database for its three roles."""
        return urls_of(self.folder, self._socket_folder)

    @property
    def tcp_urls(self) -> DatabaseUrls:
        """The same over TCP; only when started with ``tcp_port``."""
        return urls_of(self.folder, Path(), self._tcp_port)

    @property
    def admin_url(self) -> str:
        """The superuser's address, for preparing databases; no serving code may hold it."""
        return f"postgresql://{SUPERUSER}@/postgres?host={_quoted(self._socket_folder)}"

    @property
    def pid(self) -> int | None:
        """The process id of the live postmaster."""
        found = postmaster.running(self.folder.cluster)
        return found.pid if found else None

    def is_alive(self) -> bool:
        """True while the postmaster lives."""
        if self._child is not None:
            return self._child.poll() is None
        return self.pid is not None

    def revive(self) -> None:
        """See that the server runs, whatever became of it; a live one is left as it is."""
        account = account_for(self.folder.cluster)
        binaries = reachable_by(account)
        found = self._adoptable(binaries)
        if found is None:
            self._start(account, binaries)
        else:
            self.adopted = self._child is None
            self._socket_folder = found.socket_folder
        self._prepare_database()

    def stop(self) -> None:
        """End PostgreSQL cleanly and let go of the folder."""
        postmaster.stop(self.folder.cluster)
        if self._child is not None:
            self._child.wait()
        with suppress(OSError):
            self._socket_folder.rmdir()
        self._lock.release()

    def give_up(self) -> None:
        """Undo a start that did not come to its end; a server found running stays as it is."""
        if self._child is not None:
            self.stop()
        self._lock.release()

    def __enter__(self) -> RunningPostgres:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _adoptable(self, binaries: Binaries) -> Postmaster | None:
        found = postmaster.running(self.folder.cluster)
        if found is None:
            return None
        if self._tcp_port is None and postmaster.is_same_program(
            found.pid, binaries.program("postgres")
        ):
            deadline = time.monotonic() + READY_WITHIN_S
            while found is not None and time.monotonic() < deadline:
                if found.status == "ready" and self._answers(found):
                    return found
                if found.status == "stopping":
                    break
                time.sleep(postmaster.GLANCE_S)
                found = postmaster.running(self.folder.cluster)
        postmaster.stop(self.folder.cluster)
        return None

    def _answers(self, found: Postmaster) -> bool:
        self._socket_folder = found.socket_folder
        try:
            psycopg.connect(self.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self, account: Account, binaries: Binaries) -> None:
        folder = self.folder
        if not folder.cluster.exists():
            clusters.make_cluster(folder, binaries, account)
        with folder.explained():
            clusters.check_version(folder)
            if folder.cluster.stat().st_uid != account.uid:
                account.own(folder.cluster)
            clusters.write_configuration(folder, account, self._tcp_port)
        postmaster.clear_leftovers(folder.cluster)
        stale = folder.cluster / "postmaster.pid"
        if stale.exists():
            clusters.force_to_disk(folder.cluster)
            stale.unlink()
        self._socket_folder = folder.socket_folder(account)
        # PostgreSQL keeps a lock whose number belongs to a live process, if only to a zombie.
        for left in self._socket_folder.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)
        self.adopted = False
        said_from = self._launch(account, binaries)
        self._await_ready(said_from)

    def _launch(self, account: Account, binaries: Binaries) -> int:
        log = self.folder.log
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        arguments = ["-D", clusters.data_argument(self.folder.cluster)]
        with self.folder.explained(), log.open("ab") as sink:
            said_from = sink.tell()
            self._child = subprocess.Popen(  # noqa: S603
                [
                    str(binaries.program("postgres")),
                    *arguments,
                    "-c",
                    f"unix_socket_directories={self._socket_folder}",
                ],
                cwd=self.folder.cluster,
                env=clusters.ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                **account.popen(),
            )
        return said_from

    def _await_ready(self, said_from: int) -> None:
        child = self._child
        deadline = time.monotonic() + READY_WITHIN_S
        while child is not None and time.monotonic() < deadline:
            if child.poll() is not None:
                self._explain_failure(said_from)
            found = postmaster.recorded(self.folder.cluster)
            if found is not None and found.pid == child.pid and found.status == "ready":
                return
            time.sleep(postmaster.GLANCE_S)
        postmaster.stop(self.folder.cluster)
        self._explain_failure(said_from)

    def _explain_failure(self, said_from: int) -> None:
        folder = self.folder
        with folder.log.open("rb") as file:
            file.seek(said_from)
            said = file.read().decode(errors="replace")
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise DiskFull(folder=str(folder.path), free_mb=0, needed_mb=NEEDED_MB)
        if "Address already in use" in said and self._tcp_port:
            raise PortInUse(port=self._tcp_port)
        if "has invalid permissions" in said or "has wrong ownership" in said:
            raise UnsuitableFilesystem(folder=str(folder.path))
        lines = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line]
        reason = (lines or said.splitlines() or ["no word from it in time"])[-1]
        raise StartFailed(reason=reason, log=str(folder.log))

    def _prepare_database(self) -> None:
        """Make roles and database once; the marker is written when all of it is done."""
        marker = self.folder.path / "secrets" / "prepared"
        passwords_kept = (self.folder.path / "secrets" / "postgres.json").exists()
        if passwords_kept and marker.exists() and marker.read_text() == PREPARED:
            return
        passwords = self.folder.passwords()
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            existing = roles.existing_roles(admin)
            roles.run(admin, roles.role_statements(passwords, existing))
            make_database(admin, DATABASE)
        prepare_inside(self.admin_url.replace("/postgres?", f"/{DATABASE}?"), DATABASE)
        write_private(marker, PREPARED)


def make_database(admin: roles.Connection, name: str) -> None:
    """Make an empty database owned by ``xiaoer_owner``, unless it is there."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    text = f"CREATE DATABASE {{}} OWNER {roles.OWNER} TEMPLATE template0"
    admin.execute(sql.SQL(text).format(sql.Identifier(name)))


def prepare_inside(admin_url: str, name: str) -> None:
    """Extension and rights inside one database."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        roles.run(admin, roles.seclusion_statements(name))
        roles.run(admin, roles.database_statements(name))
        roles.run(admin, roles.owner_statements())


def urls_of(folder: DataFolder, socket_folder: Path, tcp_port: int | None = None) -> DatabaseUrls:
    """The three addresses, over the socket or over TCP."""
    passwords = folder.passwords()
    place = f"127.0.0.1:{tcp_port}/{DATABASE}" if tcp_port else f"/{DATABASE}"
    query = "" if tcp_port else f"?host={_quoted(socket_folder)}"

    def url(role: str, key: str) -> str:
        return f"postgresql://{role}:{passwords[key]}@{place}{query}"

    return DatabaseUrls(url(roles.OWNER, "owner"), url(roles.APP, "app"), url(roles.OPS, "ops"))


def _quoted(path: Path) -> str:
    return quote(str(path), safe="/")
