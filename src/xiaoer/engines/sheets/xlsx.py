"""XLSX workbooks: the first sheet that has rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from xiaoer.kit.cells import headers
from xiaoer.ports.sheets import SheetRow, UnreadableRow

MOST_BYTES = 1_000_000_000
"""Unpacked; a small file can hold far more, and none that people made does."""
MOST_HELD_BYTES = 100_000_000
"""The same of what is read into memory as a whole, which is everything but the sheets."""


class XlsxSheets:
    """Workbooks of spreadsheet programs."""

    def knows(self, file: BinaryIO) -> bool:
        """A ZIP archive with a workbook in it."""
        file.seek(0)
        is_zip = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        return is_zip

    def rows(self, file: BinaryIO) -> Iterator[SheetRow]:
        """Cells as text; dates in ISO form, formulas by their last value."""
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                parts = archive.infolist()
                held = [one for one in parts if "worksheets/" not in one.filename]
                if (
                    sum(one.file_size for one in parts) > MOST_BYTES
                    or sum(one.file_size for one in held) > MOST_HELD_BYTES
                ):
                    raise UnreadableRow(row=1, reason="工作簿展开后过大")
            book = load_workbook(file, read_only=True, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError) as bad:
            raise UnreadableRow(row=1, reason="不是可读的 XLSX 工作簿") from bad
        try:
            yield from self._of_book(book)
        finally:
            book.close()

    def _of_book(self, book: Any) -> Iterator[SheetRow]:
        columns: list[str] = []
        number = 0
        for sheet in book.worksheets:
            try:
                for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                    if all(value is None for value in values):
                        continue
                    if not columns:
                        columns = headers(values)
                        continue
                    yield SheetRow(number, _named(columns, values))
            except (zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
                raise UnreadableRow(row=number + 1, reason="工作表已损坏") from error
            if columns:
                return
        raise UnreadableRow(row=1, reason="文件是空的")


def _named(columns: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    cells = (_text(value) for value in values)
    return {name: cell for name, cell in zip(columns, cells, strict=False) if name}


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
