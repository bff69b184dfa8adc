"""Whichever format a file turns out to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from xiaoer.engines.sheets.text import TextSheets
from xiaoer.engines.sheets.xlsx import XlsxSheets
from xiaoer.ports.sheets import SheetRow, UnreadableRow


class FileSheets:
    """Text and workbooks."""

    def __init__(self) -> None:
        self._engines = (XlsxSheets(), TextSheets())

    def knows(self, file: BinaryIO) -> bool:
        """Whether one of the engines does."""
        return any(engine.knows(file) for engine in self._engines)

    def rows(self, file: BinaryIO) -> Iterator[SheetRow]:
        """The rows, by the first engine that knows the file."""
        for engine in self._engines:
            if engine.knows(file):
                return engine.rows(file)
        raise UnreadableRow(row=1, reason="不是 CSV、JSONL 或 XLSX 文件")
