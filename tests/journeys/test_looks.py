"""English and dark, on a phone and at a desk: everything shown, nothing cut off sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from xiaoer.labs.demo.places import PASSWORD

from .demo_server import DemoServer

pytestmark = pytest.mark.browser
LUMINANCE = """element => {
    const [r, g, b] = getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}"""


def _fits(page: Page) -> bool:
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(width))


def test_the_widget_speaks_english_and_is_dark_on_a_dark_phone(
    demo: DemoServer, opened: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    phone = opened(
        viewport={"width": 390, "height": 844}, locale="en-GB", color_scheme="dark"
    ).new_page()
    phone.goto(f"{demo.address}/shop")
    phone.get_by_role("button", name="English").or_(
        phone.get_by_role("button", name="中文")
    ).click()
    phone.get_by_role("button", name="Ask Xiaoer").first.click()
    panel = phone.get_by_role("dialog", name="Customer service chat")
    expect(panel).to_contain_text("I am a machine")
    field = panel.get_by_role("textbox")
    field.fill("How do I return this?")
    field.press("Enter")
    expect(panel.locator(".line.theirs .voice").last).to_contain_text("AI assistant")
    assert panel.evaluate(LUMINANCE) < 0.3
    assert _fits(phone)
    shot = phone.screenshot(path=tmp_path / "widget.png")
    assert len(shot) > 10_000


def test_the_desk_speaks_english_and_is_dark_when_the_system_is(
    demo: DemoServer, opened: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = opened(
        viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="dark"
    ).new_page()
    page.goto(f"{demo.address}/desk/")
    page.locator("#login").fill("mengxi")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("tab", name="Queue")).to_be_visible()
    assert page.locator("body").evaluate(LUMINANCE) < 0.3
    assert _fits(page)
    shot = page.screenshot(path=tmp_path / "desk.png")
    assert len(shot) > 10_000
