"""Whichever format a file turns out to be."""

from __future__ import annotations

from typing import BinaryIO

from xiaoer.engines.documents.markdown import MarkdownDocuments
from xiaoer.engines.documents.markitdown import MarkItDownDocuments
from xiaoer.ports.documents import UnreadableDocument


class FileDocuments:
    """Web pages, word-processor files and PDF; all other text is taken for Markdown."""

    def __init__(self) -> None:
        self._engines = (MarkItDownDocuments(), MarkdownDocuments())

    def knows(self, file: BinaryIO) -> bool:
        """Whether one of the engines does."""
        return any(engine.knows(file) for engine in self._engines)

    def to_markdown(self, file: BinaryIO) -> str:
        """The text, by the first engine that knows the file."""
        for engine in self._engines:
            if engine.knows(file):
                return engine.to_markdown(file)
        raise UnreadableDocument(reason="不是 Markdown、HTML、DOCX 或 PDF 文件")
