"""What a hostile caller types, and how a value of it lands in each place of a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

LONG = "好" * 330_000
"""Almost two megabytes once it is escaped."""
TEXTS = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnp.exe",
    "\x1b[2J\x7f\x85",
    "' OR 1=1 --",
    "'; DROP TABLE org_member; --",
    "%' AND pg_sleep(9) IS NULL AND '%'='",
    "\\",
    "%_%",
    "../../../../etc/passwd",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}%(tenant)s%s{0}",
    "=cmd|' /C calc'!A0",
    "١٢٣²",
    "𝕊𝕢𝕝" + "\u0301" * 500,
    "e" + "\u0301" * 50_000,
    "null",
    "NaN",
    "-1",
    "9" * 400,
    "1e999",
    "A" * 5_000,
)
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 2**64, 10**400, 1.5, [], {}, [None], [[]], {"a": {"b": []}},
    ["\x00"], {"\x00": "\x00"},
)


def raw(value: Any) -> bytes:
    """JSON as a caller may send it: with lone surrogates, and numbers of any length."""
    return json.dumps(value, ensure_ascii=True).encode()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Each place inside a body where another value can stand."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()
    for key, item in inside:
        yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The body with another value at a place."""
    if not path:
        return other
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], other)
    return copy
