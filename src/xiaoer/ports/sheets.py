"""Tables that people keep in files, read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from xiaoer.kit.problem import Problem


class UnreadableRow(Problem):
    """The file cannot be read on from this row."""

    code = "unreadable_row"
    status = 422
    zh = "第 {row} 行无法读取：{reason}"
    en = "Row {row} cannot be read: {reason}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number as a person sees it in the file; the header is row 1."""

    number: int
    fields: Mapping[str, Any]


class Sheets(Protocol):
    """Reads files of one or more formats.

    Every engine guarantees: the format is told by content and never by name; rows come one by
    one, whatever the size of the file; column names are cleaned and folded; empty rows are left
    out and still counted; what cannot be read raises :class:`UnreadableRow` with its number.
    """

    def knows(self, file: BinaryIO) -> bool:
        """Whether this engine reads the file; leaves it at its beginning."""
        ...

    def rows(self, file: BinaryIO) -> Iterator[SheetRow]:
        """All rows, from the beginning of the file."""
        ...
