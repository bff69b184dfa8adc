"""Files in memory, for tests and for commands that leave nothing behind."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

from xiaoer.engines.blobs.receiving import CHUNK_BYTES, checked, receive
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound
from xiaoer.ports.blobs import BlobStat

Kept = dict[tuple[TenantId, str], tuple[bytes, str]]


class MemoryBlobs:
    """Keeps files in a dictionary; pass one on to play a restart."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept: Kept = {} if kept is None else kept

    async def put(
        self, tenant: TenantId, content: AsyncIterator[bytes], media_type: str, max_bytes: int
    ) -> BlobStat:
        """Store a stream."""
        file = io.BytesIO()
        key, _ = await receive(content, file, max_bytes)
        self.kept.setdefault((tenant, key), (file.getvalue(), media_type))
        return await self.stat(tenant, key)

    async def stat(self, tenant: TenantId, key: str) -> BlobStat:
        """Size and type."""
        content, media_type = self._found(tenant, key)
        return BlobStat(key, len(content), media_type)

    async def read(self, tenant: TenantId, key: str) -> AsyncIterator[bytes]:
        """The bytes in chunks."""
        content, _ = self._found(tenant, key)
        for start in range(0, len(content), CHUNK_BYTES):
            yield content[start : start + CHUNK_BYTES]

    async def delete(self, tenant: TenantId, key: str) -> None:
        """Forget a file."""
        self.kept.pop((tenant, key), None)

    def _found(self, tenant: TenantId, key: str) -> tuple[bytes, str]:
        found = self.kept.get((tenant, checked(key)))
        if found is None:
            raise NotFound()
        return found
