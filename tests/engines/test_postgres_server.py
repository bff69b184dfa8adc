"""What the embedded PostgreSQL promises: it starts anywhere, survives any kill, explains itself."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xiaoer.engines.postgres.server import (
    DataFolder,
    EmbeddedPostgres,
    RunningPostgres,
    binaries,
    errors,
    folder,
    postmaster,
    prepare_outside,
)
from xiaoer.kit.problem import Problem

IS_ROOT = os.geteuid() == 0
SEVEN = "CREATE TABLE seven AS SELECT 7 AS n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPostgres]:
    """One server for the tests that only look."""
    with EmbeddedPostgres.start(tmp_path_factory.mktemp("looked-at")) as running:
        yield running


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Runs code with a server in another process that then kills itself; returns the folder."""

    def play(code: str, data: Path = tmp_path / "data") -> Path:
        program = (
            "import os, psycopg, signal\nfrom pathlib import Path\n"
            "from xiaoer.engines.postgres.server import EmbeddedPostgres\n"
            f"server = EmbeddedPostgres.start(Path({str(data)!r}))\n"
            f"{code}\nos.kill(os.getpid(), signal.SIGKILL)\n"
        )
        outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert outcome.returncode == -signal.SIGKILL, outcome.stderr
        return data

    yield play
    postmaster.stop(tmp_path / "data" / "postgres")


def one(url: str, statement: str) -> Any:
    """The first value of the first row."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    return row and row[0]


def pids_of(data: Path) -> list[int]:
    """Every PostgreSQL process of a folder."""
    return postmaster.leftovers(data / "postgres")


def test_the_serving_role_can_neither_bypass_row_security_nor_make_tables(
    server: RunningPostgres,
) -> None:
    marks = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = "
    assert one(server.urls.app, marks + "current_user") is False
    assert one(server.urls.owner, marks + "current_user") is False
    assert one(server.urls.app, "SELECT current_user") == "xiaoer_app"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(server.urls.app, "CREATE TABLE mine (n int)")


def test_ops_reads_what_the_owner_makes_and_changes_nothing(server: RunningPostgres) -> None:
    with psycopg.connect(server.urls.owner) as owner:
        owner.execute(SEVEN)
    assert one(server.urls.ops, "SELECT n FROM seven") == 7
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(server.urls.ops, "DELETE FROM seven RETURNING n")
    with psycopg.connect(server.urls.owner) as owner:
        owner.execute("DROP TABLE seven")


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_acknowledged_means_on_disk(server: RunningPostgres, setting: str) -> None:
    assert one(server.urls.app, f"SHOW {setting}") == "on"


def test_vectors_are_there_from_the_start(server: RunningPostgres) -> None:
    assert one(server.urls.app, "SELECT '[1,2]'::vector <-> '[4,6]'::vector") == 5


def test_chinese_is_sorted_and_folded_the_same_on_every_machine(server: RunningPostgres) -> None:
    assert one(server.urls.app, "SELECT lower('ÄÉ小二') || ' ' || ('一' < '丁')") == "äé小二 true"


def test_nobody_enters_without_the_password(server: RunningPostgres) -> None:
    stranger = server.urls.app.replace("xiaoer_app:", "xiaoer_app:x")
    with pytest.raises(psycopg.OperationalError, match="password"):
        one(stranger, "SELECT 1")


def test_secrets_are_readable_by_their_user_alone(server: RunningPostgres) -> None:
    secrets = server.folder.path / "secrets"
    assert (secrets / "postgres.json").stat().st_mode & 0o777 == 0o600
    assert secrets.stat().st_mode & 0o077 == 0
    assert server.folder.cluster.stat().st_mode & 0o077 == 0


def test_the_log_never_shows_a_value_or_a_statement(server: RunningPostgres) -> None:
    with psycopg.connect(server.urls.owner) as owner:
        owner.execute("CREATE TEMP TABLE shy (phone text UNIQUE)")
        owner.execute("INSERT INTO shy VALUES ('13800138000')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO shy VALUES (%s)", ["13800138000"])
    said = server.folder.log.read_text()
    assert "duplicate key" in said
    assert "13800138000" not in said
    assert "INSERT" not in said


def test_a_second_xiaoer_is_refused_and_told_who_holds_the_folder(server: RunningPostgres) -> None:
    with pytest.raises(errors.DataFolderInUse) as refusal:
        EmbeddedPostgres.start(server.folder.path)
    assert str(os.getpid()) in refusal.value.sentence("zh-CN")
    assert EmbeddedPostgres.running_at(server.folder.path) == server.urls


@pytest.mark.slow
def test_stopping_leaves_no_process_and_starting_again_finds_everything(tmp_path: Path) -> None:
    with EmbeddedPostgres.start(tmp_path) as first, psycopg.connect(first.urls.owner) as owner:
        owner.execute(SEVEN)
        owner.commit()
        socket_folder = postmaster.recorded(first.folder.cluster)
    assert pids_of(tmp_path) == []
    assert socket_folder
    assert not socket_folder.socket_folder.exists()
    with EmbeddedPostgres.start(tmp_path) as second:
        assert second.adopted is False
        assert one(second.urls.owner, "SELECT n FROM seven") == 7


def test_an_orphan_of_a_killed_parent_is_adopted(killed: Callable[..., Path]) -> None:
    data = killed(f"psycopg.connect(server.urls.owner, autocommit=True).execute({SEVEN!r})")
    orphan = postmaster.running(data / "postgres")
    with EmbeddedPostgres.start(data) as server:
        assert orphan
        assert server.pid == orphan.pid
        assert server.adopted
        assert one(server.urls.owner, "SELECT n FROM seven") == 7
    assert pids_of(data) == []


@pytest.mark.slow
def test_an_orphan_of_another_installation_is_replaced(killed: Callable[..., Path]) -> None:
    data = killed("")
    orphan = postmaster.running(data / "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with EmbeddedPostgres.start(data, tcp_port=port) as server:
        assert orphan
        assert server.pid != orphan.pid
        assert one(server.tcp_urls.app, "SELECT 1") == 1


@pytest.mark.slow
def test_everything_killed_at_once_loses_nothing(killed: Callable[..., Path]) -> None:
    data = killed(
        f"psycopg.connect(server.urls.owner, autocommit=True).execute({SEVEN!r})\n"
        "from xiaoer.engines.postgres.server import postmaster\n"
        "for pid in postmaster.leftovers(server.folder.cluster): os.kill(pid, signal.SIGKILL)"
    )
    assert (data / "postgres" / "postmaster.pid").exists()
    with EmbeddedPostgres.start(data) as server:
        assert one(server.urls.owner, "SELECT n FROM seven") == 7


def test_postgresql_killed_alone_is_revived_though_its_children_are_busy(tmp_path: Path) -> None:
    with EmbeddedPostgres.start(tmp_path) as server:
        busy = psycopg.connect(server.urls.owner, autocommit=True)
        busy.execute(SEVEN)
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e12)")
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        while server.is_alive():
            pass
        assert pids_of(tmp_path) != []
        server.revive()
        assert one(server.urls.owner, "SELECT n FROM seven") == 7


@pytest.mark.slow
def test_a_process_id_that_was_given_to_somebody_else_is_not_taken_for_ours(
    killed: Callable[..., Path],
) -> None:
    data = killed(
        "from xiaoer.engines.postgres.server import postmaster\n"
        "for pid in postmaster.leftovers(server.folder.cluster): os.kill(pid, signal.SIGKILL)"
    )
    file = data / "postgres" / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    with EmbeddedPostgres.start(data) as server:
        assert one(server.urls.app, "SELECT 1") == 1


@pytest.mark.slow
def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    with EmbeddedPostgres.start(tmp_path) as server:
        assert one(server.urls.app, "SELECT 1") == 1
    assert not half.exists()


@pytest.mark.slow
def test_lost_secrets_are_made_anew(tmp_path: Path) -> None:
    with EmbeddedPostgres.start(tmp_path) as server:
        before = server.urls.app
    shutil.rmtree(tmp_path / "secrets")
    with EmbeddedPostgres.start(tmp_path) as server:
        assert server.urls.app != before
        assert one(server.urls.app, "SELECT 1") == 1


def test_a_long_path_with_spaces_and_chinese_is_a_good_place(tmp_path: Path) -> None:
    data = tmp_path / ("很长 的 目录" * 4) / ("小二's “数据” %20" * 3) / ("x" * 120)
    with EmbeddedPostgres.start(data) as server:
        assert one(server.urls.app, "SELECT 1") == 1


@pytest.mark.slow
def test_an_administrators_own_settings_are_kept(tmp_path: Path) -> None:
    with EmbeddedPostgres.start(tmp_path) as server:
        (server.folder.cluster / "custom.conf").write_text("work_mem = 21MB\n")
        if IS_ROOT:
            (server.folder.cluster / "custom.conf").chmod(0o644)
    with EmbeddedPostgres.start(tmp_path) as server:
        assert one(server.urls.app, "SHOW work_mem") == "21MB"


@pytest.mark.slow
def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(errors.PortInUse) as refusal:
            EmbeddedPostgres.start(tmp_path, tcp_port=port)
    assert str(port) in refusal.value.sentence("en")
    assert pids_of(tmp_path) == []


def test_a_file_in_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(errors.DataFolderUnwritable):
        EmbeddedPostgres.start(tmp_path / "data")


def test_a_cluster_of_another_major_version_is_explained(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(errors.WrongVersion) as refusal:
        EmbeddedPostgres.start(tmp_path)
    assert "16" in refusal.value.sentence("zh-CN")


def test_too_little_room_is_said_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "NEEDED_NEW_MB", 10**9)
    with pytest.raises(errors.DiskFull) as refusal:
        EmbeddedPostgres.start(tmp_path)
    assert str(10**9) in refusal.value.sentence("en")
    assert not (tmp_path / "postgres").exists()


def test_a_failed_start_lets_go_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(binaries, "WHEEL", "no_such_wheel")
        with pytest.raises(errors.NoBundledServer):
            EmbeddedPostgres.start(tmp_path)
    lock = DataFolder(tmp_path).lock()
    lock.release()


@pytest.mark.slow
def test_a_socket_folder_that_somebody_else_prepared_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    place = DataFolder(tmp_path / "data")
    (trap / place.digest).symlink_to(tmp_path)
    monkeypatch.setattr(folder, "_socket_parents", lambda: [trap])
    with EmbeddedPostgres.start(place.path) as server:
        assert trap.name not in server.urls.app


# --- an outside server -------------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[RunningPostgres]:
    """A server that knows nothing of Xiaoer: a database ``shop`` and an account without rights."""
    with EmbeddedPostgres.start(tmp_path / "outside") as running:
        with psycopg.connect(running.admin_url, autocommit=True) as admin:
            admin.execute("DROP DATABASE xiaoer")
            admin.execute("DROP OWNED BY xiaoer_owner, xiaoer_app, xiaoer_ops")
            admin.execute("DROP ROLE xiaoer_owner, xiaoer_app, xiaoer_ops")
            admin.execute("CREATE DATABASE shop")
            admin.execute("CREATE ROLE clerk LOGIN PASSWORD 'secret'")
        yield running


def of_shop(server: RunningPostgres, account: str = "") -> str:
    """The address of the database ``shop`` for an account, by default the administrator."""
    url = server.admin_url.replace("/postgres?", "/shop?")
    return url.replace("xiaoer_root@", f"{account}@") if account else url


def test_an_administrators_address_prepares_an_outside_database(
    outside: RunningPostgres, tmp_path: Path
) -> None:
    urls = prepare_outside(of_shop(outside), tmp_path / "data")
    assert one(urls.app, "SELECT current_user || current_database()") == "xiaoer_appshop"
    assert one(urls.owner, "SELECT '[1]'::vector <-> '[3]'") == 2
    assert prepare_outside(of_shop(outside, "clerk:secret"), tmp_path / "data") == urls


@pytest.mark.slow
def test_an_account_without_rights_is_given_the_sql_that_mends_it(
    outside: RunningPostgres, tmp_path: Path
) -> None:
    clerk = of_shop(outside, "clerk:secret")
    with pytest.raises(errors.RolesMissing) as refusal:
        prepare_outside(clerk, tmp_path / "data")
    with psycopg.connect(of_shop(outside), autocommit=True) as admin:
        admin.execute(refusal.value.fields["sql"])
    owner = prepare_outside(clerk, tmp_path / "data").owner
    assert one(owner, "SELECT current_user") == "xiaoer_owner"


@pytest.mark.slow
def test_roles_of_another_installation_are_not_taken_over(
    outside: RunningPostgres, tmp_path: Path
) -> None:
    first = prepare_outside(of_shop(outside), tmp_path / "data")
    with pytest.raises(errors.RolesTaken):
        prepare_outside(of_shop(outside), tmp_path / "other")
    assert one(first.app, "SELECT 1") == 1
    (tmp_path / "other" / "secrets" / "postgres.json").write_bytes(
        (tmp_path / "data" / "secrets" / "postgres.json").read_bytes()
    )
    assert prepare_outside(of_shop(outside), tmp_path / "other") == first


def test_an_unreachable_database_is_explained(tmp_path: Path) -> None:
    with pytest.raises(errors.OutsideUnreachable):
        prepare_outside(f"postgresql://x@/x?host={tmp_path}", tmp_path / "data")


# --- other users -------------------------------------------------------------------------------

if IS_ROOT:

    @pytest.fixture
    def open_place() -> Iterator[Path]:
        """A folder that every user may enter, unlike pytest's own."""
        place = Path(tempfile.mkdtemp(dir="/var/tmp"))
        place.chmod(0o755)
        yield place
        shutil.rmtree(place)

    def as_ordinary_user(work: Callable[[], None]) -> str:
        """Run ``work`` in a child that has become the user ``nobody``; returns its complaint."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            said = b"died"
            try:
                entry = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setgid(entry.pw_gid)
                os.setuid(entry.pw_uid)
                work()
                said = b""
            except Problem as problem:
                said = problem.code.encode()
            except BaseException as error:
                said = repr(error).encode()
            finally:
                os.write(writer, said)
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            complaint = pipe.read()
        os.waitpid(child, 0)
        return complaint

    def test_an_ordinary_user_runs_it_as_themselves(open_place: Path) -> None:
        data = open_place / "数据"
        data.mkdir()
        shutil.chown(data, "nobody")

        def work() -> None:
            with EmbeddedPostgres.start(data) as server:
                assert one(server.urls.app, "SELECT 1") == 1

        assert as_ordinary_user(work) == ""
        assert pwd.getpwuid((data / "postgres").stat().st_uid).pw_name == "nobody"

    @pytest.mark.slow
    def test_root_runs_an_ordinary_users_cluster_as_that_user(open_place: Path) -> None:
        data = open_place / "data"
        data.mkdir()
        shutil.chown(data, "nobody")
        assert as_ordinary_user(lambda: EmbeddedPostgres.start(data).stop()) == ""
        with EmbeddedPostgres.start(data) as server:
            assert one(server.urls.app, "SELECT 1") == 1
            assert server.pid
            assert Path(f"/proc/{server.pid}").owner() == "nobody"
        assert as_ordinary_user(lambda: EmbeddedPostgres.start(data).stop()) == ""

    @pytest.mark.slow
    def test_an_ordinary_user_cannot_start_roots_cluster_and_is_told_so(open_place: Path) -> None:
        data = open_place / "data"
        EmbeddedPostgres.start(data).stop()
        for path in (data, data / "logs", data / "secrets", data / "lock"):
            shutil.chown(path, "nobody")
        assert as_ordinary_user(lambda: EmbeddedPostgres.start(data).stop()) == "foreign_cluster"

    def test_a_folder_that_may_not_be_written_is_explained(open_place: Path) -> None:
        data = open_place / "data"
        complaint = as_ordinary_user(lambda: EmbeddedPostgres.start(data).stop())
        assert complaint == "data_folder_unwritable"

    def test_root_never_runs_postgresql_as_root_below_a_closed_home(open_place: Path) -> None:
        home = open_place / "home"
        home.mkdir(mode=0o700)
        with EmbeddedPostgres.start(home / "x" / "data") as server:
            assert one(server.urls.app, "SELECT 1") == 1
            assert server.pid
            assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        assert home.stat().st_mode & 0o777 == 0o700

    @pytest.mark.slow
    def test_a_wheel_below_a_closed_home_is_copied_once(
        open_place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = binaries.bundled().folder.parent
        closed = open_place / "closed"
        closed.mkdir(mode=0o700)
        libraries = f"{binaries.WHEEL}.libs"
        install = closed / binaries.WHEEL / binaries.INSTALL
        for part in ("bin", "lib", "share"):
            shutil.copytree(wheel / part, install / part, copy_function=os.link)
        shutil.copytree(wheel.parents[1] / libraries, closed / libraries, copy_function=os.link)
        monkeypatch.setattr(binaries, "bundled", lambda: binaries.Binaries(install / "bin"))
        monkeypatch.setattr(binaries, "COPIES", open_place / "copies")
        with EmbeddedPostgres.start(closed / "data") as server:
            assert one(server.urls.app, "SELECT '[1]'::vector <-> '[3]'") == 2
        EmbeddedPostgres.start(closed / "data").stop()
        assert len(list((open_place / "copies").iterdir())) == 1

    @pytest.mark.slow
    def test_a_disk_that_fills_during_the_first_start_is_said(
        open_place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(folder, "NEEDED_NEW_MB", 1)
        small = open_place / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(small)], check=True)
        try:
            with pytest.raises(errors.DiskFull):
                EmbeddedPostgres.start(small / "data")
            assert not (small / "data" / "postgres").exists()
        finally:
            subprocess.run(["umount", str(small)], check=True)


def test_every_sentence_says_what_to_do_in_both_languages() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Problem) and kind is not Problem
    ]
    assert len({kind.code for kind in kinds}) == len(kinds) > 10
    assert json.dumps([kind.zh for kind in kinds])
