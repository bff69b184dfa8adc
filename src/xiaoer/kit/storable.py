"""JSON as PostgreSQL takes it: a NUL character, legal in JSON, has no place in its texts."""

from __future__ import annotations

import re
from typing import Any

import orjson

# An even number of backslashes before it are escaped backslashes, not the start of the escape.
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def storable(value: Any) -> str:
    """The value as JSON text without NUL characters."""
    text = orjson.dumps(value)
    return (_NUL.sub(rb"\1", text) if b"\\u0000" in text else text).decode()
