"""What an embedder reads of a text, so that no text can break or stall it."""

from __future__ import annotations

LONGEST = 2_000  # characters; models look at no more than a few hundred words


def readable(text: str) -> str:
    """The beginning of a text as valid Unicode: lone surrogates become question marks."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8").strip()
