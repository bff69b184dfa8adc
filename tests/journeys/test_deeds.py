"""A stranger proves who they are, has something done by conversation, and reaches a person who
knows all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .demo_server import DemoServer
from .people import Agent, Shopper, sign_in

pytestmark = pytest.mark.browser
READ = "async path => (await (await fetch(`/api/${path}`)).json())"
MOST_FEN = 100_000


def _fits(shopper: Shopper) -> bool:
    return bool(shopper.panel.locator(".log").evaluate("log => log.scrollWidth <= log.clientWidth"))


def _fresh_order(page: Page) -> dict[str, Any]:
    """A delivered order of little value, the newest of them."""
    found = page.evaluate(READ, "orders?status=delivered&limit=100")["items"]
    return next(one for one in found if one["total"]["minor"] < MOST_FEN)


def _prove(shopper: Shopper, order: dict[str, Any]) -> None:
    shopper.heard("先确认是您本人").get_by_role("button", name="去确认身份").click()
    form = shopper.panel.get_by_role("group", name="确认是您本人")
    form.get_by_label("订单号").fill(order["number"])
    form.get_by_label("下单手机号后四位").fill(order["phone_masked"][-4:])
    form.locator("button[type=submit]").click()
    expect(form).to_be_hidden()


def test_a_return_goes_from_the_proof_to_the_record_and_the_rest_to_a_person(
    demo: DemoServer, opened: Callable[..., BrowserContext], shopper: Shopper, agent: Agent
) -> None:
    office = opened(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(office, demo.address, "admin")
    order = _fresh_order(office)
    number = order["number"]

    shopper.say("我要退货")
    _prove(shopper, order)
    expect(shopper.panel).to_contain_text("身份已确认")
    shopper.say(f"我要退货，订单{number}，全部退，质量问题")
    offer = shopper.heard(number).last
    expect(offer).to_contain_text("请确认是否办理")
    assert office.evaluate(READ, f"orders/{number}")["status"] == "delivered"
    yes = offer.get_by_role("button", name="确认", exact=True)
    box = yes.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert _fits(shopper)
    yes.click()
    expect(shopper.heard("已为您办理").last).to_be_visible()
    assert office.evaluate(READ, f"orders/{number}")["status"] == "returning"

    shopper.say(f"取消订单{number}，不想要了")
    expect(shopper.heard("取消").last).to_be_visible()
    shopper.say("凭什么不能取消，我就要取消")
    expect(shopper.heard("对所有顾客都一样").last).to_be_visible()
    shopper.say("我不管，必须取消")
    expect(shopper.panel.locator(".queue-bar")).to_be_visible()
    waiting = office.evaluate(READ, "desk/conversations?view=queue")["items"]
    newest = max(waiting, key=lambda one: str(one["waiting_since"]))
    agent.page.goto(f"{demo.address}/desk/conversations/{newest['id']}")
    note = agent.middle.get_by_role("article").filter(has_text="规则不允许，客户坚持")
    expect(note).to_contain_text("取消订单")
    expect(note).to_contain_text(number)
    expect(note).to_contain_text("不喜欢、不想要了")
    side = agent.page.locator(".part").filter(has_text="售后")
    expect(side).to_contain_text("退货")
    expect(side).to_contain_text("已办")
