"""A shopper with a phone and an agent at a desk, by what they see and touch."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from xiaoer.labs.demo.places import PASSWORD


class Shopper:
    """Somebody on the shop's page, with the widget open."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(f"{address}/shop")
        self.launcher = page.locator("xiaoer-widget .launcher")
        self.panel = page.locator("xiaoer-widget").get_by_role("dialog")
        self.open()

    def open(self) -> None:
        """Open the panel and wait until the line stands."""
        self.launcher.click()
        expect(self.panel.locator(".dot.on")).to_be_visible()

    def say(self, text: str) -> None:
        """Write it and wait until it stands in the conversation."""
        field = self.panel.get_by_role("textbox", name="写消息")
        field.fill(text)
        field.press("Enter")
        expect(self.said(text)).to_have_count(1)

    def ask_person(self) -> None:
        """One tap for a person."""
        self.panel.locator(".deeds").get_by_role("button", name="转人工").click()
        expect(self.panel.locator(".queue-bar")).to_be_visible()
        expect(self.heard("转接")).to_have_count(1)

    def said(self, text: str) -> Locator:
        """Own messages with that text that have arrived."""
        return self.panel.locator(".line.ours:not(.unsent)").filter(has_text=text)

    def heard(self, text: str = "") -> Locator:
        """Messages of others with that text."""
        return self.panel.locator(".line.theirs").filter(has_text=text)


def sign_in(page: Page, address: str, login: str) -> None:
    """Sign a member of the demo group in and wait for the screen."""
    page.goto(f"{address}/desk/")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()


class Agent:
    """A member of the demo group, signed in at the desk."""

    def __init__(self, page: Page, address: str, login: str) -> None:
        self.page = page
        sign_in(page, address, login)
        self.middle = page.get_by_role("region", name="会话", exact=True)
        expect(page.get_by_role("tab", name="排队")).to_be_visible()

    def look_at(self, view: str) -> None:
        """Choose which list is shown."""
        self.page.get_by_role("tab", name=view, exact=True).click()

    def row(self, text: str) -> Locator:
        """The row whose last words are these."""
        return self.page.get_by_role("listitem").filter(has_text=text)

    def open(self, text: str) -> None:
        """Open the conversation whose last words are these."""
        self.row(text).get_by_role("button").click()
        expect(self.message(text)).to_be_visible()

    def message(self, text: str) -> Locator:
        """What is written in the open conversation."""
        return self.middle.get_by_role("article").filter(has_text=text)

    def claim(self) -> None:
        """Take the open conversation over."""
        self.middle.get_by_role("button", name="接入", exact=True).click()
        expect(self.middle.get_by_text("您在接待")).to_be_visible()

    def reply(self, text: str) -> None:
        """Answer the shopper."""
        self.middle.get_by_role("button", name="回复", exact=True).click()
        self._write("给客户的回复", text)

    def note(self, text: str) -> None:
        """Write what only colleagues see."""
        self.middle.get_by_role("button", name="备注", exact=True).click()
        self._write("内部备注", text)

    def _write(self, label: str, text: str) -> None:
        field = self.middle.get_by_label(label)
        field.fill(text)
        field.press("Enter")
        expect(self.message(text)).to_have_count(1)

    def resolve(self) -> None:
        """Close the open conversation."""
        self.middle.get_by_role("button", name="解决", exact=True).click()
        dialog = self.page.get_by_role("dialog", name="解决这条会话")
        dialog.get_by_role("button", name="解决", exact=True).click()
        expect(dialog).to_be_hidden()
