"""Who may end a transaction: the unit of work and the receipt writer, and nobody else."""

import ast

from .sources import PACKAGE, place, python_files, tree

KEEPERS = PACKAGE / "engines" / "postgres"


def test_nobody_commits_outside_the_unit_of_work_and_the_receipt_writer() -> None:
    found = [
        place(path, node)
        for path in python_files()
        if not path.is_relative_to(KEEPERS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ]
    assert found == []


def test_the_keepers_do_end_transactions() -> None:
    text = "".join(path.read_text("utf-8") for path in KEEPERS.rglob("*.py"))
    assert "commit" in text.lower() or ".transaction(" in text
