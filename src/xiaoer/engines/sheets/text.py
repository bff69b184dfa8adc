"""CSV, JSON lines and JSON lists.

Exports of Chinese spreadsheet programs come in GB18030 or UTF-16 as often as in UTF-8.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from xiaoer.kit.cells import headers
from xiaoer.ports.sheets import SheetRow, UnreadableRow

LONGEST_ROW = 1_000_000
_HEAD = 65_536


class TextSheets:
    """Anything that is text."""

    def knows(self, file: BinaryIO) -> bool:
        """Text has no NUL bytes, unless it is UTF-16."""
        file.seek(0)
        head = file.read(_HEAD)
        file.seek(0)
        return b"\0" not in head or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))

    def rows(self, file: BinaryIO) -> Iterator[SheetRow]:
        """JSON when it begins like JSON, else a table with a header."""
        encoding = _encoding(file)
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        try:
            first = text.read(1)
            while first.isspace():
                first = text.read(1)
            text.seek(0)
            if first == "[":
                yield from _json_list(text)
            elif first == "{":
                yield from _json_lines(text)
            else:
                yield from _table(text)
        except UnicodeError as error:
            raise UnreadableRow(row=1, reason="文字编码有误（请用 UTF-8 保存）") from error
        finally:
            text.detach()


def _encoding(file: BinaryIO) -> str:
    """The encoding of the whole file; raises at the first byte that belongs to none.

    A file with good UTF-8 characters before a bad byte is damaged UTF-8, not another encoding.
    """
    file.seek(0)
    head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    bad = _first_bad(file, "utf-8")
    if bad is None:
        return "utf-8-sig"
    row, is_plain = bad
    if is_plain and _first_bad(file, "gb18030") is None:
        return "gb18030"
    raise UnreadableRow(row=row, reason="文字编码有误（请用 UTF-8 保存）")


def _first_bad(file: BinaryIO, encoding: str) -> tuple[int, bool] | None:
    """The row of the first byte that is not this encoding, and whether all before is ASCII."""
    file.seek(0)
    is_plain = True
    for row, line in enumerate(file, 1):
        try:
            if not line.isascii():
                line.decode(encoding)
                is_plain = False
        except UnicodeDecodeError as error:
            return row, is_plain and line[: error.start].isascii()
    return None


def _table(text: io.TextIOWrapper) -> Iterator[SheetRow]:
    head = text.readline(LONGEST_ROW)
    text.seek(0)
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.reader(text, delimiter=max(",;\t", key=head.count), strict=True)
    number = 0
    columns: list[str] = []
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = headers(cells)
                continue
            yield SheetRow(number, _named(columns, cells, number))
    except csv.Error as error:
        reason = "引号没有配对，或一格过长" if "quote" in str(error) else str(error)
        raise UnreadableRow(row=number + 1, reason=reason) from error
    if not columns:
        raise UnreadableRow(row=1, reason="文件是空的")


def _named(columns: list[str], cells: list[str], number: int) -> dict[str, Any]:
    if len(cells) != len(columns):
        raise UnreadableRow(row=number, reason=f"有 {len(cells)} 列，表头有 {len(columns)} 列")
    if any("\0" in cell for cell in cells):
        raise UnreadableRow(row=number, reason="含有二进制内容")
    return dict(zip(columns, cells, strict=True))


def _json_lines(text: io.TextIOWrapper) -> Iterator[SheetRow]:
    number = 0
    while line := text.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW:
            raise UnreadableRow(row=number, reason="一行过长")
        if line.strip():
            yield SheetRow(number, _object(line, number))


def _json_list(text: io.TextIOWrapper) -> Iterator[SheetRow]:
    try:
        found = orjson.loads(text.read())
    except orjson.JSONDecodeError as error:
        raise UnreadableRow(row=error.lineno, reason=f"不是 JSON：{error.msg}") from error
    for number, one in enumerate(found, 1):
        yield SheetRow(number, _fields(one, number))


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        return _fields(orjson.loads(line), number)
    except orjson.JSONDecodeError as error:
        raise UnreadableRow(row=number, reason=f"不是 JSON：{error.msg}") from error


def _fields(value: Any, number: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableRow(row=number, reason="应为 JSON 对象")
    return dict(zip(headers(value), value.values(), strict=True))
