"""A shopper and an agent, each with a browser, at the same time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from .demo_server import DemoServer
from .people import Agent, Shopper

pytestmark = pytest.mark.browser


def test_a_shopper_is_served_by_a_person_from_the_first_word_to_the_rating(
    shopper: Shopper, agent: Agent
) -> None:
    agent.look_at("排队")
    shopper.ask_person()
    shopper.say("靴子的拉链坏了，编号一七")
    expect(agent.row("靴子的拉链坏了，编号一七")).to_be_visible()
    agent.open("靴子的拉链坏了，编号一七")
    agent.claim()
    expect(shopper.panel.get_by_role("heading")).to_contain_text("宋言")
    agent.note("这位顾客上周也来过")
    agent.reply("您好，拉链我们免费修")
    expect(shopper.heard("您好，拉链我们免费修")).to_have_count(1)

    shopper.say("积分可以换礼品吗")
    expect(agent.message("积分可以换礼品吗")).to_be_visible()
    agent.reply("积分请到会员中心看")
    expect(shopper.heard("积分请到会员中心看")).to_have_count(1)
    # The agent's second answer came after the question, so an assistant's would stand before it.
    after = shopper.panel.locator(".line.ours", has_text="积分可以换礼品吗").locator(
        "xpath=following-sibling::*"
    )
    expect(after.filter(has_text="智能助手")).to_have_count(0)
    expect(shopper.panel.get_by_text("这位顾客上周也来过")).to_have_count(0)

    agent.resolve()
    shopper.panel.get_by_role("radio", name="很满意", exact=True).check(force=True)
    shopper.panel.get_by_role("button", name="提交评价").click()
    expect(shopper.panel.get_by_text("谢谢，您的评价记下了。")).to_be_visible()
    expect(agent.middle.get_by_text("会话已解决").first).to_be_visible()

    shopper.say("拉链又坏了，编号一七")
    expect(agent.message("拉链又坏了，编号一七")).to_be_visible()
    expect(agent.middle.get_by_text("会话已解决。要继续聊")).to_have_count(0)
    expect(shopper.said("靴子的拉链坏了，编号一七")).to_have_count(1)
    expect(shopper.heard("您好，拉链我们免费修")).to_have_count(1)


def test_words_that_come_while_an_agent_resolves_are_shown_and_it_is_asked_again(
    shopper: Shopper, agent: Agent
) -> None:
    agent.look_at("排队")
    shopper.ask_person()
    shopper.say("围巾起球了，编号五一")
    agent.open("围巾起球了，编号五一")
    agent.claim()
    agent.middle.get_by_role("button", name="解决", exact=True).click()
    dialog = agent.page.get_by_role("dialog", name="解决这条会话")
    expect(dialog.get_by_role("button", name="解决", exact=True)).to_be_visible()

    shopper.say("等等，手套也起球")
    expect(dialog.get_by_role("alert")).to_contain_text("等等，手套也起球")
    dialog.get_by_role("button", name="仍然解决", exact=True).click()
    expect(agent.middle.get_by_text("会话已解决").first).to_be_visible()


def test_of_two_agents_who_take_the_same_conversation_one_owns_it(
    demo: DemoServer, shopper: Shopper, agent: Agent, opened: Callable[..., BrowserContext]
) -> None:
    other = Agent(opened(viewport={"width": 1440, "height": 900}).new_page(), demo.address, "hulan")
    shopper.ask_person()
    shopper.say("两个人同时看到我，编号二九")
    for one in (agent, other):
        one.look_at("排队")
        one.open("两个人同时看到我，编号二九")
    agent.claim()
    expect(other.middle.get_by_text("宋言 接待中")).to_be_visible()
    expect(other.middle.get_by_role("button", name="接入", exact=True)).to_have_count(0)


def test_everything_killed_in_the_middle_of_a_chat_is_there_again(
    demo: DemoServer, shopper: Shopper, agent: Agent
) -> None:
    agent.look_at("排队")
    shopper.ask_person()
    shopper.say("帽子的颜色不对，编号三三")
    agent.open("帽子的颜色不对，编号三三")
    agent.claim()
    agent.reply("请稍等，我看看库存")
    expect(shopper.heard("请稍等，我看看库存")).to_have_count(1)

    demo.kill()
    field = shopper.panel.get_by_role("textbox", name="写消息")
    field.fill("断线时写的话，编号三三")
    field.press("Enter")
    expect(shopper.panel.locator(".unsent", has_text="断线时写的话，编号三三")).to_be_visible()
    demo.start()

    expect(shopper.said("断线时写的话，编号三三")).to_have_count(1)
    expect(agent.message("断线时写的话，编号三三")).to_have_count(1)
    agent.reply("有货，今天给您寄")
    expect(shopper.heard("有货，今天给您寄")).to_have_count(1)
    for side in (shopper.page, agent.page):
        side.reload()
    shopper.open()
    for text in ("帽子的颜色不对，编号三三", "断线时写的话，编号三三"):
        expect(shopper.said(text)).to_have_count(1)
        expect(agent.message(text)).to_have_count(1)
    for text in ("请稍等，我看看库存", "有货，今天给您寄"):
        expect(shopper.heard(text)).to_have_count(1)
        expect(agent.message(text)).to_have_count(1)
