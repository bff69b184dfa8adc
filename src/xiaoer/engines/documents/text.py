"""Bytes as text: documents from Chinese desks come in GB18030 or UTF-16 as often as in UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from xiaoer.ports.documents import UnreadableDocument

_HEAD = 65_536
_CONTROL = "\x00-\x08\x0e-\x1a\x1c-\x1f"
_BINARY = re.compile(f"[{_CONTROL}]".encode())
_UNPRINTED = re.compile(f"[{_CONTROL}]")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def head_of(file: BinaryIO) -> bytes:
    """The first bytes; leaves the file at its beginning."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    return head


def is_text(head: bytes) -> bool:
    """Text has no control characters but those of lines and pages, unless it is UTF-16."""
    return bool(head) and (head.startswith(_WIDE) or not _BINARY.search(head))


def text_of(file: BinaryIO) -> str:
    """The whole file as text; raises :class:`UnreadableDocument`."""
    file.seek(0)
    content = file.read()
    encodings = ("utf-16",) if content.startswith(_WIDE) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTED.search(text):
            return text
    raise UnreadableDocument(reason="含有二进制内容，或文字编码有误（请用 UTF-8 保存）")
