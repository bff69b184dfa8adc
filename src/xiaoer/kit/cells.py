"""Reads values as people type them into tables: amounts with signs, dates with slashes.

A column is known by several names, Chinese and English; the first that is there and not empty
counts. Times without a zone are those of Shanghai.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from xiaoer.kit.money import Money
from xiaoer.kit.problem import Problem, Why
from xiaoer.kit.text import clean, fold

Fields = Mapping[str, Any]
HOME = ZoneInfo("Asia/Shanghai")
LONGEST_TEXT = 2000
MOST_MINOR = 10**13
_MONEY_SIGNS = str.maketrans("", "", ",，¥￥$元 ")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_TRUE = {"1", "true", "yes", "y", "是", "有", "有货", "在售", "上架"}
_FALSE = {"0", "false", "no", "n", "否", "无", "无货", "缺货", "下架"}


EMPTY = Why("不能为空", "must not be empty")


class BadCell(Problem):
    """A value of a row that cannot be read; ``field`` is its column."""

    code = "bad_cell"
    status = 422
    zh = "“{field}”一栏有误：{reason}"
    en = "Column “{field}” is wrong: {reason}"


class Cells:
    """One row, asked by the names that a column may have."""

    def __init__(self, fields: Fields, names: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields
        self._names = names

    def raw(self, column: str) -> Any:
        """The value as it came, or None when it is missing or empty."""
        for name in (column, *self._names.get(column, ())):
            value = self._fields.get(name)
            if value is not None and value != "":
                return value
        return None

    def text(self, column: str, *, needed: bool = False, longest: int = LONGEST_TEXT) -> str:
        """Cleaned text; empty when it is missing."""
        value = self.raw(column)
        if isinstance(value, dict | list):
            raise BadCell(field=column, reason=Why("应为文字", "should be text"))
        found = "" if value is None else clean(_plain(value))
        if needed and not found:
            raise BadCell(field=column, reason=EMPTY)
        if len(found) > longest:
            raise BadCell(field=column, reason=Why(
                f"超过 {longest} 个字符", f"is longer than {longest} characters"))  # fmt: skip
        return found

    def whole(self, column: str) -> int | None:
        """A whole number that is not negative."""
        text = self.text(column).replace(",", "")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,15}(\.0+)?", text):
            raise BadCell(field=column, reason=_not(text, "非负整数", "a whole number from 0"))
        return int(text.partition(".")[0])

    def money(self, column: str, currency: str = "CNY") -> Money | None:
        """An amount with at most two decimals that is not negative."""
        raw = self.raw(column)
        if isinstance(raw, dict):
            return _whole_money(column, raw)
        text = self.text(column).translate(_MONEY_SIGNS)
        if not text:
            return None
        try:
            minor = Decimal(text) * 100
        except InvalidOperation as error:
            raise BadCell(field=column, reason=_not(text, "金额", "an amount")) from error
        if not minor.is_finite() or minor != int(minor) or not 0 <= minor <= MOST_MINOR:
            raise BadCell(field=column, reason=_not(text, "金额", "an amount"))
        return Money(int(minor), currency)

    def moment(self, column: str) -> datetime | None:
        """A time with or without a zone, or a date alone."""
        text = self.text(column)
        if not text:
            return None
        day = _DAY.match(text)
        try:
            if day is None:
                raise ValueError(text)
            rest = text[day.end() :].lstrip(" T").replace("时", ":").replace("分", ":").strip(":")
            iso = "-".join(part.zfill(2) for part in day.groups())
            found = datetime.fromisoformat(f"{iso}T{_padded(rest)}" if rest else iso)
        except ValueError as error:
            raise BadCell(field=column, reason=_not(text, "时间", "a time")) from error
        return found if found.tzinfo else found.replace(tzinfo=HOME)

    def day(self, column: str) -> date | None:
        """A date."""
        found = self.moment(column)
        return found.date() if found else None

    def flag(self, column: str) -> bool | None:
        """Yes or no, in either language."""
        text = fold(self.text(column))
        if not text:
            return None
        if text not in _TRUE | _FALSE:
            raise BadCell(field=column, reason=_not(text, "“是”或“否”", "yes or no"))
        return text in _TRUE

    def choice(self, column: str, words: Mapping[str, str]) -> str:
        """One of several words; ``words`` leads from what people write to what we store."""
        text = self.text(column)
        if not text:
            return ""
        found = words.get(fold(text))
        if found is None:
            known = "、".join(dict.fromkeys(words.values()))
            raise BadCell(field=column, reason=Why(
                f"不认识“{text[:40]}”，可用：{known}",
                f"“{text[:40]}” is not known; one of: {known}"))  # fmt: skip
        return found

    def parts(self, column: str) -> tuple[str, ...]:
        """Several values in one cell, between semicolons or as a list."""
        raw = self.raw(column)
        if isinstance(raw, list):
            return tuple(clean(str(one)) for one in raw)
        return tuple(p.strip() for p in re.split(r"[;；|\n]", self.text(column)) if p.strip())

    def rows(self, column: str) -> Iterator[Fields]:
        """Rows inside a row, from a file that can nest them."""
        raw = self.raw(column)
        if raw is None:
            return
        if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
            raise BadCell(field=column, reason=Why("应为对象列表", "should be a list of objects"))
        yield from raw


def _not(text: str, zh: str, en: str) -> Why:
    shown = text[:40]
    return Why(f"“{shown}”不是{zh}", f"“{shown}” is not {en}")


def headers(names: Iterable[Any]) -> list[str]:
    """Column names as they are asked for: cleaned, folded, without spaces around."""
    return [fold(clean(str(name or ""))) for name in names]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _padded(clock: str) -> str:
    """``9:05`` as ``09:05``."""
    hour, colon, rest = clock.partition(":")
    return f"{hour.zfill(2)}{colon}{rest}" if colon else f"{hour.zfill(2)}:00"


def _whole_money(column: str, raw: Mapping[str, Any]) -> Money:
    minor, currency = raw.get("minor"), raw.get("currency", "CNY")
    if not isinstance(minor, int) or not 0 <= minor <= MOST_MINOR:
        raise BadCell(field=column, reason=Why("minor 应为非负整数", "minor should be a whole number"))
    if not isinstance(currency, str) or not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadCell(field=column, reason=Why(
            "currency 应为三个大写字母", "currency should be three capital letters"))  # fmt: skip
    return Money(minor, currency)
