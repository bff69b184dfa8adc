"""Markdown, which needs no converting; plain text is Markdown without headings."""

from __future__ import annotations

from typing import BinaryIO

from xiaoer.engines.documents.text import head_of, is_text, text_of


class MarkdownDocuments:
    """Anything that is text."""

    def knows(self, file: BinaryIO) -> bool:
        """Whether it is text."""
        return is_text(head_of(file))

    def to_markdown(self, file: BinaryIO) -> str:
        """The text as it is."""
        return text_of(file)
