"""``xiaoer serve`` and ``xiaoer demo``: what happens before the first request, and what is said."""

from __future__ import annotations

import asyncio
import ipaddress
from importlib import import_module
from importlib.metadata import version
from typing import Any

from xiaoer.edge.serve import DemoAccountsExposed, Plan, serve
from xiaoer.edge.serve.contracts import Step, Tell, named
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.settings import Settings

from .done import Done
from .migrating import migrated
from .options import settings_of, tell, worded
from .wiring import Wiring


def run(wiring: Wiring, **given: Any) -> None:
    """Serve a real installation."""
    settings = settings_of(**given)

    def guard(settings: Settings, urls: DatabaseUrls, tell: Tell) -> None:
        done = Done(settings, urls)
        if done.holds("founded") and is_loopback(settings.host):
            return
        first_run = import_module(f"{__package__}.first_run")
        groups = asyncio.run(first_run.groups_of(wiring, settings, urls))
        if any(group.demo for group in groups) and not is_loopback(settings.host):
            raise DemoAccountsExposed(host=settings.host)
        if not groups:
            first_run.greet_first_run(wiring, settings, urls)
        done.add("founded")

    def ready(address: str) -> None:
        tell(worded(f"小二已就绪：{address}/desk/", f"Xiaoer is ready: {address}/desk/"))

    shared = _preload(wiring, settings)
    serve(Plan(settings, wiring.worker, (migrated, guard), ready, preload=shared), tell)


def run_demo(wiring: Wiring, rate: int, **given: Any) -> None:
    """Serve the invented group, on this machine only: its passwords are published."""
    settings = settings_of(host="127.0.0.1", **given)
    companions = ((wiring.traffic, str(rate)),) if rate else ()
    steps: tuple[Step, ...] = (migrated, planting(wiring))
    shared = _preload(wiring, settings)
    serve(Plan(settings, wiring.worker, steps, _show_demo, companions, shared), tell)


def _preload(wiring: Wiring, settings: Settings) -> tuple[str, ...]:
    return (wiring.preload, settings.embedder) if wiring.preload else ()


def planting(wiring: Wiring) -> Step:
    """The step that seeds the demo group, when it is not there yet."""

    def plant(settings: Settings, urls: DatabaseUrls, tell: Tell) -> None:
        async def planted() -> None:
            async with named(wiring.house)(settings, urls) as house:
                await named(wiring.plant)(house)

        group = f"{version('xiaoer')} {settings.embedder} {settings.openai_embedding_model}"
        Done(settings, urls).once(f"planted {group}", lambda: asyncio.run(planted()))

    return plant


def is_loopback(host: str) -> bool:
    """True when only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _show_demo(address: str) -> None:
    tell("")
    tell(worded("  小二演示已就绪（Ctrl-C 结束）", "  The Xiaoer demo is ready (Ctrl-C ends it)"))
    tell(f"  {worded('从这里开始', 'start here'):<14}{address}/")
    tell(f"  {worded('商城与客服窗', 'shop, widget'):<14}{address}/shop")
    tell(f"  {worded('客服工作台', 'desk'):<14}{address}/desk/")
    tell("")
