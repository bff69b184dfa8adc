"""The way in: one Python, make and git; any folder name; a clear sentence when something lacks."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from .sources import ROOT

NO_PYTHON = "Xiaoer needs Python 3.11"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-ci.lock", "tools/uv.lock")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What set-up reads, in a folder whose name has blanks and Chinese characters."""
    checkout = tmp_path / "小二 客服 (copy)"
    (checkout / "web").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", checkout / "tools")
    shutil.copy(ROOT / "Makefile", checkout)
    for name in (*LOCKS, "pyproject.toml"):
        shutil.copy(ROOT / name, checkout / name)
    return checkout


def pretend(folder: Path, name: str, script: str) -> None:
    """Put a program on the search path that does what the script says."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def run(checkout: Path, *command: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command there, with nothing else on the search path if one is given."""
    surroundings = {**os.environ, "PYTHON": ""}
    if path:
        for tool in ("sh", "cat", "rm", "dirname", "date", "tail", "tr", "mkdir"):
            (path / tool).exists() or (path / tool).symlink_to(shutil.which(tool) or "")
        surroundings["PATH"] = str(path)
    return subprocess.run(
        command, cwd=checkout, env=surroundings, capture_output=True, text=True, errors="replace"
    )


def test_an_old_python_is_refused_in_a_sentence(checkout: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    pretend(old, "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    done = run(checkout, "tools/make-venv", path=old)
    assert done.returncode == 1
    assert NO_PYTHON in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_no_python_at_all_is_told_in_the_same_sentence(checkout: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run(checkout, "tools/make-venv", path=empty)
    assert done.returncode == 1
    assert NO_PYTHON in done.stderr


def test_a_debian_python_without_venv_is_told_what_to_install(
    checkout: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    pretend(bare, "python3", 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.11;; esac')
    done = run(checkout, "tools/make-venv", path=bare)
    assert done.returncode == 1
    assert "apt install python3.11-venv" in done.stderr


def test_a_failed_step_shows_its_log_and_keeps_its_exit_code(checkout: Path) -> None:
    done = run(checkout, "tools/step", "Bake the bread", "sh", "-c", "echo no flour; exit 7")
    assert done.returncode == 7
    assert "no flour" in done.stdout
    assert "build/logs/bake-the-bread.log" in done.stderr


def test_a_step_that_worked_is_one_line_with_its_time(checkout: Path) -> None:
    done = run(checkout, "tools/step", "Bake the bread", "echo", "plenty of flour")
    assert done.returncode == 0
    assert done.stdout.startswith("  Bake the bread ")
    assert done.stdout.endswith(" s\n")
    assert "flour" not in done.stdout


def test_make_plans_the_demo_in_a_folder_with_blanks_and_chinese(checkout: Path) -> None:
    done = run(checkout, "make", "--no-print-directory", "-n", "demo", "PORT=8123", "DATA_DIR=/tmp/a b", "ARGS=")
    assert done.returncode == 0, done.stderr
    last = done.stdout.strip().splitlines()[-1]
    assert last == 'exec .venv/bin/xiaoer demo --port 8123 --data-dir "/tmp/a b"'


def test_make_says_what_it_can_do(checkout: Path) -> None:
    done = run(checkout, "make")
    assert done.returncode == 0
    told = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"demo", "test", "web", "lint", "types", "lock", "bench", "docs", "room"} <= told


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_a_hash_and_no_host(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    pins = [line for line in lines if line[:1].isalnum()]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []
    assert [line for line in lines if "://" in line] == []
