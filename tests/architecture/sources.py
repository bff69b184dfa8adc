"""Reads the repository the way these tests need it: parsed, listed, by room."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "xiaoer"
ROOMS = PACKAGE / "modules"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the product."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def rooms() -> tuple[Path, ...]:
    """The folder of every room."""
    return tuple(sorted(path.parent for path in ROOMS.glob("*/__init__.py")))


def part(room: Path, name: str) -> tuple[Path, ...]:
    """The files of one part of a room, which is a module or a package; empty when it has none."""
    return (*room.glob(f"{name}.py"), *sorted(room.glob(f"{name}/**/*.py")))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where something stands, short enough for a list of complaints."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, also methods and nested ones."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def classes(path: Path) -> Iterator[ast.ClassDef]:
    """Every class of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node


def parameters(function: Function) -> list[str]:
    """The names of all parameters, in order, without `self` and `cls`."""
    spec = function.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    return [item.arg for item in every if item.arg not in ("self", "cls")]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file under version control that still exists."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    paths = (ROOT / name for name in listing.stdout.decode("utf-8").split("\0") if name)
    return tuple(path for path in paths if path.is_file())
