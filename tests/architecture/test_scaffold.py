"""A new room is made in one step, and a wrong name is refused in one sentence."""

import shutil
from pathlib import Path

import pytest

from tools.new_room import main, placed

from .sources import ROOT


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    (tmp_path / "src" / "xiaoer" / "modules").mkdir(parents=True)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_a_room_gets_its_files_and_its_place(empty_house: Path) -> None:
    assert main(["returns", "--floor", "3", "--root", str(empty_house)]) == 0
    room = empty_house / "src/xiaoer/modules/returns"
    assert {path.name for path in room.iterdir()} == {
        "__init__.py", "contracts.py", "service.py", "README.md"
    }  # fmt: skip
    floors = (empty_house / ".importlinter").read_text("utf-8").splitlines()
    (floor,) = [line for line in floors if "(returns)" in line]
    assert "desk" in floor


def test_a_room_that_has_a_place_keeps_it() -> None:
    contracts = (ROOT / ".importlinter").read_text("utf-8")
    assert placed(contracts, "voc", 1) == contracts


@pytest.mark.parametrize("name", ["", "Returns", "two words", "class", "../desk"])
def test_a_wrong_name_is_refused(
    empty_house: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--root", str(empty_house)]) == 2
    assert "make room NAME=" in capsys.readouterr().err
    assert list((empty_house / "src/xiaoer/modules").iterdir()) == []


def test_a_room_that_stands_is_not_written_over(empty_house: Path) -> None:
    main(["returns", "--root", str(empty_house)])
    service = empty_house / "src/xiaoer/modules/returns/service.py"
    service.write_text("precious", "utf-8")
    assert main(["returns", "--root", str(empty_house)]) == 2
    assert service.read_text("utf-8") == "precious"
