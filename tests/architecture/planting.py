"""Runs `lint-imports` once per planted violation, in one process of its own.

The product is imported by the tests already, so the copy needs a fresh interpreter; starting one
for each of the violations would take longer than all other tests of this folder.

    python planting.py < plants.json > verdicts.json     (in the copy, with PYTHONPATH=src)
"""

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports


@contextlib.contextmanager
def planted(file: str, line: str) -> Iterator[None]:
    """Append a line to a file, which is made if need be, and take it out again."""
    path = Path(file)
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    yield
    if before is not None:
        path.write_text(before, "utf-8")
    elif path.name == "__init__.py":
        shutil.rmtree(path.parent)
    else:
        path.unlink()


def main() -> None:
    """Read the plants, print a list of [exit code, what was said]."""
    verdicts = []
    for contract, file, line in json.load(sys.stdin):
        said = io.StringIO()
        with planted(file, line), contextlib.redirect_stdout(said):
            code = lint_imports(limit_to_contracts=(contract,), no_logo=True)
        verdicts.append((code, said.getvalue()))
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
