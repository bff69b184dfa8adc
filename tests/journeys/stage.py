"""One demo and one browser for all journeys; every person comes with a browser of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from .demo_server import DemoServer
from .people import Agent, Shopper

# For a machine that does other things meanwhile; a journey that works is far quicker.
PATIENCE_MS = 30_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """The running demo."""
    server = DemoServer(tmp_path_factory.mktemp("演示 demo"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``XIAOER_CHROMIUM`` names."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as player:
        path = os.environ.get("XIAOER_CHROMIUM", "/usr/bin/chromium")
        chromium = player.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers that know nothing of each other."""
    contexts: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "zh-CN", **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def shopper(demo: DemoServer, opened: Callable[..., BrowserContext]) -> Shopper:
    """A shopper who has just come, with a phone."""
    return Shopper(opened(viewport=PHONE, has_touch=True).new_page(), demo.address)


@pytest.fixture
def agent(demo: DemoServer, opened: Callable[..., BrowserContext]) -> Agent:
    """An agent of the online shop."""
    return Agent(opened(viewport=DESK).new_page(), demo.address, "songyan")
