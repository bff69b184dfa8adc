"""Each import contract is shown to bite: a planted violation makes `lint-imports` fail."""

import json
import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import pytest

from .sources import ROOT

MODULES = "src/xiaoer/modules"
LINT = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as lint; lint()",
    "--no-logo",
]
SURROUNDINGS = {**os.environ, "PYTHONPATH": "src", "COLUMNS": "1000"}


@dataclass(frozen=True)
class Plant:
    """A line that must not pass, where it is put, and the chain that the contract then prints."""

    contract: str
    file: str
    line: str
    chain: str


PLANTS = [
    Plant(
        "one-way-down",
        "src/xiaoer/kit/money.py",
        "from xiaoer.ports import ctx",
        "xiaoer.kit is not allowed to import xiaoer.ports",
    ),
    Plant(
        "one-way-down",
        f"{MODULES}/org/service.py",
        "import xiaoer.engines.postgres",
        "xiaoer.modules is not allowed to import xiaoer.engines",
    ),
    Plant(
        "one-way-down",
        "src/xiaoer/stray.py",
        "",
        "xiaoer.stray",
    ),
    Plant(
        "floors",
        f"{MODULES}/conversations/service/__init__.py",
        "from xiaoer.modules import desk",
        "xiaoer.modules.conversations is not allowed to import xiaoer.modules.desk",
    ),
    Plant(
        "floors",
        f"{MODULES}/knowledge/service/__init__.py",
        "from xiaoer.modules import conversations",
        "xiaoer.modules.knowledge is not allowed to import xiaoer.modules.conversations",
    ),
    Plant(
        "floors",
        f"{MODULES}/parking/__init__.py",
        "",
        "xiaoer.modules.parking",
    ),
    Plant(
        "inside-a-room",
        f"{MODULES}/org/store.py",
        "from xiaoer.modules.org import service",
        "xiaoer.modules.org.store is not allowed to import xiaoer.modules.org.service",
    ),
    Plant(
        "inside-a-room",
        f"{MODULES}/org/rules.py",
        "from xiaoer.modules.org import store",
        "xiaoer.modules.org.rules is not allowed to import xiaoer.modules.org.store",
    ),
    Plant(
        "inside-a-room",
        f"{MODULES}/org/odds.py",
        "",
        "xiaoer.modules.org.odds",
    ),
    Plant(
        "front-door",
        f"{MODULES}/conversations/service/__init__.py",
        "from xiaoer.modules.org import store",
        "xiaoer.modules.conversations.service -> xiaoer.modules.org.store",
    ),
    Plant(
        "front-door",
        "src/xiaoer/ladder/gate.py",
        "from xiaoer.modules.org import http",
        "xiaoer.ladder.gate -> xiaoer.modules.org.http",
    ),
    Plant(
        "purity",
        f"{MODULES}/org/rules.py",
        "import asyncio",
        "xiaoer.modules.org.rules -> asyncio",
    ),
    Plant(
        "purity",
        f"{MODULES}/org/contracts.py",
        "from xiaoer.kit import schema",
        "xiaoer.modules.org.contracts -> xiaoer.kit.schema",
    ),
    Plant(
        "places",
        f"{MODULES}/org/service.py",
        "import sqlalchemy",
        "xiaoer.modules.org.service -> sqlalchemy",
    ),
    Plant(
        "places",
        f"{MODULES}/org/http.py",
        "import a_vendor_that_joins_tomorrow",
        "xiaoer.modules.org.http -> a_vendor_that_joins_tomorrow",
    ),
    Plant(
        "no-cycles",
        "src/xiaoer/kit/problem.py",
        "from xiaoer.kit import paging",
        "xiaoer.kit.problem -> xiaoer.kit.paging",
    ),
    Plant(
        "no-cycles",
        f"{MODULES}/org/service.py",
        "from xiaoer.modules import org",
        "xiaoer.modules.org.service -> xiaoer.modules.org",
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that `lint-imports` reads, so that planting harms nobody."""
    copy = tmp_path_factory.mktemp("house")
    leave = shutil.ignore_patterns("__pycache__", "*.csv", "*.jsonl", "*.npz", "*.npy", "*.md")
    shutil.copytree(ROOT / "src", copy / "src", ignore=leave)
    shutil.copytree(ROOT / "tools", copy / "tools", ignore=leave)
    shutil.copy(ROOT / ".importlinter", copy)
    return copy


@pytest.fixture(scope="module")
def verdicts(copy: Path) -> dict[Plant, tuple[int, str]]:
    """What `lint-imports` said about each violation, planted one at a time."""
    plants = json.dumps([(plant.contract, plant.file, plant.line) for plant in PLANTS])
    gardener = [sys.executable, str(Path(__file__).with_name("planting.py"))]
    done = subprocess.run(
        gardener, cwd=copy, env=SURROUNDINGS, input=plants, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(PLANTS, json.loads(done.stdout), strict=True))


def lint(root: Path, *arguments: str) -> tuple[int, str]:
    """Run `lint-imports` there; give its exit code and what it printed, on unbroken lines."""
    done = subprocess.run(
        [*LINT, *arguments], cwd=root, env=SURROUNDINGS, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def contracts() -> ConfigParser:
    """The contracts as they are written down."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", "utf-8")
    return parser


def test_the_house_keeps_all_seven_contracts(copy: Path) -> None:
    code, said = lint(copy)
    assert code == 0, said
    assert "Contracts: 7 kept, 0 broken." in said


def test_no_contract_has_an_exception() -> None:
    exceptions = ("ignore_imports", "exhaustive_ignores", "allow_indirect_imports", "skip")
    sections = contracts()
    found = [
        (section, option)
        for section in sections.sections()
        for option in sections[section]
        if any(word in option for word in exceptions)
    ]
    assert found == []


def test_every_contract_has_a_plant() -> None:
    names = {name.rpartition(":")[2] for name in contracts().sections() if ":" in name}
    assert names == {plant.contract for plant in PLANTS}
    assert len(names) == 7


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}: {plant.chain}")
def test_a_planted_violation_breaks_the_contract(
    verdicts: dict[Plant, tuple[int, str]], plant: Plant
) -> None:
    code, said = verdicts[plant]
    assert code == 1, said
    assert plant.chain in said


@pytest.mark.parametrize("door", ["http", "jobs", "reactions"])
def test_the_edge_may_enter_the_side_doors_of_a_room(copy: Path, door: str) -> None:
    edge = copy / "src/xiaoer/edge/side_door.py"
    room = copy / MODULES / "org" / f"{door}.py"
    made = not room.exists()
    room.touch()
    edge.write_text(f"from xiaoer.modules.org import {door}\n", "utf-8")
    code, said = lint(copy, "--contract", "front-door")
    edge.unlink()
    if made:
        room.unlink()
    assert code == 0, said


def test_a_new_room_passes_every_contract(copy: Path) -> None:
    before = (copy / ".importlinter").read_text("utf-8")
    scaffold = [sys.executable, "-m", "tools.new_room", "parcels", "--floor", "3"]
    made = subprocess.run(scaffold, cwd=copy, capture_output=True, text=True)
    code, said = lint(copy)
    shutil.rmtree(copy / MODULES / "parcels", ignore_errors=True)
    (copy / ".importlinter").write_text(before, "utf-8")
    assert made.returncode == 0, made.stderr
    assert code == 0, said
