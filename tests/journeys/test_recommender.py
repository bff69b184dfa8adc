"""A shopper scans a code in the store and is advised in the voice of the place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .demo_server import DemoServer
from .people import Shopper, sign_in
from .stage import PHONE

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("XIAOER_PICTURES")


class Scanning(Shopper):
    """Somebody whose phone has just read a code."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        self.launcher = page.locator("xiaoer-widget .launcher")
        self.panel = page.locator("xiaoer-widget").get_by_role("dialog")
        expect(self.panel.locator(".dot.on")).to_be_visible()

    def picture(self, name: str) -> None:
        """Keep what is on the screen, where somebody asks for it."""
        if PICTURES:
            self.page.wait_for_timeout(600)
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


def a_code(opened: Callable[..., BrowserContext], demo: DemoServer, unit: str, name: str) -> str:
    """The address of a new code, made by an administrator."""
    page = opened().new_page()
    sign_in(page, demo.address, "admin")
    made = page.request.post(
        f"{demo.address}/api/places", data={"unit_path": unit, "name": name}, headers={"origin": demo.address}
    )
    assert made.status == 201, made.text()
    return str(made.json()["address"])


@pytest.mark.parametrize(("unit", "name", "voice", "wish", "key"), [
    ("/dept/bj01/", "朝阳店 服务台", "推荐达人", "送妈妈的生日礼物，300元以内", "expert"),
    ("/dept/bj01/maiduo/", "朝阳店 5F 小麦垛专柜", "宝妈助手", "推荐8个月宝宝的辅食，100元以内", "baby"),
    ("/dept/bj01/baiyu/", "朝阳店 1F 白榆专柜", "美妆顾问", "敏感肌面霜，500元以内", "beauty"),
])  # fmt: skip
def test_a_scan_leads_to_advice_from_what_the_place_has(
    demo: DemoServer, opened: Callable[..., BrowserContext], unit: str, name: str, voice: str, wish: str, key: str
) -> None:
    shopper = Scanning(opened(viewport=PHONE).new_page(), a_code(opened, demo, unit, name))
    expect(shopper.panel.get_by_text(voice).first).to_be_visible()
    shopper.picture(f"{key}-greeting")
    shopper.say(wish)
    cards = shopper.panel.locator(".card-product")
    expect(cards.first).to_be_visible()
    assert 1 <= cards.count() <= 4
    expect(cards.first).to_contain_text("：")
    shopper.picture(f"{key}-choice")
    if key == "expert":
        shopper.panel.get_by_role("button", name="我要买，找导购").last.click()
        expect(shopper.heard("导购").last).to_be_visible()
        shopper.picture(f"{key}-ready")
