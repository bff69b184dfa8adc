"""The real server under a measurement: its data folder prepared, started as a user starts it, and
watched from outside.

The demo group is planted, agents and a channel account are added through the rooms' verbs, then
``xiaoer serve`` runs in a process of its own. Nothing outside the folder is touched.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from xiaoer.edge.cli.migrating import migrated
from xiaoer.edge.cli.wiring import Wiring
from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.engines.postgres.server import inspection, postmaster
from xiaoer.kit.ids import NOWHERE
from xiaoer.kit.problem import NotFound, Problem
from xiaoer.kit.settings import Settings
from xiaoer.labs.demo import bar, seed
from xiaoer.labs.demo.group import CUSTOMERS, ORDERS
from xiaoer.modules import channels, org
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

ACTOR = System("labs")
ACCOUNT = "xw_measured"
PASSWORD = "measured-in-a-temporary-folder"  # noqa: S105 - of accounts that live as long as the folder
KEEPER = "measured-keeper"
READY_S = 180.0
NURSERY = "xiaoer.edge.serve.nursery"
COMMAND = (sys.executable, "-c", "from xiaoer.main import cli; cli()", "serve")

Tell = Callable[[str], None]


class UnsafeDatabase(Problem):
    """Numbers of a database that may lose what it acknowledged would not be numbers."""

    code = "unsafe_database"
    status = 409
    zh = "数据库关闭了 {settings}，测得的数字没有意义。请打开后再试。"
    en = "The database has {settings} off; numbers measured on it mean nothing. Turn it on."


class NotReady(Problem):
    """The server did not come up."""

    code = "not_ready"
    status = 503
    zh = "服务没有在 {seconds} 秒内就绪，日志见 {log}。"
    en = "The server was not ready within {seconds} s; see {log}."


@dataclass(frozen=True, slots=True)
class Size:
    """How much of the demo group is planted, and how many agents are added to it."""

    agents: int
    customers: int = CUSTOMERS
    orders: int = ORDERS


def logins(count: int) -> list[str]:
    """The added agents."""
    return [f"measured{number:03d}" for number in range(count)]


def prepare(wiring: Wiring, settings: Settings, size: Size, tell: Tell) -> None:
    """Bring the folder to a state that can be served; raises :class:`UnsafeDatabase`."""
    with opened_database(settings) as database:
        migrated(settings, database.urls, tell)
        unsafe = inspection.condition(database.urls).unsafe_settings
        if unsafe:
            raise UnsafeDatabase(settings=", ".join(unsafe))

        async def planted() -> None:
            async with named(wiring.house)(settings, database.urls) as house:
                await bar.show(seed.plant(
                    house, customer_count=size.customers, order_count=size.orders
                ))
                await _add_people(house, size.agents)

        asyncio.run(planted())


async def _add_people(house: House, agents: int) -> None:
    """Agents at the top of the tree under one password hash, and an account for the crowd."""
    hashed = await org.hash_password(PASSWORD)
    tenant = await seed.found_tenant(house)
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        try:
            await channels.find(ctx, ACCOUNT)
            is_open = True
        except NotFound:
            is_open = False
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        known = {member.login for member in await org.members(ctx)}
        wanted = [(login, f"坐席{login[-3:]}", org.contracts.Role.AGENT) for login in logins(agents)]
        wanted.append((KEEPER, "测试管理员", org.contracts.Role.ADMINISTRATOR))
        await org.add_members(ctx, [
            org.contracts.NewMember(login, name, frozenset({role}), password_hash=hashed)
            for login, name, role in wanted
            if login not in known
        ])
        if not is_open:
            profile = channels.contracts.Profile(
                kind=channels.contracts.WEB, name="压测", unit_path="/",
                allowed_origins=(channels.contracts.ANY_ORIGIN,),
            )
            await channels.open_account(ctx, profile, key=ACCOUNT)


def end_cleanly() -> None:
    """Let SIGTERM end a command as Ctrl-C does, so that its server ends with it."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def free_port() -> int:
    """A port that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stage:
    """One server over one data folder."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings = settings
        self.address = f"http://{settings.host}:{settings.port}"
        self.log = log
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start ``xiaoer serve`` without waiting."""
        options = [f"--data-dir={self.settings.data_dir}", f"--port={self.settings.port}"]
        options.append(f"--workers={self.settings.workers}")
        environment = dict(os.environ)
        if self.settings.database_url is not None:
            url = self.settings.database_url.get_secret_value()
            environment["XIAOER_DATABASE_URL"] = url
        self.note.unlink(missing_ok=True)
        with self.log.open("ab") as sink:
            self._child = subprocess.Popen(  # noqa: S603
                [*COMMAND, *options], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                env=environment, start_new_session=True,
            )

    def await_ready(self) -> None:
        """Return when requests are answered; raises :class:`NotReady`."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self._child and self._child.poll() is None:
            with suppress(OSError, ValueError):
                if json.loads(self.note.read_text())["pid"] == self._child.pid:
                    return
            time.sleep(0.02)
        raise NotReady(seconds=int(READY_S), log=str(self.log))

    def stop(self) -> None:
        """End it as Ctrl-C does, then make sure that nothing is left."""
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(25)
            except subprocess.TimeoutExpired:
                self.kill_tree()
        if self.settings.database_url is None:
            postmaster.stop(self.settings.data_dir / "postgres", fast_s=3)

    @property
    def note(self) -> Path:
        """Where the server says that it is ready."""
        return self.settings.data_dir / "serving.json"

    def workers(self) -> list[int]:
        """Process ids of the workers: children of the nursery, which is a child of the first."""
        nurseries = [p for p in self._family()[1:] if p.ppid() == self._child_pid]
        found = [worker for p in nurseries if NURSERY in _command(p) for worker in _children(p)]
        return sorted(worker.pid for worker in found if NURSERY in _command(worker))

    def database(self) -> list[int]:
        """Process ids of the embedded PostgreSQL, the postmaster among them."""
        if self.settings.database_url is not None:
            return []
        return postmaster.leftovers(self.settings.data_dir / "postgres")

    def postmaster(self) -> int | None:
        """The process that all of PostgreSQL hangs on."""
        found = postmaster.running(self.settings.data_dir / "postgres")
        return found.pid if found else None

    def processes(self) -> list[int]:
        """All of the server: supervisor, workers, PostgreSQL."""
        return sorted({p.pid for p in self._family()} | set(self.database()))

    def kill_tree(self) -> None:
        """``kill -9`` on everything at once."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._child is not None:
            self._child.wait()

    def memory_mb(self) -> float:
        """Proportional set size of all processes: pages that are shared count once."""
        return sum(_memory_of(pid) for pid in self.processes()) / 1_048_576

    def cpu_s(self) -> float:
        """Processor seconds of all processes that live now, and of their dead children."""
        return sum(_cpu_of(pid) for pid in self.processes())

    @property
    def _child_pid(self) -> int:
        return self._child.pid if self._child else 0

    def _family(self) -> list[psutil.Process]:
        if self._child is None or self._child.poll() is not None:
            return []
        try:
            top = psutil.Process(self._child.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _memory_of(pid: int) -> int:
    try:
        full = psutil.Process(pid).memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.uss))


def _cpu_of(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
