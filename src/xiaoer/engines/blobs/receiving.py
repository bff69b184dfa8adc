"""Takes an upload as it streams in: hashed, limited, and written without blocking the loop."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from xiaoer.kit.problem import NotFound
from xiaoer.ports.blobs import TooLarge

CHUNK_BYTES = 256 * 1024
_GATHERED_BYTES = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{64}")


async def receive(
    content: AsyncIterator[bytes], into: BinaryIO, max_bytes: int
) -> tuple[str, int]:
    """Write a stream to a file; returns its SHA-256 in hex and its size.

    :raises TooLarge: as soon as more than ``max_bytes`` have come.
    """
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    async for chunk in content:
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(limit=readable(max_bytes))
        waiting += chunk
        if len(waiting) >= _GATHERED_BYTES:
            await asyncio.to_thread(_absorb, bytes(waiting), into, digest)
            waiting.clear()
    await asyncio.to_thread(_absorb, bytes(waiting), into, digest)
    return digest.hexdigest(), size


def _absorb(piece: bytes, into: BinaryIO, digest: Any) -> None:
    digest.update(piece)
    into.write(piece)


def checked(key: str) -> str:
    """The key, if it is one; anything else (a path, say) is not found."""
    if not _KEY.fullmatch(key):
        raise NotFound()
    return key


def readable(size: int) -> str:
    """A size for a person: ``10 MB``, ``1.5 MB``, ``300 KB``, ``12 B``."""
    for unit, scale in (("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} B"
