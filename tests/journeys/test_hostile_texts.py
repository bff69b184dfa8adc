"""What shoppers write is text, on every screen; and every screen keeps to its own policy."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from .demo_server import DemoServer
from .people import Agent, Shopper, sign_in
from .stage import DESK, PHONE

pytestmark = pytest.mark.browser

HOSTILE = (
    "编号九一 <img src=x onerror=\"window.hacked=1\">",
    "编号九一 <script>window.hacked=1</script><svg/onload=window.hacked=1>",
    "编号九一 [点我](javascript:window.hacked=1) javascript:window.hacked=1//",
    "编号九一 \"><iframe srcdoc='<script>parent.hacked=1</script>'></iframe>{{constructor.constructor('window.hacked=1')()}}",
)


class Witness:
    """Whether a page ran what it should not, or broke its own policy."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.refused: list[str] = []
        page.on("console", self._heard)
        page.on("dialog", lambda dialog: self.refused.append(dialog.message))

    def _heard(self, message: ConsoleMessage) -> None:
        if re.search("Content.Security.Policy|violates", message.text):
            self.refused.append(message.text)

    def is_content(self) -> None:
        assert self.page.evaluate("window.hacked") is None
        assert self.refused == []
        links = self.page.locator("a[href^='javascript:'], a[href^='data:'], iframe")
        expect(links).to_have_count(0)


def test_markup_that_a_shopper_writes_is_shown_as_it_was_written_and_runs_nowhere(
    demo: DemoServer, opened: Callable[..., BrowserContext]
) -> None:
    at_shop = Witness(opened(viewport=PHONE, has_touch=True).new_page())
    at_desk = Witness(opened(viewport=DESK).new_page())
    agent = Agent(at_desk.page, demo.address, "songyan")
    shopper = Shopper(at_shop.page, demo.address)
    agent.look_at("排队")
    shopper.ask_person()
    for text in HOSTILE:
        shopper.say(text)
    shopper.say("编号九一就这些")
    agent.open("编号九一就这些")
    agent.claim()
    for text in HOSTILE:
        expect(agent.message(text)).to_have_count(1)
        agent.reply(f"回：{text}")
        expect(shopper.heard(f"回：{text}")).to_have_count(1)
    agent.resolve()
    for witness in (at_shop, at_desk):
        witness.is_content()


def test_every_screen_keeps_to_its_own_policy(
    demo: DemoServer, opened: Callable[..., BrowserContext]
) -> None:
    """A screen that needs an inline script or a foreign file would be refused it by the browser."""
    start = Witness(opened(viewport=DESK).new_page())
    start.page.goto(f"{demo.address}/")
    expect(start.page.locator("#accounts tr").first).to_be_visible()
    start.is_content()
    screen = Witness(opened(viewport=DESK).new_page())
    sign_in(screen.page, demo.address, "admin")
    main = screen.page.get_by_role("navigation", name="主导航")
    for place in range(main.get_by_role("link").count()):
        main.get_by_role("link").nth(place).click()
        expect(screen.page.get_by_role("main")).to_be_visible()
        screen.page.wait_for_load_state("networkidle")
    screen.is_content()


def test_nothing_of_the_desk_is_shown_inside_another_page(
    demo: DemoServer, opened: Callable[..., BrowserContext]
) -> None:
    page = opened(viewport=DESK).new_page()
    page.route("http://evil.example/", lambda route: route.fulfill(
        body=f"<iframe src='{demo.address}/desk/'></iframe>", content_type="text/html"))
    page.goto("http://evil.example/")
    page.wait_for_load_state("networkidle")
    expect(page.frame_locator("iframe").get_by_label("登录名")).to_have_count(0)
