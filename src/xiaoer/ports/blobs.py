"""Files that customers and agents send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Problem


class TooLarge(Problem):
    """An upload passed its limit; ``limit`` is that limit for a person to read."""

    code = "too_large"
    status = 413
    zh = "文件太大，最大支持 {limit}。"
    en = "The file is too large; the limit is {limit}."


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What is known of a stored file: its key, its size in bytes and its media type."""

    key: str
    size: int
    media_type: str


class Blobs(Protocol):
    """Keeps bytes by content hash (SHA-256, hex), apart for every tenant.

    Every engine guarantees: a stored key is readable at once and survives a restart; the same
    bytes stored twice are kept once, with the media type they first came with; a key of another
    tenant, or one that is no key at all, is not found; a cut upload leaves nothing that can be
    read.
    """

    async def put(
        self, tenant: TenantId, content: AsyncIterator[bytes], media_type: str, max_bytes: int
    ) -> BlobStat:
        """Store a stream; raises :class:`TooLarge` past ``max_bytes``."""
        ...

    async def stat(self, tenant: TenantId, key: str) -> BlobStat:
        """Size and type; raises ``NotFound``."""
        ...

    def read(self, tenant: TenantId, key: str) -> AsyncIterator[bytes]:
        """The bytes in chunks; raises ``NotFound`` at the first."""
        ...

    async def delete(self, tenant: TenantId, key: str) -> None:
        """Forget a file; silently done when there is none."""
        ...
