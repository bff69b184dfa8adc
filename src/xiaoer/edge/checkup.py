"""A check-up of everything an installation stands on, with how to mend what is not well.

It changes nothing. A folder without an installation is said to be empty, and left empty.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.llm.openai import OpenAiLlm
from xiaoer.engines.postgres.server import DatabaseUrls, inspection
from xiaoer.kit.problem import Problem
from xiaoer.kit.settings import Settings
from xiaoer.ports.llm import ModelUnavailable, Said

GIBIBYTE = 1_073_741_824
OLDEST_PYTHON = (3, 11)
WORST_CLOCK_S = 2.0
WAIT_FOR_MODEL_S = 10.0
EPOCH_2025 = 1_735_689_600


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found, and how to mend what is not well."""

    name: str
    state: Literal["ok", "warning", "failed"]
    detail: str
    mend: str = ""


Findings = Iterator[Finding]


def examine(settings: Settings, locale: str) -> list[Finding]:
    """Every check, in the words of ``locale``; one that cannot run is a failed one. Blocking."""
    return list(_Checkup(settings, locale).findings())


class _Checkup:
    def __init__(self, settings: Settings, locale: str) -> None:
        self._settings = settings
        self._locale = locale

    def findings(self) -> Findings:
        checks = (
            ("python", self._python),
            ("clock", self._clock),
            ("disk", self._disk),
            ("data folder", self._folder),
            ("port", self._port),
            ("models", self._models),
            ("language model", lambda: examine_model(self._settings, self._say)),
            ("postgresql", self._database),
        )
        for name, check in checks:
            yield from self._kept(name, check)

    def _say(self, zh: str, en: str) -> str:
        return zh if self._locale.startswith("zh") else en

    def _kept(self, name: str, check: Callable[[], Findings]) -> Findings:
        try:
            yield from check()
        except Problem as problem:
            yield Finding(name, "failed", problem.sentence(self._locale))
        except Exception as error:
            yield Finding(name, "failed", f"{type(error).__name__}: {error}")

    def _python(self) -> Findings:
        found = ".".join(str(part) for part in sys.version_info[:3])
        if sys.version_info >= OLDEST_PYTHON:
            yield Finding("python", "ok", found)
        else:
            mend = self._say("请安装 Python 3.11 或更新版本。", "Install Python 3.11 or newer.")
            yield Finding("python", "failed", found, mend)

    def _clock(self) -> Findings:
        now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        if time.time() > EPOCH_2025:
            yield Finding("clock", "ok", now)
        else:
            mend = self._say("请校准系统时间（NTP）。", "Set the clock of this machine (NTP).")
            yield Finding("clock", "failed", now, mend)

    def _disk(self) -> Findings:
        place = self._settings.data_dir.expanduser().absolute()
        while not place.exists():
            place = place.parent
        free = shutil.disk_usage(place).free
        detail = self._say(f"剩余 {free / GIBIBYTE:.1f} GB", f"{free / GIBIBYTE:.1f} GB free")
        mend = self._say("请清理磁盘或换更大的磁盘。", "Free some space, or move the data folder.")
        if free > 2 * GIBIBYTE:
            yield Finding("disk", "ok", detail)
        else:
            yield Finding("disk", "warning" if free > GIBIBYTE // 3 else "failed", detail, mend)

    def _folder(self) -> Findings:
        folder = self._settings.data_dir.expanduser().absolute()
        if not folder.exists():
            detail = self._say(f"{folder} 尚不存在", f"{folder} does not exist yet")
            mend = self._say("首次 xiaoer serve 会创建它。", "The first 'xiaoer serve' makes it.")
            yield Finding("data folder", "warning", detail, mend)
            return
        loose = [
            path.name
            for path in (folder / "secrets").glob("*.json")
            if path.stat().st_mode & 0o077 and path.is_file()
        ]
        if loose:
            mend = f"chmod 600 '{folder}/secrets/'*"
            detail = self._say("密钥文件可被他人读取", "others can read secrets")
            yield Finding("data folder", "failed", f"{detail}: {', '.join(loose)}", mend)
        else:
            yield Finding("data folder", "ok", str(folder))

    def _port(self) -> Findings:
        note = self._settings.data_dir / "serving.json"
        served = json.loads(note.read_text()) if note.exists() else None
        if served is not None and _is_alive(served["pid"]):
            yield Finding("port", "ok", served["address"])
            return
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken = probe.connect_ex((self._settings.host, self._settings.port)) == 0
        if taken:
            detail = self._say(
                f"端口 {self._settings.port} 已被占用", f"port {self._settings.port} is in use"
            )
            mend = self._say(
                "停止占用它的程序，或用 --port 换一个。", "Stop who holds it, or give --port."
            )
            yield Finding("port", "failed", detail, mend)
        else:
            yield Finding(
                "port",
                "ok",
                self._say(f"{self._settings.port} 空闲", f"{self._settings.port} is free"),
            )

    def _models(self) -> Findings:
        if self._settings.embedder != "bundled":
            yield Finding("models", "ok", self._settings.openai_embedding_model)
            return
        embedder = BundledEmbedder()
        began = time.perf_counter()
        asyncio.run(embedder.embed(["体检"]))
        took_ms = (time.perf_counter() - began) * 1000
        yield Finding("models", "ok", f"{embedder.model_id} ({took_ms:.0f} ms)")

    def _database(self) -> Findings:
        folder = self._settings.data_dir.expanduser()
        if self._settings.database_url is None and not (folder / "postgres").exists():
            detail = self._say("尚未初始化", "not set up yet")
            mend = self._say(
                "首次 xiaoer serve 会初始化它。", "The first 'xiaoer serve' sets it up."
            )
            yield Finding("postgresql", "warning", detail, mend)
            return
        with opened_database(self._settings, share=True) as database:
            yield from self._condition(inspection.condition(database.urls))
            yield from self._schema(database.urls)

    def _condition(self, found: inspection.Condition) -> Findings:
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
            self._say(
                f"{found.tables} 张租户表全部强制", f"forced on all {found.tables} tenant tables"
            ),
            "ALTER TABLE … ENABLE ROW LEVEL SECURITY; ALTER TABLE … FORCE ROW LEVEL SECURITY;",
        )
        yield _verdict(
            "backup role",
            list(found.hidden),
            self._say("可读取全部租户表", "reads every tenant table"),
            "CREATE POLICY operations ON … FOR ALL TO xiaoer_ops USING (true);",
        )
        yield _verdict(
            "durability",
            list(found.unsafe_settings),
            "fsync, full_page_writes, synchronous_commit",
            self._say("在 postgresql.conf 中打开。", "Turn them on in postgresql.conf."),
        )
        drift = [f"{found.clock_difference_s:.1f} s"] * (found.clock_difference_s > WORST_CLOCK_S)
        mend = self._say("请校准两台机器的时间。", "Set the clocks of both machines (NTP).")
        yield _verdict("database clock", drift, f"{found.clock_difference_s:.2f} s", mend)

    def _schema(self, urls: DatabaseUrls) -> Findings:
        # By name: Alembic is loaded by who asks, not by every worker.
        found, wanted = inspection.revision(urls), named("xiaoer.engines.postgres.migrate:head")()
        if found == wanted:
            yield Finding("migrations", "ok", str(found))
        else:
            yield Finding("migrations", "failed", f"{found} ≠ {wanted}", "xiaoer migrate")
            return
        waiting = inspection.dead_letters(urls)
        if waiting:
            mend = self._say(
                "在工作台的“运维”页查看并重放。", "Read and replay them: desk, Operations."
            )
            yield Finding("dead letters", "warning", str(waiting), mend)
        else:
            yield Finding("dead letters", "ok", "0")


def examine_model(settings: Settings, say: Callable[[str, str], str]) -> Findings:
    """Whether the language model answers one word; the house works without, so that silence is a
    warning. Blocking, for at most ten seconds."""
    name, model = "language model", settings.openai_chat_model
    if settings.llm == "none":
        yield Finding(name, "ok", say("未配置，全部走常规方式", "none; all takes its usual way"))
        return
    began = time.perf_counter()
    try:
        asyncio.run(_one_word(settings))
    except ModelUnavailable as problem:
        mend = say(
            "检查 XIAOER_OPENAI_BASE_URL、密钥和模型名；在此之前机器人照常工作。",
            "Look at XIAOER_OPENAI_BASE_URL, the key and the model's name; the assistant works on "
            "without it.",
        )
        yield Finding(name, "warning", f"{model}: {problem.fields.get('reason')}", mend)
        return
    took_ms = (time.perf_counter() - began) * 1000
    slow = say(
        "比 XIAOER_LLM_TIMEOUT_MS 慢：多数轮次会用不上它。",
        "Slower than XIAOER_LLM_TIMEOUT_MS: most turns will go on without it.",
    )
    is_slow = took_ms > settings.llm_timeout_ms
    state: Literal["ok", "warning"] = "warning" if is_slow else "ok"
    yield Finding(name, state, f"{model} ({took_ms:.0f} ms)", slow if is_slow else "")


async def _one_word(settings: Settings) -> None:
    secret = settings.openai_api_key
    key = secret.get_secret_value() if secret else None
    model = OpenAiLlm(settings.openai_base_url or "", key, settings.openai_chat_model)
    try:
        await model.complete([Said("user", "OK?")], timeout_s=WAIT_FOR_MODEL_S, max_tokens=8)
    finally:
        await model.close()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _verdict(name: str, faults: list[str], well: str, mend: str) -> Finding:
    if faults:
        return Finding(name, "failed", ", ".join(faults), mend)
    return Finding(name, "ok", well)
