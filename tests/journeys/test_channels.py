"""An administrator opens the doors through which customers come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from xiaoer.engines.channels.webhook import signature

from .demo_server import DemoServer
from .people import sign_in
from .stage import DESK, PHONE

pytestmark = pytest.mark.browser
PATIENCE_S = 60


@pytest.fixture
def admin(demo: DemoServer, opened: Callable[..., BrowserContext]) -> Page:
    """The demo group's administrator, at the list of channels."""
    page = opened(viewport=DESK, permissions=["clipboard-read", "clipboard-write"]).new_page()
    sign_in(page, demo.address, "admin")
    page.get_by_role("link", name="渠道", exact=True).click()
    expect(page.get_by_role("heading", name="渠道")).to_be_visible()
    return page


def _new(page: Page, kind: str) -> None:
    page.get_by_role("button", name="新建渠道").click()
    page.get_by_role("menuitem", name=kind).click()


def test_a_widget_is_opened_put_on_a_page_and_switched_off(
    demo: DemoServer, admin: Page, opened: Callable[..., BrowserContext]
) -> None:
    _new(admin, "网页窗口")
    admin.get_by_label("名称").fill("旅程商城")
    admin.get_by_label("允许的网页").fill("shop.example/page")
    add = admin.get_by_role("button", name="新建渠道")
    add.click()
    expect(admin.get_by_role("alert")).to_contain_text("每行一个完整来源")
    expect(admin.get_by_label("允许的网页")).to_be_focused()
    admin.get_by_label("允许的网页").fill(demo.address)
    admin.get_by_label("开场白").fill("欢迎来到旅程商城")
    add.click()
    expect(admin.get_by_text("新密钥只显示这一次")).to_be_visible()
    admin.get_by_role("button", name="我存好了").click()
    admin.get_by_role("button", name="复制 嵌入代码").click()
    line = str(admin.evaluate("navigator.clipboard.readText()"))

    page = opened(viewport=PHONE).new_page()
    page.route(f"{demo.address}/journey", lambda route: route.fulfill(
        content_type="text/html", body=f"<!doctype html><title>店</title>{line}"))
    page.goto(f"{demo.address}/journey")
    page.locator("xiaoer-widget .launcher").click()
    expect(page.locator("xiaoer-widget").get_by_role("dialog")).to_contain_text("欢迎来到旅程商城")

    admin.get_by_role("button", name="停用渠道").click()
    admin.get_by_role("region", name="启用和停用").get_by_role("button", name="停用渠道").click()
    expect(admin.get_by_text("客户现在进不来")).to_be_visible()
    key = re.findall(r'data-account="([^"]+)"', line)[0]
    refused = httpx.post(
        f"{demo.address}/widget/{key}/sessions", json={},
        headers={"Origin": demo.address}, timeout=PATIENCE_S)
    assert refused.status_code == 404


def test_secrets_of_a_hook_change_over_in_peace(demo: DemoServer, admin: Page) -> None:
    _new(admin, "签名回调")
    admin.get_by_label("名称").fill("旅程系统")
    admin.get_by_label("回调地址").fill("https://hooks.example.com/in")
    admin.get_by_role("button", name="新建渠道").click()
    secrets = admin.get_by_role("region", name="密钥")
    first = secrets.get_by_label("密钥", exact=True).inner_text()
    secrets.get_by_role("button", name="我存好了").click()
    address = admin.get_by_role("region", name="让别的系统接进来").get_by_label(
        "地址", exact=True).inner_text()

    secrets.get_by_role("button", name="换新密钥").click()
    secrets.get_by_role("alertdialog").get_by_role("button", name="换新密钥").click()
    expect(secrets.get_by_text("旧的，仍有效")).to_be_visible()
    second = secrets.get_by_label("密钥", exact=True).inner_text()
    assert second != first
    assert [_call(address, one) for one in (first, second)] == [200, 200]
    secrets.get_by_role("button", name="我存好了").click()

    secrets.get_by_role("button", name="停用旧密钥").click()
    secrets.get_by_role("alertdialog").get_by_role("button", name="停用旧密钥").click()
    expect(secrets.get_by_text("旧的，仍有效")).to_have_count(0)
    assert [_call(address, one) for one in (first, second)] == [401, 200]


def _call(address: str, secret: str) -> int:
    body: dict[str, Any] = {
        "external_id": str(uuid4()), "sender": {"id": "journey"}, "text": "在吗"}
    raw, stamp = orjson.dumps(body), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Xiaoer-Timestamp": stamp,
        "X-Xiaoer-Signature": signature(secret, stamp, raw),
    }
    return httpx.post(address, content=raw, headers=headers, timeout=PATIENCE_S).status_code
