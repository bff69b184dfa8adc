"""``xiaoer doctor``: looks at everything an installation stands on, and says how to mend it.

It changes nothing. A folder without an installation is said to be empty, and left empty.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import typer

from xiaoer.edge.serve import opened_database
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.postgres.migrate import head
from xiaoer.engines.postgres.server import DatabaseUrls, inspection
from xiaoer.kit.problem import Problem
from xiaoer.kit.settings import Settings

from .options import locale, settings_of, worded

GIBIBYTE = 1_073_741_824
OLDEST_PYTHON = (3, 11)
WORST_CLOCK_S = 2.0
EPOCH_2025 = 1_735_689_600


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found, and how to mend what is not well."""

    name: str
    state: Literal["ok", "warning", "failed"]
    detail: str
    mend: str = ""


Findings = Iterator[Finding]
MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}


def run(as_json: bool, **given: Any) -> None:
    """Print every finding; exit code 1 when one failed."""
    settings = settings_of(**given)
    findings = list(examine(settings))
    is_well = all(finding.state != "failed" for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": is_well, "checks": checks}, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{MARKS[finding.state]} {finding.name}: {finding.detail}")
            if finding.mend:
                print(f"    → {finding.mend}")
    if not is_well:
        raise typer.Exit(1)


def examine(settings: Settings) -> Findings:
    """Every check, cheap ones first; a check that cannot run is a failed one."""
    for check in (_python, _clock, _disk, _folder, _port, _models):
        yield from _kept(check.__name__.strip("_"), partial(check, settings))
    yield from _kept("postgresql", partial(_database, settings))


def _kept(name: str, check: Callable[[], Findings]) -> Findings:
    try:
        yield from check()
    except Problem as problem:
        yield Finding(name, "failed", problem.sentence(locale()))
    except Exception as error:
        yield Finding(name, "failed", f"{type(error).__name__}: {error}")


def _python(_settings: Settings) -> Findings:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding("python", "ok", found)
    else:
        mend = worded("请安装 Python 3.11 或更新版本。", "Install Python 3.11 or newer.")
        yield Finding("python", "failed", found, mend)


def _clock(_settings: Settings) -> Findings:
    now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    if time.time() > EPOCH_2025:
        yield Finding("clock", "ok", now)
    else:
        mend = worded("请校准系统时间（NTP）。", "Set the clock of this machine (NTP).")
        yield Finding("clock", "failed", now, mend)


def _disk(settings: Settings) -> Findings:
    place = settings.data_dir.expanduser().absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    detail = worded(f"剩余 {free / GIBIBYTE:.1f} GB", f"{free / GIBIBYTE:.1f} GB free")
    mend = worded("请清理磁盘或换更大的磁盘。", "Free some space, or move the data folder.")
    if free > 2 * GIBIBYTE:
        yield Finding("disk", "ok", detail)
    else:
        yield Finding("disk", "warning" if free > GIBIBYTE // 3 else "failed", detail, mend)


def _folder(settings: Settings) -> Findings:
    folder = settings.data_dir.expanduser().absolute()
    if not folder.exists():
        detail = worded(f"{folder} 尚不存在", f"{folder} does not exist yet")
        mend = worded("首次 xiaoer serve 会创建它。", "The first 'xiaoer serve' makes it.")
        yield Finding("data folder", "warning", detail, mend)
        return
    loose = [
        path.name
        for path in (folder / "secrets").glob("*.json")
        if path.stat().st_mode & 0o077 and path.is_file()
    ]
    if loose:
        mend = f"chmod 600 '{folder}/secrets/'*"
        detail = worded("密钥文件可被他人读取", "others can read secrets")
        yield Finding("data folder", "failed", f"{detail}: {', '.join(loose)}", mend)
    else:
        yield Finding("data folder", "ok", str(folder))


def _port(settings: Settings) -> Findings:
    note = settings.data_dir / "serving.json"
    if note.exists():
        yield Finding("port", "ok", json.loads(note.read_text())["address"])
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    if taken:
        detail = worded(f"端口 {settings.port} 已被占用", f"port {settings.port} is in use")
        mend = worded(
            "停止占用它的程序，或用 --port 换一个。", "Stop who holds it, or give --port."
        )
        yield Finding("port", "failed", detail, mend)
    else:
        yield Finding("port", "ok", worded(f"{settings.port} 空闲", f"{settings.port} is free"))


def _models(settings: Settings) -> Findings:
    if settings.embedder != "bundled":
        yield Finding("models", "ok", settings.openai_embedding_model)
        return
    embedder = BundledEmbedder()
    began = time.perf_counter()
    asyncio.run(embedder.embed(["体检"]))
    took_ms = (time.perf_counter() - began) * 1000
    yield Finding("models", "ok", f"{embedder.model_id} ({took_ms:.0f} ms)")


def _database(settings: Settings) -> Findings:
    folder = settings.data_dir.expanduser()
    if settings.database_url is None and not (folder / "postgres").exists():
        detail = worded("尚未初始化", "not set up yet")
        mend = worded("首次 xiaoer serve 会初始化它。", "The first 'xiaoer serve' sets it up.")
        yield Finding("postgresql", "warning", detail, mend)
        return
    with opened_database(settings, share=True) as database:
        yield from _condition(inspection.condition(database.urls))
        yield from _schema(database.urls)


def _condition(found: inspection.Condition) -> Findings:
    yield Finding("postgresql", "ok", f"{found.version}, pgvector {found.vector or '-'}")
    yield _verdict(
        "serving role",
        [
            *(["superuser"] if found.app_is_superuser else []),
            *(["BYPASSRLS"] if found.app_bypasses_rls else []),
            *(f"owns {name}" for name in found.app_owns),
        ],
        "xiaoer_app",
        "ALTER ROLE xiaoer_app NOSUPERUSER NOBYPASSRLS; REASSIGN OWNED BY xiaoer_app TO xiaoer_owner;",
    )
    yield _verdict(
        "row-level security",
        list(found.unwalled),
        worded(f"{found.tables} 张租户表全部强制", f"forced on all {found.tables} tenant tables"),
        "ALTER TABLE … ENABLE ROW LEVEL SECURITY; ALTER TABLE … FORCE ROW LEVEL SECURITY;",
    )
    yield _verdict(
        "backup role",
        list(found.hidden),
        worded("可读取全部租户表", "reads every tenant table"),
        "CREATE POLICY operations ON … FOR ALL TO xiaoer_ops USING (true);",
    )
    yield _verdict(
        "durability",
        list(found.unsafe_settings),
        "fsync, full_page_writes, synchronous_commit",
        worded("在 postgresql.conf 中打开。", "Turn them on in postgresql.conf."),
    )
    drift = [f"{found.clock_difference_s:.1f} s"] * (found.clock_difference_s > WORST_CLOCK_S)
    mend = worded("请校准两台机器的时间。", "Set the clocks of both machines (NTP).")
    yield _verdict("database clock", drift, f"{found.clock_difference_s:.2f} s", mend)


def _schema(urls: DatabaseUrls) -> Findings:
    found, wanted = inspection.revision(urls), head()
    if found == wanted:
        yield Finding("migrations", "ok", str(found))
    else:
        yield Finding("migrations", "failed", f"{found} ≠ {wanted}", "xiaoer migrate")
        return
    waiting = inspection.dead_letters(urls)
    if waiting:
        mend = worded("在工作台的“运维”页查看并重放。", "Read and replay them: desk, Operations.")
        yield Finding("dead letters", "warning", str(waiting), mend)
    else:
        yield Finding("dead letters", "ok", "0")


def _verdict(name: str, faults: list[str], well: str, mend: str) -> Finding:
    if faults:
        return Finding(name, "failed", ", ".join(faults), mend)
    return Finding(name, "ok", well)
