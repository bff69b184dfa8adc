"""Short by budget: what cannot be read at a glance is split before it is merged."""

import subprocess
import sys

from .sources import PACKAGE, classes, functions, parameters, place, python_files

FILE_LINES = 400
CLASS_LINES = 200
FUNCTION_LINES = 40
PARAMETERS_AFTER_CTX = 5


def test_no_file_is_longer_than_its_budget() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_class_is_longer_than_its_budget() -> None:
    lengths = {
        f"{place(path, node)} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        for node in classes(path)
        if node.end_lineno
    }
    assert {name: lines for name, lines in lengths.items() if lines > CLASS_LINES} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    lengths = {
        f"{place(path, node)} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        for node in functions(path)
        if node.end_lineno
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_no_function_takes_more_than_five_parameters_after_ctx() -> None:
    counts = {
        f"{place(path, node)} {node.name}": len([p for p in parameters(node) if p != "ctx"])
        for path in python_files()
        for node in functions(path)
    }
    assert {name: n for name, n in counts.items() if n > PARAMETERS_AFTER_CTX} == {}


def test_no_function_is_more_complex_than_ten() -> None:
    rule = ["--isolated", "--ignore-noqa", "--select", "C901", "--output-format", "concise"]
    limit = ["--config", "lint.mccabe.max-complexity = 10"]
    ruff = [sys.executable, "-m", "ruff", "check", *rule, *limit, str(PACKAGE)]
    done = subprocess.run(ruff, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
