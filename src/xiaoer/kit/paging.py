"""Paging by cursor: stable while rows come and go, and opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson

from xiaoer.kit.problem import BadCursor

T = TypeVar("T")

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of the next page (``None`` on the last)."""

    items: tuple[T, ...]
    next: str | None = None


def encode_cursor(*values: str | int | float | bool | datetime | UUID | None) -> str:
    """Pack the sort key of the last row of a page."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode_cursor(text: str, *kinds: type) -> list[Any]:
    """Unpack a cursor of values of these kinds (``str``, ``int``, ``datetime``, ``UUID``).

    Raises :class:`BadCursor` on anything else.
    """
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise BadCursor()
        return [_READ.get(kind, kind)(value) for kind, value in zip(kinds, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise BadCursor() from error


_READ: dict[type, Callable[[Any], Any]] = {datetime: datetime.fromisoformat}


async def paged(page: Callable[[str | None], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """Everything of a list that comes in pages; ``page`` takes the cursor."""
    cursor: str | None = None
    while True:
        found = await page(cursor)
        for item in found.items:
            yield item
        if found.next is None:
            return
        cursor = found.next
