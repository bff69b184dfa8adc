"""Whom a product is for, as a text says it: an age, a skin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xiaoer.kit.text import fold

YEAR = 12
SKINS: Mapping[str, re.Pattern[str]] = {
    "sensitive": re.compile(r"敏感|sensitive"),
    "dry": re.compile(r"干皮|干性|dry"),
    "oily": re.compile(r"油皮|油性|大油田|oily"),
    "combination": re.compile(r"混合|混油|混干|combination"),
    "all": re.compile(r"各种|所有|任何|全肤质|all skin"),
}
_AGED = re.compile(
    r"((?<!\d)\d{1,3}(?:\.5)?|[一二两三四五六七八九十]{1,3})\s*(个半|个)?(月|周?岁)(半)?|(?<!\d)(\d{1,3})\s*(months?|years?)"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Need:
    """What a text says of whom a product is for: an age in months, types of skin."""

    months: int | None = None
    skins: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Need:
        """The age and the skin that a text names; ``一岁半`` is 18 months."""
        folded = fold(text)
        skins = (code for code, p in SKINS.items() if code != "all" and p.search(folded))
        return cls(_months(folded), tuple(skins))


def _months(folded: str) -> int | None:
    found = _AGED.search(folded)
    if not found:
        return None
    number, _, unit, half, en_number, en_unit = found.groups()
    if en_number:
        return int(en_number) * (YEAR if en_unit.startswith("year") else 1)
    value = _number(number)
    if value is None:
        return None
    months = value * YEAR if unit.endswith("岁") else value
    return int(months) + (YEAR // 2 if half and unit.endswith("岁") else 0)


def _number(text: str) -> float | None:
    if text[0].isdigit():
        return float(text)
    if text in _DIGITS:
        return _DIGITS[text]
    tens, ten, ones = text.partition("十")
    if not ten:
        return None
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
