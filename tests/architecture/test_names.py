"""One word an idea, and none of the words that mean nothing."""

import ast
import re

import pytest

from .sources import PACKAGE, classes, functions, place, python_files, tracked_files, tree

EMPTY_FILE_NAMES = {"helper", "util", "common", "manager", "base", "handler", "info", "process"}
EMPTY_CLASS_WORDS = {"Manager", "Helper", "Util", "Utils", "Handler", "Base", "Info"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry" + ".npmjs", "npmmirror" + ".com")
HOSTS += ("deb.debian" + ".org", "yarnpkg" + ".com", "proxy.golang" + ".org", "tuna" + ".tsinghua")
WORKPLACE = ("/work" + "/main", "/work" + "/shared", "/work" + "/brief", "HOUSE" + ".md")


def test_no_file_or_package_has_an_empty_name() -> None:
    found = {
        place(path)
        for path in python_files()
        for name in (path.stem, path.parent.name)
        if name.strip("_").removesuffix("s") in EMPTY_FILE_NAMES
    }
    assert found == set()


def test_no_class_has_an_empty_word_in_its_name() -> None:
    found = {
        f"{place(path, node)} {node.name}"
        for path in python_files()
        for node in classes(path)
        if set(re.findall(r"[A-Z][a-z]+", node.name)) & EMPTY_CLASS_WORDS
    }
    assert found == set()


def test_every_module_says_which_problem_it_solves() -> None:
    silent = [
        place(path)
        for path in python_files()
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    found = [
        place(path) for path in python_files() if UNFINISHED.search(path.read_text("utf-8"))
    ]
    stubs = [
        f"{place(path, node)} {node.name}"
        for path in python_files()
        for node in functions(path)
        if any(_raises_not_implemented(line) for line in node.body)
    ]
    assert found + stubs == []


def _raises_not_implemented(line: ast.stmt) -> bool:
    return isinstance(line, ast.Raise) and "NotImplementedError" in ast.dump(line)


@pytest.mark.parametrize("words", [HOSTS, WORKPLACE], ids=["registry hosts", "places of one desk"])
def test_no_tracked_file_names_a_place_that_others_do_not_have(words: tuple[str, ...]) -> None:
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        found += [(place(path), word) for word in words if word.encode() in content]
    assert found == []


def test_the_package_is_where_these_tests_look() -> None:
    assert len(python_files()) > 10, f"hardly anything below {PACKAGE}"
