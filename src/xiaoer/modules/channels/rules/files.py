"""What a file is, by its first bytes; its name and the sender's header decide nothing."""

from __future__ import annotations

import re
import unicodedata

from xiaoer.kit.text import clean
from xiaoer.modules.channels.errors import UnknownFileType

LOOKED_AT_BYTES = 4096
_KEY = re.compile(r"[0-9a-f]{64}")
MOST_NAME = 200
UPLOAD_TYPES = (
    "image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain",
)
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
    "application/pdf": ".pdf", "text/plain": ".txt",
}


def media_type(beginning: bytes) -> str:
    """One of ``UPLOAD_TYPES``; raises :class:`UnknownFileType`.

    Markup is text like any other here: files are never served as anything that runs.
    """
    for magic, kind in _BEGINNINGS:
        if beginning.startswith(magic):
            return kind
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(beginning):
        return "text/plain"
    raise UnknownFileType()


def is_blob(text: str) -> bool:
    """Whether a text can be the key of a file: a SHA-256 in hex."""
    return _KEY.fullmatch(text) is not None


def _is_text(beginning: bytes) -> bool:
    """UTF-8 without control characters; the last character may be cut off by the look."""
    try:
        text = beginning.decode()
    except UnicodeDecodeError as error:
        if len(beginning) < LOOKED_AT_BYTES or error.start < len(beginning) - 3:
            return False
        text = beginning[: error.start].decode()
    return all(c in "\t\n\r\f\ufeff" or unicodedata.category(c) != "Cc" for c in text)


def name_of(given: str, kind: str) -> str:
    """A name without folders that ends as the content does."""
    bare = clean(given.replace("\\", "/").rpartition("/")[2]).replace('"', "")[-MOST_NAME:]
    ending = _ENDINGS[kind]
    known = (".jpg", ".jpeg") if kind == "image/jpeg" else (ending,)
    return bare if bare.lower().endswith(known) else f"{bare or 'file'}{ending}"
