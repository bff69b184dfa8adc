"""Files in a folder: ``<tenant>/<first two of the hash>/<hash>``, its media type beside it.

A file appears under its name only when it is whole and on the disk: it is written elsewhere in
the folder, synced, and renamed. A backup may copy the folder at any moment and check each file
against its own name.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from xiaoer.engines.blobs.receiving import CHUNK_BYTES, checked, receive
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound
from xiaoer.ports.blobs import BlobStat

_INCOMING = ".incoming"
_ABANDONED_S = 24 * 3600


class DiskBlobs:
    """Keeps files below one folder, which all processes of the installation share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING

    async def put(
        self, tenant: TenantId, content: AsyncIterator[bytes], media_type: str, max_bytes: int
    ) -> BlobStat:
        """Store a stream."""
        file, path = await asyncio.to_thread(self._open_incoming)
        try:
            with file:
                key, _ = await receive(content, file, max_bytes)
                await asyncio.to_thread(_settle, file)
            await asyncio.to_thread(self._keep, path, self._path(tenant, key), media_type)
        finally:
            path.unlink(missing_ok=True)
        return await self.stat(tenant, key)

    async def stat(self, tenant: TenantId, key: str) -> BlobStat:
        """Size and type."""
        size, media_type = await asyncio.to_thread(_look, self._path(tenant, key))
        return BlobStat(key, size, media_type)

    async def read(self, tenant: TenantId, key: str) -> AsyncIterator[bytes]:
        """The bytes in chunks."""
        file = await asyncio.to_thread(_open, self._path(tenant, key))
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk

    async def delete(self, tenant: TenantId, key: str) -> None:
        """Forget a file."""
        with suppress(NotFound):
            path = self._path(tenant, key)
            path.unlink(missing_ok=True)
            _type_beside(path).unlink(missing_ok=True)

    def _path(self, tenant: TenantId, key: str) -> Path:
        return self._folder / str(tenant) / checked(key)[:2] / key

    def _open_incoming(self) -> tuple[BinaryIO, Path]:
        self._incoming.mkdir(parents=True, exist_ok=True)
        _sweep(self._incoming)
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        return os.fdopen(descriptor, "wb"), Path(name)

    def _keep(self, path: Path, kept: Path, media_type: str) -> None:
        """Give the file its name; its type comes first, so that no file is ever without."""
        if kept.exists():
            return
        _make_folder(kept.parent, self._folder)
        beside = path.with_suffix(".type")
        with beside.open("wb") as file:
            file.write(media_type.encode())
            _settle(file)
        beside.replace(_type_beside(kept))
        path.replace(kept)
        _sync_folder(kept.parent)


def _look(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_size, _type_beside(path).read_text()
    except FileNotFoundError:
        raise NotFound() from None


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound() from None


def _type_beside(path: Path) -> Path:
    return path.with_name(path.name + ".type")


def _settle(file: BinaryIO) -> None:
    """See the bytes onto the disk, not only into the cache."""
    file.flush()
    os.fsync(file.fileno())


def _make_folder(folder: Path, top: Path) -> None:
    """Make a folder that is still there after a power cut."""
    if folder.is_dir():
        return
    if folder != top:
        _make_folder(folder.parent, top)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(incoming: Path) -> None:
    """Remove what a killed process left half-written; a day is longer than any upload."""
    oldest = time.time() - _ABANDONED_S
    for path in incoming.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
