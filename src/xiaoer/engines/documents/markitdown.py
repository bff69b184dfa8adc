"""Web pages, word-processor files and PDF, converted by MarkItDown.

Its converters are called one by one: the library's own front guesses formats with a neural
network, loads plug-ins and fetches addresses, none of which a customer-service desk wants from an
upload.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from xiaoer.engines.documents.text import head_of, is_text, text_of
from xiaoer.kit.problem import Problem
from xiaoer.ports.documents import ConverterMissing, UnreadableDocument

MOST_BYTES = 500_000_000
"""Unpacked; a small archive can hold far more, and none that people made does."""
MOST_TEXT_BYTES = 30_000_000
"""The same of its texts, which are read into memory as a tree many times as large."""
_PAGE = re.compile(rb"<(!doctype html|html|head|body|article|section|div|h[1-6]|p)\b", re.I)
_MARKUP = {"escape_underscores": False, "escape_asterisks": False, "escape_misc": False}
"""Answers are read by people, who want ``a_b`` and not ``a\\_b``."""


class MarkItDownDocuments:
    """HTML, DOCX and PDF."""

    def knows(self, file: BinaryIO) -> bool:
        """Whether it is one of them."""
        return _format(file) != ""

    def to_markdown(self, file: BinaryIO) -> str:
        """The text with its headings, lists and tables; a PDF tells no headings."""
        name = _format(file)
        file.seek(0)
        try:
            return _converted(name, file)
        except ImportError as error:
            raise ConverterMissing(format=name) from error
        except Problem:
            raise
        except Exception as error:  # converters raise whatever a damaged file makes them stumble on
            raise UnreadableDocument(reason=f"不是可读的 {name} 文件") from error


def _format(file: BinaryIO) -> str:
    head = head_of(file)
    if head.startswith(b"%PDF-"):
        return "PDF"
    if head.startswith(b"PK\x03\x04"):
        return "DOCX" if _is_word(file) else ""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "HTML" if plain.startswith(b"<") and is_text(head) and _PAGE.search(plain) else ""


def _is_word(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return "word/document.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)


def _converted(name: str, file: BinaryIO) -> str:
    from markitdown import MissingDependencyException  # an extra: it brings a hundred megabytes

    try:
        return _read(name, file)
    except MissingDependencyException as error:
        raise ImportError(name) from error


def _read(name: str, file: BinaryIO) -> str:
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter, HtmlConverter, PdfConverter

    if name == "HTML":
        page = io.BytesIO(text_of(file).encode())
        return HtmlConverter().convert(page, StreamInfo(charset="utf-8"), **_MARKUP).markdown
    if name == "PDF":
        return PdfConverter().convert(file, StreamInfo(extension=".pdf")).markdown
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        texts = [one for one in parts if one.filename.lower().endswith((".xml", ".rels"))]
        if (
            sum(one.file_size for one in parts) > MOST_BYTES
            or sum(one.file_size for one in texts) > MOST_TEXT_BYTES
        ):
            raise UnreadableDocument(reason="文件展开后过大")
    file.seek(0)
    word = DocxConverter()  # type: ignore[no-untyped-call]
    return word.convert(file, StreamInfo(extension=".docx"), **_MARKUP).markdown
