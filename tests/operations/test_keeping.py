"""Keeping an installation: set up without a default password, examined, backed up, restored."""

from __future__ import annotations

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from xiaoer.edge.cli import Wiring
from xiaoer.edge.cli.app import build_cli
from xiaoer.edge.cli.serving import is_loopback
from xiaoer.engines.postgres.server import EmbeddedPostgres

WIRING = Wiring(
    worker="tests.operations.tiny_house:worker",
    house="tests.operations.tiny_house:house",
    plant="tests.operations.tiny_house:plant",
    traffic="tests.operations.tiny_house:traffic",
    groups={"echo": ("tests.operations.tiny_house:echo", "Says what it hears.")},
)
TENANT = uuid4()


def xiaoer(*arguments: str | Path, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(
        build_cli(WIRING), [str(one) for one in arguments], env={"LC_ALL": "C", **environment}
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that was set up, with a row and an uploaded file, not running."""
    folder = tmp_path_factory.mktemp("home") / "数据 data"
    made = xiaoer(
        "setup", "--group", "和光 Heguang", "--login", "root", "--data-dir", folder,
        XIAOER_ADMIN_PASSWORD="correct horse battery",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    with EmbeddedPostgres.start(folder) as server, psycopg.connect(server.urls.app) as app:
        app.execute("SELECT set_config('app.tenant', %s, true)", [str(TENANT)])
        app.execute("INSERT INTO kernel_once VALUES (%s, 'kept', now())", [TENANT])
    (folder / "blobs" / "t").mkdir(parents=True)
    (folder / "blobs" / "t" / "photo").write_bytes(b"\x00picture\xff")
    (folder / "blobs" / ".incoming").mkdir()
    (folder / "blobs" / ".incoming" / "half").write_bytes(b"half")
    return folder


@pytest.fixture(scope="module")
def backup(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    folder = tmp_path_factory.mktemp("backups") / "monday"
    made = xiaoer("backup", folder, "--data-dir", home)
    assert made.exit_code == 0, made.output
    return folder


def test_help_names_every_command_without_importing_any() -> None:
    shown = xiaoer("--help").output
    for command in ("serve", "demo", "setup", "doctor", "backup", "restore", "migrate", "echo"):
        assert command in shown


def test_the_version_is_one_line() -> None:
    assert xiaoer("--version").output == f"{version('xiaoer')}\n"


def test_a_command_of_others_gets_its_arguments_and_the_wiring() -> None:
    assert xiaoer("echo", "--loud", "hello").output == "HELLO tests.operations.tiny_house:house\n"


def test_the_first_administrator_has_the_password_that_was_given(home: Path) -> None:
    with EmbeddedPostgres.start(home) as server, psycopg.connect(server.urls.ops) as ops:
        found = ops.execute("SELECT login, roles, password_hash FROM org_member").fetchall()
    assert [(login, list(roles)) for login, roles, _ in found] == [("root", ["administrator"])]
    assert found[0][2].startswith("$argon2id$")


def test_a_weak_first_password_founds_nothing(tmp_path: Path) -> None:
    refused = xiaoer(
        "setup", "--group", "x", "--login", "root", "--data-dir", tmp_path,
        XIAOER_ADMIN_PASSWORD="123",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "at least" in refused.output
    with EmbeddedPostgres.start(tmp_path) as server, psycopg.connect(server.urls.ops) as ops:
        assert ops.execute("SELECT count(*) FROM org_member").fetchone() == (0,)


def test_a_well_installation_passes_the_doctor(home: Path) -> None:
    seen = xiaoer("doctor", "--data-dir", home, "--port", "1", "--json")
    told = json.loads(seen.stdout)
    assert [check for check in told["checks"] if check["state"] == "failed"] == []
    names = {check["name"] for check in told["checks"]}
    assert {"serving role", "row-level security", "migrations", "durability"} <= names
    assert told["ok"] is True


def test_the_doctor_finds_a_wall_that_was_taken_down(home: Path) -> None:
    with EmbeddedPostgres.start(home) as server:
        with psycopg.connect(server.urls.owner) as owner:
            owner.execute("ALTER TABLE kernel_once NO FORCE ROW LEVEL SECURITY")
        seen = xiaoer("doctor", "--data-dir", home, "--port", "1", "--json")
        with psycopg.connect(server.urls.owner) as owner:
            owner.execute("ALTER TABLE kernel_once FORCE ROW LEVEL SECURITY")
    failed = [one for one in json.loads(seen.stdout)["checks"] if one["state"] == "failed"]
    assert [(one["name"], one["detail"]) for one in failed] == [
        ("row-level security", "kernel_once")
    ]
    assert seen.exit_code == 1


def test_the_doctor_leaves_an_empty_place_empty(tmp_path: Path) -> None:
    seen = xiaoer("doctor", "--data-dir", tmp_path / "nothing", "--port", "1")
    assert seen.exit_code == 0
    assert "does not exist yet" in seen.output
    assert not (tmp_path / "nothing").exists()


def test_a_backup_brings_back_every_row_and_file(backup: Path, tmp_path: Path) -> None:
    back = xiaoer("restore", backup, "--data-dir", tmp_path / "new")
    assert back.exit_code == 0, back.output
    with EmbeddedPostgres.start(tmp_path / "new") as server:
        with psycopg.connect(server.urls.app) as app:
            assert app.execute("SELECT count(*) FROM kernel_once").fetchone() == (0,)
            app.execute("SELECT set_config('app.tenant', %s, true)", [str(TENANT)])
            assert app.execute("SELECT key FROM kernel_once").fetchall() == [("kept",)]
        with psycopg.connect(server.urls.ops) as ops:
            assert ops.execute("SELECT login FROM org_member").fetchall() == [("root",)]
        seen = xiaoer("doctor", "--data-dir", tmp_path / "new", "--port", "1")
    assert seen.exit_code == 0, seen.output
    assert (tmp_path / "new" / "blobs" / "t" / "photo").read_bytes() == b"\x00picture\xff"
    assert not (tmp_path / "new" / "blobs" / ".incoming").exists()


def test_a_backup_is_for_its_owners_eyes(backup: Path) -> None:
    assert os.stat(backup).st_mode & 0o077 == 0


def test_restoring_never_overwrites(backup: Path, home: Path) -> None:
    refused = xiaoer("restore", backup, "--data-dir", home)
    assert refused.exit_code == 1
    assert "never overwritten" in refused.output


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "unlisted"])
def test_a_damaged_backup_is_refused_before_anything_is_made(
    backup: Path, tmp_path: Path, harm: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(backup, copy)
    photo = copy / "blobs" / "t" / "photo"
    if harm == "changed":
        photo.write_bytes(b"\x00Picture\xff")
    elif harm == "missing":
        photo.unlink()
    elif harm == "added":
        (copy / "blobs" / "stranger").write_bytes(b"")
    else:
        (copy / "manifest.json").write_text("{}")
    refused = xiaoer("restore", copy, "--data-dir", tmp_path / "new")
    assert refused.exit_code == 1
    assert "damaged" in refused.output
    assert not (tmp_path / "new").exists()


def test_a_backup_never_overwrites(backup: Path, home: Path) -> None:
    refused = xiaoer("backup", backup, "--data-dir", home)
    assert refused.exit_code == 1
    assert "exists already" in refused.output


def test_a_table_that_the_backup_role_cannot_see_stops_the_backup(
    home: Path, tmp_path: Path
) -> None:
    with EmbeddedPostgres.start(home) as server:
        with psycopg.connect(server.urls.owner) as owner:
            owner.execute("ALTER POLICY operations ON kernel_once USING (false)")
        refused = xiaoer("backup", tmp_path / "hole", "--data-dir", home)
        with psycopg.connect(server.urls.owner) as owner:
            owner.execute("ALTER POLICY operations ON kernel_once USING (true)")
    assert refused.exit_code == 1
    assert "kernel_once" in refused.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_nothing_is_served_before_there_is_an_administrator(tmp_path: Path) -> None:
    refused = xiaoer("serve", "--data-dir", tmp_path, "--port", "0")
    assert refused.exit_code == 1
    assert "xiaoer setup" in refused.output


@pytest.mark.slow
def test_published_passwords_are_never_served_to_other_machines(tmp_path: Path) -> None:
    place = ("--data-dir", tmp_path, "--port", "0")
    made = xiaoer("setup", "--group", "demo", *place[:2], XIAOER_ADMIN_PASSWORD="x" * 12)
    assert made.exit_code == 0, made.output
    with EmbeddedPostgres.start(tmp_path) as server, psycopg.connect(server.urls.owner) as owner:
        owner.execute("UPDATE org_tenant SET demo = true")
    refused = xiaoer("serve", "--host", "0.0.0.0", *place)
    assert refused.exit_code == 1
    assert "published passwords" in refused.output


@pytest.mark.parametrize(
    ("host", "is_ours_alone"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.9.9.9", True),
        ("0.0.0.0", False), ("192.168.1.2", False), ("::", False), ("shop.example", False),
    ],
)  # fmt: skip
def test_only_this_machine_counts_as_loopback(host: str, is_ours_alone: bool) -> None:
    assert is_loopback(host) is is_ours_alone
