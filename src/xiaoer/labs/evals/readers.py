"""Reads the files that evals are run on, by what is in them and not by what they are called.

JSON lines, one JSON value, either of them gzipped; unknown fields are ignored. What cannot be read
is told as ``file:line: sentence``.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

GZIP = b"\x1f\x8b"


class BadInput(Exception):
    """A file that cannot be used; the text begins with ``file:line``."""


@dataclass(frozen=True, slots=True)
class Row:
    """An object of a file and the line where it stands (its place, in a JSON list)."""

    file: Path
    line: int
    fields: dict[str, Any]

    def text(self, *names: str) -> str:
        """The first of the named fields that is there; it must be a string."""
        value = self.optional(*names)
        if value is None:
            raise self.bad(f"needs {' or '.join(names)}")
        return value

    def optional(self, *names: str) -> str | None:
        """As ``text``, or None when none of them is there or it is null."""
        for name in names:
            value = self.fields.get(name)
            if value is None:
                continue
            if isinstance(value, bool | float | list | dict):
                raise self.bad(f"{name} must be a string")
            return str(value)
        return None

    def bad(self, sentence: str) -> BadInput:
        """The error of this row."""
        return BadInput(f"{self.file}:{self.line}: {sentence}")


def rows(place: Path) -> list[Row]:
    """All rows of a file, or of the files of a folder in the order of their names."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return [
        Row(file, line, value)
        for file in files
        for line, value in _values(file)
        if isinstance(value, dict) or _refuse(file, line, "is not an object")
    ]


def names(file: Path) -> frozenset[str]:
    """A JSON list of ids (or one id a line) as a set."""
    found = [value for _, value in _values(file)]
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    if not all(isinstance(value, str | int) for value in found):
        raise BadInput(f"{file}:1: is not a list of ids")
    return frozenset(str(value) for value in found)


def _values(file: Path) -> Iterator[tuple[int, Any]]:
    content = _content(file)
    whole = _whole(content)
    if whole is not None:
        yield from ((i + 1, value) for i, value in enumerate(whole))
        return
    for line, raw in enumerate(content.split(b"\n"), 1):
        if raw.strip():
            try:
                yield line, orjson.loads(raw)
            except orjson.JSONDecodeError as error:
                raise BadInput(f"{file}:{line}: is not JSON ({error.msg})") from None


def _whole(content: bytes) -> Sequence[Any] | None:
    """The values of a file that is one JSON value; None when it is one a line."""
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, list) else [value]


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file}:1: cannot be read ({error})") from None
    return content.removeprefix(b"\xef\xbb\xbf")


def _refuse(file: Path, line: int, sentence: str) -> bool:
    raise BadInput(f"{file}:{line}: {sentence}")
