"""What a running server promises: it comes back from any kill, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from xiaoer.engines.postgres.server import postmaster

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# For a machine that builds other things meanwhile; how quick it is, `xiaoer torture` measures.
PATIENCE_S = 60.0


@dataclass
class Server:
    """A served tiny house, seen from outside."""

    data: Path
    port: int
    child: subprocess.Popen[bytes] | None = None
    seen: set[int] = field(default_factory=set)

    def start(self, *options: str) -> Server:
        """Start and wait until it says that it is ready."""
        self.launch(*options)
        until(lambda: self.note().get("pid") == self.pid)
        self.seen.update(self.processes())
        return self

    def launch(self, *options: str) -> subprocess.Popen[bytes]:
        """Start without waiting."""
        arguments = [str(self.data), str(self.port), *(options or ("worker",))]
        # Into a file: a pipe that nobody reads would stop the server when it is full.
        with self.printed.open("w") as sink:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "tests.operations.tiny_server", *arguments],
                cwd=ROOT,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        return self.child

    @property
    def printed(self) -> Path:
        """What the server has printed."""
        return self.data.with_name(f"printed-{self.port}")

    @property
    def pid(self) -> int:
        """Of the supervisor."""
        assert self.child
        return self.child.pid

    def note(self) -> dict[str, object]:
        """What the server tells other programs."""
        path = self.data / "serving.json"
        try:
            return dict(json.loads(path.read_text()))
        except (OSError, ValueError):
            return {}

    def ask(self, path: str = "/") -> tuple[int, int, int]:
        """Process, slot, and rows written until now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            pid, slot, count = answer.read().split()
        return int(pid), int(slot), int(count)

    def answer(self) -> tuple[int, int, int]:
        """The first answer that comes, however long the server is busy with mending itself."""
        found: list[tuple[int, int, int]] = []

        def asked() -> bool:
            try:
                found.append(self.ask())
            except OSError:
                return False
            return True

        until(asked)
        return found[0]

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        told = self.note().get("workers", [])
        assert isinstance(told, list)
        return told

    def database(self) -> list[int]:
        """Process ids of PostgreSQL."""
        return postmaster.leftovers(self.data / "postgres")

    def processes(self) -> list[int]:
        """All of them."""
        children = psutil.Process(self.pid).children(recursive=True)
        return [self.pid, *(child.pid for child in children), *self.database()]

    def left(self) -> list[int]:
        """Which processes of this server are still alive."""
        return [pid for pid in {*self.seen, *self.database()} if is_alive(pid)]

    def said(self) -> str:
        """Everything printed, once the server has ended."""
        assert self.child
        self.child.wait(PATIENCE_S)
        return self.printed.read_text()


def until(condition: Callable[[], bool]) -> float:
    """Seconds until the condition holds; fails when it does not within the patience."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.02)
    return time.monotonic() - began


def is_alive(pid: int) -> bool:
    """False also for a process that is dead and not yet buried."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is not started yet; nothing of it is left after the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(tmp_path / "data", port)
    yield made
    if made.child is not None:
        made.child.kill()
        made.child.wait()
    postmaster.stop(made.data / "postgres")


def test_ctrl_c_finishes_what_was_begun_and_leaves_no_process(server: Server) -> None:
    server.start()
    slow: list[tuple[int, int, int]] = []
    asking = threading.Thread(target=lambda: slow.append(server.ask("/slow")))
    asking.start()
    until(lambda: len(established(server.port)) > 0)
    os.kill(server.pid, signal.SIGINT)
    asking.join()
    assert slow[0][2] == 1
    server.said()
    assert server.child
    assert server.child.returncode == 0
    assert server.left() == []
    assert server.note() == {}


def established(port: int) -> list[int]:
    """Connections that a worker has accepted."""
    return [
        connection.pid or 0
        for connection in psutil.net_connections("tcp")
        if tuple(connection.laddr)[1:2] == (port,) and connection.status == psutil.CONN_ESTABLISHED
    ]


def test_a_dead_worker_is_replaced_in_its_slot(server: Server) -> None:
    server.start()
    pid, slot, count = server.answer()
    os.kill(pid, signal.SIGKILL)
    assert server.answer()[2] == count + 1
    until(lambda: len(server.workers()) == 2 and pid not in server.workers())
    until(lambda: server.answer()[1] == slot)
    assert pid not in server.workers()


def test_all_workers_dead_are_back_without_importing_again(server: Server) -> None:
    server.start()
    count = server.answer()[2]
    before = nurseries(server)
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
    assert server.answer()[2] == count + 1
    assert nurseries(server) == before


def test_a_dead_parent_of_workers_takes_them_along_and_is_replaced(server: Server) -> None:
    server.start()
    before = server.workers()
    os.kill(nurseries(server)[0], signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in before))
    until(lambda: len(set(server.workers()) - set(before)) == 2)
    assert server.answer()[2] == 1


def nurseries(server: Server) -> list[int]:
    """The process that imports the application and forks the workers."""
    children = psutil.Process(server.pid).children()
    return [one.pid for one in children if "xiaoer.edge.serve.nursery" in one.cmdline()]


def test_a_dead_postgresql_is_revived_with_everything_in_it(server: Server) -> None:
    server.start()
    count = server.answer()[2]
    for pid in server.database():
        os.kill(pid, signal.SIGKILL)
    assert server.answer()[2] == count + 1


def test_a_killed_supervisor_leaves_no_worker_and_the_next_one_adopts_the_database(
    server: Server,
) -> None:
    server.start()
    count = server.answer()[2]
    workers = server.workers()
    found = postmaster.running(server.data / "postgres")
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in workers))
    server.start()
    assert found == postmaster.running(server.data / "postgres")
    assert server.answer()[2] == count + 1


def test_everything_killed_at_once_comes_back_with_everything(server: Server) -> None:
    server.start()
    count = server.answer()[2]
    for pid in server.processes():
        os.kill(pid, signal.SIGKILL)
    server.start()
    assert server.answer()[2] == count + 1


def test_ctrl_c_while_starting_leaves_no_process_and_no_lock(server: Server) -> None:
    server.launch()
    until(lambda: bool(server.database()))
    server.seen.update(server.processes())
    os.kill(server.pid, signal.SIGINT)
    server.said()
    assert server.left() == []
    server.start()
    assert server.answer()[2] == 1


def test_a_port_in_use_is_one_sentence_and_no_process(server: Server) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", server.port))
        holder.listen()
        server.launch()
        assert server.said().startswith(f"Port {server.port} is in use.")
    assert server.left() == []


def test_a_data_folder_in_use_is_one_sentence_and_harms_nobody(server: Server) -> None:
    server.start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        other = Server(server.data, probe.getsockname()[1])
    other.launch()
    said = other.said()
    assert f"in use by another Xiaoer (process {server.pid})" in said
    assert len(said.splitlines()) == 1
    assert server.answer()[2] == 1


def test_a_worker_that_can_never_start_ends_the_server_with_a_sentence(server: Server) -> None:
    server.launch("broken")
    said = server.said()
    assert "slot 0 is broken" in said
    assert "xiaoer doctor" in said.splitlines()[-1]
    assert server.left() == []


def test_a_step_that_forbids_serving_ends_the_start(server: Server) -> None:
    server.launch("worker", "--exposed")
    assert server.said().startswith("The demo accounts have published passwords")
    assert server.left() == []
    assert server.note() == {}
