"""Reads a budget from words: 两百以内, 100-200, 三百左右, under 300."""

from __future__ import annotations

import re

from xiaoer.kit.text import fold

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_CHINESE = r"[零〇一二两三四五六七八九][百千万十][零〇一二两三四五六七八九十百千]*|十[一二三四五六七八九]?|[百千]"
_YUAN = r"\s*(?:块钱|块|元|rmb|yuan|cny|人民币)?"


def _amount(name: str) -> str:
    return rf"(?:¥|￥|\$)?\s*(?P<{name}>\d{{1,7}}(?:\.\d{{1,2}})?k?|{_CHINESE})"


_A, _B = _amount("a"), _amount("b")
_RANGE = re.compile(
    rf"{_A}{_YUAN}\s*(?:-|–|—|~|～|到|至|and|to)\s*{_B}{_YUAN}(?P<tail>个?月|岁|段|ml|g|cm|码|片)?"
)
_HIGH = re.compile(
    rf"{_A}{_YUAN}\s*(?:以内|以下|之内|之下|内|封顶|不到)|"
    rf"{_A.replace('<a>', '<c>')}\s*(?:块钱|块|元)\s*(?:能|可以)?买|"
    rf"(?:不超过|不要超过|别超过|最多|低于|小于|少于|under|below|up to|less than|within|at most)\s*{_B}"
)
_LOW = re.compile(
    rf"{_A}{_YUAN}\s*(?:以上|起)|(?:高于|大于|至少|over|above|more than|at least)\s*{_B}"
)
_ABOUT = re.compile(
    rf"(?:预算|大概|大约|差不多|价位|budget(?: is| of)?|about|around)[是在为有约]*\s*{_A}{_YUAN}|"
    rf"{_B}{_YUAN}\s*(?:左右|上下|价位|预算)"
)
_NOT_MONEY = re.compile(r"^\s*(?:个?月|周?岁|段|ml|毫升|g\b|kg|克|斤|cm|厘米|码|片|个|年|天|小时|点|楼|months?|years?|days?)")
_PLAIN = re.compile(rf"{_A}\s*(?:块钱|块|元)")
ABOUT_PERCENT = 25


def budget_in(text: str) -> tuple[int | None, int | None]:
    """The least and the most in minor units; nothing where none is named.

    "About" means a quarter more or less.
    """
    folded = fold(text)
    for pattern, read in ((_RANGE, _between), (_HIGH, _below), (_LOW, _above), (_ABOUT, _near)):
        for found in pattern.finditer(folded):
            if not _NOT_MONEY.match(folded[_end_of(found):]):
                low, high = read(found)
                if (low or high) and not (low and high and low > high):
                    return low, high
    return None, None


def without_budget(folded: str) -> str:
    """The folded text without what tells a budget."""
    for pattern in (_RANGE, _HIGH, _LOW, _ABOUT, _PLAIN):
        folded = pattern.sub(" ", folded)
    return folded


def _end_of(found: re.Match[str]) -> int:
    """Where the last amount of the match ends."""
    groups = [n for n in ("a", "b", "c") if found.groupdict().get(n)]
    return max(found.end(name) for name in groups)


def _between(found: re.Match[str]) -> tuple[int | None, int | None]:
    if found["tail"]:
        return None, None
    low, high = amount(found["a"]), amount(found["b"])
    return (low, high) if low and high and high >= 1000 else (None, None)


def _below(found: re.Match[str]) -> tuple[int | None, int | None]:
    return None, amount(found["a"] or found["b"] or found["c"])


def _above(found: re.Match[str]) -> tuple[int | None, int | None]:
    return amount(found["a"] or found["b"]), None


def _near(found: re.Match[str]) -> tuple[int | None, int | None]:
    about = amount(found["a"] or found["b"])
    if not about:
        return None, None
    return about * (100 - ABOUT_PERCENT) // 100, about * (100 + ABOUT_PERCENT) // 100


def amount(words: str) -> int | None:
    """An amount in minor units: 300, 1.5k, 两百, 一千二, 三百五."""
    if words[0].isdigit():
        times = 1000 if words.endswith("k") else 1
        return round(float(words.removesuffix("k")) * times * 100)
    if words in ("百", "千"):
        return _UNITS[words] * 100
    total, last, unit = 0, 0, 1
    for character in words:
        if character in _UNITS:
            unit = _UNITS[character]
            total += (last or 1) * unit
            last = 0
        else:
            last = _DIGITS[character]
    # 三百五 is 350: the digit left over counts tenths of the last unit.
    total += last * (unit // 10 if unit > 10 and "零" not in words else 1)
    return total * 100
