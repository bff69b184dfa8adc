"""Scaffolds a room that passes every contract, so that the right way is the short way.

    make room NAME=returns FLOOR=3
"""

import argparse
import keyword
import sys
from pathlib import Path

FLOORS = 5
FILES = {
    "__init__.py": '''\
"""The door of the room {name}: what others may call, and nothing else."""

__all__: list[str] = []
''',
    "contracts.py": '''\
"""The nouns of the room {name} that cross its door: frozen, and free of any outside world."""
''',
    "service.py": '''\
"""The verbs of the room {name}: load, decide, save, tell."""
''',
    "README.md": """\
# {name}

What this room is for, in two sentences.

## Nouns

## Verbs

## Facts told

## Facts heard

## Errors

## What it must never do
""",
}


class Refused(Exception):
    """Why no room was made, in a sentence for the person at the keyboard."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, make the room and say what comes next."""
    parser = argparse.ArgumentParser(prog="make room", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--floor", type=int, default=3, choices=range(1, FLOORS + 1))
    parser.add_argument("--root", type=Path, default=Path(), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    try:
        room = build(chosen.root, chosen.name, chosen.floor)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(f"{room} stands. Write its README first, then a test, then `make lint test`.")
    return 0


def build(root: Path, name: str, floor: int) -> Path:
    """Write the files of a room and give it a place on its floor."""
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise Refused(f"'{name}' is no name for a room: make room NAME=returns FLOOR=3")
    room = root / "src" / "xiaoer" / "modules" / name
    if room.exists():
        raise Refused(f"{room} stands already.")
    contracts = root / ".importlinter"
    contracts.write_text(placed(contracts.read_text("utf-8"), name, floor), "utf-8")
    room.mkdir(parents=True)
    for file_name, text in FILES.items():
        (room / file_name).write_text(text.format(name=name), "utf-8")
    return room


def placed(contracts: str, name: str, floor: int) -> str:
    """Add a room to its floor in the contract of the floors, unless it has a place."""
    lines = contracts.splitlines()
    start = lines.index("[importlinter:contract:floors]")
    first = lines.index("layers =", start) + 1
    floors = lines[first : first + FLOORS]
    if any(f"({name})" in line or name in line.split() for line in floors):
        return contracts
    lines[first + FLOORS - floor] += f" | ({name})"
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
