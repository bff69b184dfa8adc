"""What every reader of tables promises, whatever the format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from xiaoer.engines.sheets.files import FileSheets
from xiaoer.engines.sheets.text import TextSheets
from xiaoer.engines.sheets.xlsx import XlsxSheets
from xiaoer.ports.sheets import Sheets, UnreadableRow

TABLE = [["会员号", " Name ", "积分"], ["M1", "王晓梅", "120"], ["M2", '李"雷', "3"]]
Write = Callable[[list[list[str]]], bytes]


def as_csv(table: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue().encode(encoding)


def as_jsonl(table: list[list[str]]) -> bytes:
    rows = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_json(table: list[list[str]]) -> bytes:
    return json.dumps([dict(zip(table[0], row, strict=True)) for row in table[1:]]).encode()


def as_xlsx(table: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in table:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS: dict[str, tuple[Sheets, Write, int]] = {
    "csv": (TextSheets(), as_csv, 2),
    "csv with a mark": (TextSheets(), lambda t: as_csv(t, "utf-8-sig"), 2),
    "csv of a Chinese spreadsheet": (TextSheets(), lambda t: as_csv(t, "gb18030"), 2),
    "tabs in UTF-16": (TextSheets(), lambda t: as_csv(t, "utf-16", "\t"), 2),
    "semicolons": (TextSheets(), lambda t: as_csv(t, delimiter=";"), 2),
    "json lines": (TextSheets(), as_jsonl, 1),
    "a json list": (TextSheets(), as_json, 1),
    "a workbook": (XlsxSheets(), as_xlsx, 2),
}


@pytest.mark.parametrize("name", FORMATS)
def test_rows_are_named_cleaned_and_numbered_as_in_the_file(name: str) -> None:
    engine, write, first = FORMATS[name]
    file = io.BytesIO(write(TABLE))
    for sheets in (engine, FileSheets()):
        assert sheets.knows(file)
        rows = list(sheets.rows(file))
        assert [row.number for row in rows] == [first, first + 1]
        assert [dict(row.fields) for row in rows] == [
            {"会员号": "M1", "name": "王晓梅", "积分": "120"},
            {"会员号": "M2", "name": '李"雷', "积分": "3"},
        ]


def test_empty_rows_are_left_out_and_still_counted() -> None:
    file = io.BytesIO(b"a,b\n\n,\n1,2\n")
    assert [(r.number, r.fields["a"]) for r in FileSheets().rows(file)] == [(4, "1")]
    file = io.BytesIO(b'{"a":1}\n\n{"a":2}\n')
    assert [r.number for r in FileSheets().rows(file)] == [1, 3]


def test_numbers_and_dates_of_a_workbook_read_as_people_see_them() -> None:
    from datetime import datetime

    table = [["phone", "points", "at"], [13812345678, 2.0, datetime(2026, 1, 4, 12, 0)]]
    (row,) = FileSheets().rows(io.BytesIO(as_xlsx(table)))
    assert row.fields == {"phone": "13812345678", "points": "2", "at": "2026-01-04T12:00:00"}


GOOD = b"".join(b"M%d,\xe7\x8e\x8b\n" % n for n in range(89_998))


@pytest.mark.parametrize(("harm", "row"), [
    (b"M,\xe7\x8e\n", 90_000), (b"only one\n", 90_000), (b"a,b,c\n", 90_000),
    (b'"never closed,x\nM,y\n', 90_000), (b'M,"quote" in it\n', 90_000), (b"M,\x00\n", 90_000),
])  # fmt: skip
def test_damage_at_row_90000_is_told_with_its_row(harm: bytes, row: int) -> None:
    file = io.BytesIO(b"member_no,name\n" + GOOD + harm + b"M,y\n" * 3)
    with pytest.raises(UnreadableRow) as told:
        for _ in FileSheets().rows(file):
            pass
    assert told.value.fields["row"] == row


@pytest.mark.parametrize("content", [
    b"", b"\n\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04 not a zip", b"[1]", b"[",
    b'{"a":', b'{"a":1}\n5', b"\xff\xfe\xff\xfe\x00", b"\xc0\xc1\xf5,b\n1,2\n", b"\xff\xfea",
])  # fmt: skip
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableRow):
        list(FileSheets().rows(io.BytesIO(content)))


def test_a_workbook_without_its_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(UnreadableRow):
        list(FileSheets().rows(out))
