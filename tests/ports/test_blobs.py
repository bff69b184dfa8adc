"""What every store of files promises."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from xiaoer.engines.blobs.disk import DiskBlobs
from xiaoer.engines.blobs.memory import MemoryBlobs
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import NotFound
from xiaoer.ports.blobs import Blobs, BlobStat, TooLarge

PNG = bytes.fromhex("89504e470d0a1a0a") + b"pixels" * 100
LIMIT = 20 * 1024 * 1024

Reopen = Callable[[], Blobs]


def memory(_: pytest.FixtureRequest) -> Reopen:
    first = MemoryBlobs()
    return lambda: MemoryBlobs(first.kept)


def disk(request: pytest.FixtureRequest) -> Reopen:
    folder: Path = request.getfixturevalue("tmp_path")
    return lambda: DiskBlobs(folder / "blobs")


def s3(request: pytest.FixtureRequest) -> Reopen:
    from xiaoer.engines.blobs.s3 import S3Blobs

    endpoint = request.getfixturevalue("s3_endpoint")
    return lambda: S3Blobs(endpoint, "xiaoer", "key", "secret")


@pytest.fixture(params=[memory, disk, pytest.param(s3, marks=pytest.mark.scaleout)])
def reopen(request: pytest.FixtureRequest) -> Reopen:
    """Opens the same store again, as the next process would."""
    made: Reopen = request.param(request)
    return made


@pytest.fixture
def tenant() -> TenantId:
    return TenantId(uuid4())


async def stream(content: bytes, step: int = 64 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def everything(blobs: Blobs, tenant: TenantId, key: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(tenant, key)])


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_file_survives_a_restart_byte_for_byte(reopen: Reopen, tenant: TenantId) -> None:
    stat = await reopen().put(tenant, stream(PNG), "image/png", LIMIT)
    assert stat == BlobStat(hashlib.sha256(PNG).hexdigest(), len(PNG), "image/png")
    after = reopen()
    assert await after.stat(tenant, stat.key) == stat
    assert await everything(after, tenant, stat.key) == PNG


async def test_a_file_of_many_parts_is_whole(reopen: Reopen, tenant: TenantId) -> None:
    large = os.urandom(12 * 1024 * 1024 + 17)
    blobs = reopen()
    stat = await blobs.put(tenant, stream(large, 999_999), "video/mp4", LIMIT)
    chunks = [chunk async for chunk in blobs.read(tenant, stat.key)]
    assert b"".join(chunks) == large
    assert max(map(len, chunks)) < 2 * 1024 * 1024


async def test_an_empty_file_is_a_file(reopen: Reopen, tenant: TenantId) -> None:
    blobs = reopen()
    stat = await blobs.put(tenant, stream(b""), "text/plain", LIMIT)
    assert await blobs.stat(tenant, stat.key) == BlobStat(stat.key, 0, "text/plain")
    assert await everything(blobs, tenant, stat.key) == b""


async def test_the_same_bytes_keep_the_type_they_first_came_with(
    reopen: Reopen, tenant: TenantId
) -> None:
    blobs = reopen()
    first = await blobs.put(tenant, stream(PNG), "image/png", LIMIT)
    again = await blobs.put(tenant, stream(PNG), "text/html", LIMIT)
    assert again == first


async def test_another_tenant_does_not_find_it(reopen: Reopen, tenant: TenantId) -> None:
    blobs = reopen()
    stat = await blobs.put(tenant, stream(PNG), "image/png", LIMIT)
    stranger = TenantId(uuid4())
    with pytest.raises(NotFound):
        await blobs.stat(stranger, stat.key)
    with pytest.raises(NotFound):
        await everything(blobs, stranger, stat.key)
    await blobs.delete(stranger, stat.key)
    assert await everything(blobs, tenant, stat.key) == PNG


@pytest.mark.parametrize("key", ["", "f" * 64, "F" * 64, "../../etc/passwd", "a" * 63 + "/", "长"])
async def test_what_is_no_key_of_ours_is_not_found(
    reopen: Reopen, tenant: TenantId, key: str
) -> None:
    blobs = reopen()
    with pytest.raises(NotFound):
        await blobs.stat(tenant, key)
    with pytest.raises(NotFound):
        await everything(blobs, tenant, key)
    await blobs.delete(tenant, key)


async def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(
    reopen: Reopen, tenant: TenantId
) -> None:
    blobs = reopen()
    await blobs.put(tenant, stream(PNG), "image/png", len(PNG))
    larger = PNG + b"!"
    with pytest.raises(TooLarge) as refused:
        await blobs.put(tenant, stream(larger), "image/png", len(PNG))
    assert refused.value.status == 413
    assert "608 B" in refused.value.sentence("zh-CN")
    with pytest.raises(NotFound):
        await blobs.stat(tenant, hashlib.sha256(larger).hexdigest())


async def test_a_stream_past_the_limit_is_not_read_to_its_end(
    reopen: Reopen, tenant: TenantId
) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b"x" * 1000

    with pytest.raises(TooLarge):
        await reopen().put(tenant, endless(), "text/plain", 10_000)
    assert given == 11


async def test_a_cut_upload_leaves_nothing(reopen: Reopen, tenant: TenantId) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield PNG
        raise ConnectionError("the phone went into a tunnel")

    blobs = reopen()
    with pytest.raises(ConnectionError):
        await blobs.put(tenant, cut(), "image/png", LIMIT)
    with pytest.raises(NotFound):
        await blobs.stat(tenant, hashlib.sha256(PNG).hexdigest())


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_quiet(
    reopen: Reopen, tenant: TenantId
) -> None:
    blobs = reopen()
    stat = await blobs.put(tenant, stream(PNG), "image/png", LIMIT)
    await blobs.delete(tenant, stat.key)
    await blobs.delete(tenant, stat.key)
    with pytest.raises(NotFound):
        await blobs.stat(tenant, stat.key)
    back = await blobs.put(tenant, stream(PNG), "image/webp", LIMIT)
    assert back.media_type == "image/webp"


async def test_the_folder_holds_finished_files_only_and_each_matches_its_name(
    tmp_path: Path, tenant: TenantId
) -> None:
    blobs = DiskBlobs(tmp_path)
    for content in (PNG, PNG, b"another"):
        await blobs.put(tenant, stream(content), "image/png", LIMIT)
    files = files_below(tmp_path)
    kept = [path for path in files if path.suffix != ".type"]
    assert len(kept) == 2
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in kept)
    assert sorted(path.name for path in files if path.suffix == ".type") == sorted(
        f"{path.name}.type" for path in kept
    )


async def test_what_a_killed_process_left_half_written_is_swept_after_a_day(
    tmp_path: Path, tenant: TenantId
) -> None:
    left = tmp_path / ".incoming" / "half"
    left.parent.mkdir()
    left.write_bytes(b"half")
    fresh = left.with_name("fresh")
    fresh.write_bytes(b"fresh")
    os.utime(left, (0, 0))
    await DiskBlobs(tmp_path).put(tenant, stream(PNG), "image/png", LIMIT)
    assert [path.name for path in left.parent.iterdir()] == ["fresh"]
