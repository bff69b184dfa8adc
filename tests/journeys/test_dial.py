"""An editor marks answers, sees the curve, turns the dial, and takes it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from xiaoer.labs.demo.lore import VECTORS
from xiaoer.labs.demo.places import PASSWORD

from .demo_server import DemoServer

pytestmark = pytest.mark.browser
MARKED = 320
MARK_ALL = """async rows => {
    const put = (method, path, body) => fetch(`/api/knowledge/${path}`, {
        method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    for (const { text, kb_id } of rows) {
        const found = await (await put("POST", "try", { text })).json();
        const verdict = found.items[0]?.kb_id === kb_id ? "right" : "wrong";
        const kept = await put("PUT", "labels", { text, verdict });
        if (!kept.ok) throw new Error(await kept.text());
    }
}"""


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/desk/")
    page.locator("#login").fill("editor.knowledge")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    expect(page.locator("#login")).to_have_count(0)


def _fits(page: Page) -> bool:
    width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(width))


def test_marked_answers_move_the_dial_and_it_can_be_taken_back(
    demo: DemoServer, opened: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = opened(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    _sign_in(page, demo.address)
    page.goto(f"{demo.address}/desk/knowledge?dial")
    dial = page.get_by_role("region", name="安全旋钮")
    expect(dial).to_contain_text("还不够")
    page.get_by_role("button", name="试一试").click()
    tried = page.get_by_role("region", name="试一试")
    tried.get_by_role("textbox").fill("停车怎么收费")
    tried.get_by_role("button", name="问", exact=True).click()
    tried.get_by_role("button", name="对", exact=True).click()
    expect(tried).to_contain_text("已标注")
    expect(dial).to_contain_text("对 1，")

    rows = (VECTORS.parent / "paraphrases.jsonl").read_text("utf-8").splitlines()[::3][:MARKED]
    page.evaluate(MARK_ALL, [json.loads(row) for row in rows])
    page.reload()
    slider = dial.get_by_role("slider")
    slider.fill("20")
    expect(dial).to_contain_text("会直接回答的问题")
    expect(dial.locator("circle")).to_be_visible()
    page.screenshot(path=tmp_path / "dial.png")
    dial.get_by_role("button", name="用这个设置").click()
    expect(dial.locator("header")).to_contain_text("承诺答错不超过 20%")
    dial.get_by_role("button", name="撤销上次调整").click()
    expect(dial.locator("header")).to_contain_text("出厂设置")
    dial.get_by_text("调整记录").click()
    expect(dial.locator("li")).to_have_count(3)
    slider.fill("1")
    expect(dial.get_by_role("button", name="用这个设置")).to_be_disabled()
    assert _fits(page)

    for width, scheme in ((1440, "dark"), (390, "dark"), (390, "light")):
        other = opened(
            viewport={"width": width, "height": 900}, locale="en-GB", color_scheme=scheme
        ).new_page()
        _sign_in(other, demo.address)
        other.goto(f"{demo.address}/desk/knowledge?dial")
        shown = other.get_by_role("region", name="Safety dial")
        shown.get_by_role("slider").fill("20")
        expect(shown.locator("circle")).to_be_visible()
        assert _fits(other)
        other.screenshot(path=tmp_path / f"dial-{width}-{scheme}.png", full_page=True)
