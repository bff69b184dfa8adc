"""``xiaoer migrate``, ``backup`` and ``restore``: keeping an installation over years.

A backup is a folder: ``database.dump``, ``blobs/`` and ``manifest.json`` with the size and hash
of each file. It appears under its name when it is complete, and is verified before it is read.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xiaoer.edge.serve import opened_database
from xiaoer.engines.postgres.migrate import head
from xiaoer.engines.postgres.server import dump, inspection
from xiaoer.kit.problem import Problem

from .migrating import migrated
from .options import settings_of, tell, worded

MANIFEST = "manifest.json"
DUMP = "database.dump"
BLOBS = "blobs"


class BackupExists(Problem):
    """A backup never overwrites."""

    code = "backup_exists"
    status = 409
    zh = "{folder} 已存在。请为备份指定一个新目录。"
    en = "{folder} exists already. Name a new folder for the backup."


class BackupDamaged(Problem):
    """The backup is not what was written."""

    code = "backup_damaged"
    status = 422
    zh = "备份 {folder} 不完整或已损坏：{file}。没有恢复任何数据，请换用另一份备份。"
    en = (
        "The backup {folder} is incomplete or damaged: {file}. "
        "Nothing was restored; use another backup."
    )


class BackupTooNew(Problem):
    """The backup was made by a later version."""

    code = "backup_too_new"
    status = 409
    zh = "备份由更新的版本制作（数据库结构 {found}，当前为 {known}）。请先升级小二。"
    en = "The backup is of a later version (schema {found}, here {known}). Upgrade Xiaoer first."


def run_migrate(**given: Any) -> None:
    """``xiaoer migrate``."""
    settings = settings_of(**given)
    with opened_database(settings, share=True) as database:
        migrated(settings, database.urls, tell)
        revision = inspection.revision(database.urls)
    tell(worded(f"数据库结构版本：{revision}", f"The database schema is at {revision}."))


def run_backup(name: str, **given: Any) -> None:
    """``xiaoer backup``: works beside a running server."""
    settings = settings_of(**given)
    target = Path(name).expanduser().absolute()
    if target.exists():
        raise BackupExists(folder=str(target))
    draft = target.with_name(f".{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        with opened_database(settings, share=True) as database:
            dump.dump(database.urls, draft / DUMP)
            revision = inspection.revision(database.urls)
        # After the dump: a file is stored before the row that names it.
        copy_blobs(settings.data_dir / BLOBS, draft / BLOBS)
        write_manifest(draft, revision)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    size_mb = sum(file.stat().st_size for file in files_below(target)) / 1_048_576
    tell(
        worded(f"备份完成：{target}（{size_mb:.1f} MB）", f"Backed up: {target}, {size_mb:.1f} MB")
    )
    if settings.blobs != "disk":
        tell(
            worded(
                "上传的文件在 S3 中，请另行备份。", "Uploaded files are in S3: back them up there."
            )
        )


def run_restore(name: str, **given: Any) -> None:
    """``xiaoer restore``: verify everything, then read it into an empty place."""
    settings = settings_of(**given)
    source = Path(name).expanduser().absolute()
    verify(source)
    with opened_database(settings) as database:
        dump.restore(database.urls, source / DUMP)
        copy_blobs(source / BLOBS, settings.data_dir / BLOBS)
        migrated(settings, database.urls, tell)
    tell(worded(f"已从 {source} 恢复。", f"Restored from {source}."))


def verify(folder: Path) -> None:
    """Compare each file with the manifest.

    :raises BackupDamaged: one is missing, changed or not listed.
    :raises BackupTooNew: the schema is one that this version does not know.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        listed: dict[str, str] = {name: one["sha256"] for name, one in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(folder=str(folder), file=MANIFEST) from error
    found = {file.relative_to(folder).as_posix() for file in files_below(folder)} - {MANIFEST}
    for name in sorted(found ^ set(listed)):
        raise BackupDamaged(folder=str(folder), file=name)
    for name, digest in listed.items():
        if sha256_of(folder / name) != digest:
            raise BackupDamaged(folder=str(folder), file=name)
    known, revision = head() or "", str(manifest.get("revision") or "")
    if revision > known:
        raise BackupTooNew(found=revision, known=known)


def write_manifest(folder: Path, revision: str | None) -> None:
    """List each file with size and hash."""
    files = {
        file.relative_to(folder).as_posix(): {
            "bytes": file.stat().st_size,
            "sha256": sha256_of(file),
        }
        for file in files_below(folder)
    }
    manifest = {
        "xiaoer": importlib.metadata.version("xiaoer"),
        "revision": revision,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), "utf-8")


def copy_blobs(source: Path, target: Path) -> None:
    """Copy uploaded files; what is still being received is not one yet."""
    if source.is_dir():
        ignored = shutil.ignore_patterns(".incoming")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, in order."""
    return sorted(Path(at, name) for at, _, names in os.walk(folder) for name in names)


def sha256_of(file: Path) -> str:
    """The hash of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
