"""What the assistant does alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .people import Shopper

pytestmark = pytest.mark.browser


def test_a_known_question_is_answered_and_the_source_opens(shopper: Shopper) -> None:
    shopper.say("积分可以换礼品吗")
    answer = shopper.heard("积分").last
    expect(answer.locator(".voice")).to_contain_text("智能助手")
    source = answer.get_by_role("button", name="来自：")
    expect(source).to_be_visible()
    source.click()
    expect(answer.locator("blockquote")).to_contain_text("积分")


def test_what_is_not_known_is_said_and_a_person_is_one_step_away(shopper: Shopper) -> None:
    shopper.say("请用三句话评价一下量子纠缠与股票的关系")
    offer = shopper.heard().last.get_by_role("button", name="转人工")
    offer.click()
    expect(shopper.panel.locator(".queue-bar")).to_be_visible()


def test_a_customer_of_the_shop_sees_the_own_order(shopper: Shopper) -> None:
    shopper.panel.get_by_role("button", name="收起").click()
    people = shopper.page.get_by_label("以谁的身份逛")
    name = people.locator("option").nth(1).inner_text()
    people.select_option(index=1)
    shopper.open()
    expect(shopper.panel.get_by_role("banner")).to_contain_text(name)
    shopper.say("我的订单到哪了")
    card = shopper.panel.locator(".card-order").first
    expect(card).to_be_visible()
    expect(card).to_contain_text(re.compile(r"订单 \S+"))


def test_a_stranger_is_asked_who_it_is_before_any_order_is_shown(shopper: Shopper) -> None:
    shopper.say("我的订单到哪了")
    shopper.heard().get_by_role("button", name="去确认身份").click()
    expect(shopper.panel.get_by_role("group", name="确认是您本人")).to_be_visible()
    expect(shopper.panel.locator(".card-order")).to_have_count(0)
