"""Texts that people keep in files, as Markdown."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from xiaoer.kit.problem import Problem


class UnreadableDocument(Problem):
    """The file is damaged, or of a format that no engine reads."""

    code = "unreadable_document"
    status = 422
    zh = "文件无法读取：{reason}"
    en = "The file cannot be read: {reason}"


class ConverterMissing(Problem):
    """The format can be read, but not by this installation as it is."""

    code = "converter_missing"
    status = 422
    zh = '要导入 {format} 文件，请先在服务器上安装：pip install "xiaoer[documents]"'
    en = 'To import {format} files, install on the server: pip install "xiaoer[documents]"'


class Documents(Protocol):
    """Reads files of one or more formats.

    Every engine guarantees: the format is told by content and never by name; nothing outside the
    file is read, whatever the file points to; what cannot be read raises
    :class:`UnreadableDocument`, and a format that needs an extra raises :class:`ConverterMissing`.
    """

    def knows(self, file: BinaryIO) -> bool:
        """Whether this engine reads the file; leaves it at its beginning."""
        ...

    def to_markdown(self, file: BinaryIO) -> str:
        """The whole text, with its headings."""
        ...
