"""Files in an S3-compatible store, under ``<tenant>/<hash>``.

The key of a file is its hash, which is known only when the last byte has come. Uploads are
therefore received on the local disk and handed on whole: in one request up to 5 MB, in several
parts above. A cut upload never reaches the store, so nothing has to be tidied there.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from xiaoer.engines.blobs.receiving import CHUNK_BYTES, checked, receive
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound
from xiaoer.ports.blobs import BlobStat

_UNKNOWN_TYPE = "application/octet-stream"


class S3Blobs:
    """Keeps files in one bucket, which must exist."""

    def __init__(
        self,
        endpoint: str | None,
        bucket: str,
        access_key: str,
        secret_key: str,
        region: str = "us-east-1",
    ) -> None:
        self._store = S3Store(
            bucket,
            endpoint=endpoint or f"https://s3.{region}.amazonaws.com",
            access_key_id=access_key,
            secret_access_key=secret_key,
            region=region,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": True,
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=30)},
        )

    async def put(
        self, tenant: TenantId, content: AsyncIterator[bytes], media_type: str, max_bytes: int
    ) -> BlobStat:
        """Store a stream."""
        descriptor, name = await asyncio.to_thread(tempfile.mkstemp)
        received = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                key, _ = await receive(content, file, max_bytes)
            try:
                return await self.stat(tenant, key)
            except NotFound:
                await obstore.put_async(
                    self._store,
                    _path(tenant, key),
                    received,
                    attributes={"Content-Type": media_type},
                )
        finally:
            await asyncio.to_thread(received.unlink, missing_ok=True)
        return await self.stat(tenant, key)

    async def stat(self, tenant: TenantId, key: str) -> BlobStat:
        """Size and type."""
        try:
            found = await obstore.get_async(
                self._store, _path(tenant, key), options={"head": True}
            )
        except (NotFoundError, FileNotFoundError):
            raise NotFound() from None
        media_type = found.attributes.get("Content-Type", _UNKNOWN_TYPE)
        return BlobStat(key, found.meta["size"], media_type)

    async def read(self, tenant: TenantId, key: str) -> AsyncIterator[bytes]:
        """The bytes in chunks."""
        try:
            found = await obstore.get_async(self._store, _path(tenant, key))
        except (NotFoundError, FileNotFoundError):
            raise NotFound() from None
        async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    async def delete(self, tenant: TenantId, key: str) -> None:
        """Forget a file."""
        with suppress(NotFound, NotFoundError, FileNotFoundError):
            await obstore.delete_async(self._store, _path(tenant, key))


def _path(tenant: TenantId, key: str) -> str:
    return f"{tenant}/{checked(key)}"
