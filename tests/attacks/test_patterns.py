"""No pattern that meets what people write can be made to think for long (CWE-1333).

Every pattern that stands in the source is tried, found by reading the source, with texts that make
a careless one try every way of cutting them up.
"""

from __future__ import annotations

import ast
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import xiaoer

ROOT = Path(xiaoer.__file__).parent
CALLS = {"compile", "fullmatch", "match", "search", "sub", "subn", "split", "findall", "finditer"}
LONGEST = 4_000
"""Of a message; ``conversations`` refuses what is longer."""
HALF = LONGEST // 2
BOUND_S = 0.3
"""Room for a pattern whose work grows with the square of the text, none for one that is worse; what
a whole message may cost is bounded in ``test_long_thoughts``."""
PIECES = (
    "a", "A", "1", " ", "\n", "\t", ".", "-", "_", "@", ",", "，", "、", "我", "的", "一", "元", "(", "（", "<",
    "\"", "'", "`", "*", "#", "/", "\\", "|", ":", "=", "不", "要", "a1", "1a", "1.", "1,", "一二", "a ", " a", "我 ", "1 ",
    "a-", "a.", "a@", "<a", "[a](", "**", "``", "1-", "10", "百十", "第一", "\n\n", " \n", "http://a", "is not ",
)  # fmt: skip
ENDS = ("", "!", "\x01", "元", "a", "1", "\n")


class TooSlow(Exception):
    """The bound has passed."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlow` after so much time of this process's own."""

    def late(*_: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern that is written out in the product, by where it stands."""
    found: dict[str, re.Pattern[str]] = {}
    for file in sorted(ROOT.rglob("*.py")):
        if file.is_relative_to(ROOT / "labs"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = f"{file.relative_to(ROOT)}:{node.lineno}"
                found.update(_of_call(name, node, node.func))
    return found


def _of_call(name: str, node: ast.Call, function: ast.Attribute) -> dict[str, re.Pattern[str]]:
    is_re = isinstance(function.value, ast.Name) and function.value.id == "re"
    if not is_re or function.attr not in CALLS or not node.args:
        return {}
    try:
        text = ast.literal_eval(node.args[0])
    except ValueError:
        return {}
    flags = re.VERBOSE if "re.X" in ast.unparse(node) or "re.VERBOSE" in ast.unparse(node) else 0
    return {name: re.compile(text, flags)} if isinstance(text, str) else {}


def hostile(pattern: re.Pattern[str], longest: int) -> Iterator[str]:
    """Long repetitions of what the pattern is about, that just do not fit at the end."""
    own = sorted(set(re.findall(r"[^\\\[\](){}?*+|^$.\s]", pattern.pattern)))[:8]
    for piece in (*PIECES, *own, *(a + b for a, b in pairwise(own))):
        for end in ENDS[:3]:
            yield (piece * (longest // len(piece) + 1))[: longest - len(end)] + end


def slow(pattern: re.Pattern[str], longest: int = HALF) -> str | None:
    """The beginning of a text that takes the pattern longer than the bound."""
    text = ""
    try:
        for text in hostile(pattern, longest):
            with within(BOUND_S):
                pattern.search(text)
                pattern.fullmatch(text)
    except TooSlow:
        return f"{text[:12]!r}…{text[-3:]!r}"
    return None


def test_a_careless_pattern_would_be_found() -> None:
    assert slow(re.compile(r"(a+)+b"))
    assert slow(re.compile(r"(?:\w+\s?)*$!"))
    assert not slow(re.compile(r"[a-z]{2,8}b"))


def test_the_patterns_are_found() -> None:
    assert len(patterns()) > 60


@pytest.mark.slow
def test_no_pattern_takes_long_over_a_message() -> None:
    found = {name: slow(pattern) for name, pattern in patterns().items()}
    assert {name: text for name, text in found.items() if text} == {}
