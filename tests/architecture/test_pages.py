"""Pages are checked like code: complete, and their links lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from .sources import ROOT, place, tracked_files

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
GUIDE = ROOT / "docs" / "guide"
COMPULSORY = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/map.md",
    "docs/glossary.md",
    "docs/decisions/0001-the-house.md",
    "docs/guide/admin.md",
)


@pytest.mark.parametrize("page", COMPULSORY)
def test_a_compulsory_page_is_written(page: str) -> None:
    assert (ROOT / page).is_file(), page
    assert len((ROOT / page).read_text("utf-8")) > 200, page


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    dead = [
        (place(page), target)
        for page in pages
        for target in LINK.findall(page.read_text("utf-8"))
        if not target.startswith(("http://", "https://", "mailto:", "#"))
        and not _target(page, target).exists()
    ]
    assert dead == []


def _target(page: Path, link: str) -> Path:
    return page.parent / unquote(link.partition("#")[0])


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_setting_stands_in_the_administrators_guide() -> None:
    from xiaoer.kit.settings import Settings

    guide = (GUIDE / "admin.md").read_text("utf-8")
    prefix = str(Settings.model_config.get("env_prefix", ""))
    names = {f"{prefix}{name}".upper() for name in Settings.model_fields}
    assert {name for name in names if not re.search(rf"\b{name}\b", guide)} == set()


def test_every_command_stands_in_a_guide() -> None:
    guides = "\n".join(path.read_text("utf-8") for path in sorted(GUIDE.glob("*.md")))
    missing = {name for name in _commands() if f"xiaoer {name}" not in guides}
    assert missing == set()


def _commands() -> set[str]:
    from typer.main import get_command

    from xiaoer.edge.cli.app import build_cli
    from xiaoer.main import WIRING

    found: set[str] = set()
    ahead = [("", get_command(build_cli(WIRING)))]
    while ahead:
        path, command = ahead.pop()
        below = getattr(command, "commands", {})
        ahead += [(f"{path} {name}".strip(), child) for name, child in below.items()]
        if not below and not command.hidden:
            found.add(path)
    return found
