"""An administrator brings a file along: tries it, takes the good rows, goes on where it was cut."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .demo_server import DemoServer
from .people import sign_in
from .stage import DESK

pytestmark = pytest.mark.browser
MANY = 6_000
PATIENCE_MS = 120_000
"""For six thousand rows on a machine that does other things meanwhile."""


@pytest.fixture
def admin(demo: DemoServer, opened: Callable[..., BrowserContext]) -> Page:
    """The demo group's administrator, where files are taken in."""
    page = opened(viewport=DESK).new_page()
    sign_in(page, demo.address, "admin")
    page.get_by_role("link", name="导入", exact=True).click()
    expect(page.get_by_role("heading", name="导入")).to_be_visible()
    return page


def _choose(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)


def _cell(page: Page, name: str) -> str:
    return page.locator("dl > div").filter(has_text=name).locator("dd").inner_text()


def test_wrong_rows_are_named_taken_along_and_left_out(admin: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("会员号,姓名,类型\nJ1,甲,普通客户\nJ2,乙,火星人\nJ3,丙,普通客户\n", "utf-8")
    _choose(admin, file)
    expect(admin.get_by_text("试跑，还没写入")).to_be_visible()
    assert (_cell(admin, "新增"), _cell(admin, "有误")) == ("2", "1")
    with admin.expect_download() as told:
        admin.get_by_role("button", name="下载表格").click()
    assert told.value.suggested_filename == "people-errors.csv"
    with Path(told.value.path()).open(encoding="utf-8-sig", newline="") as lines:
        head, row = csv.reader(lines)
    assert (head, row[:2]) == (["行", "列", "问题"], ["3", "kind"])
    admin.get_by_role("button", name="写入好的 2 条，跳过有误的 1 行").click()
    expect(admin.get_by_text("已导入")).to_be_visible()
    assert (_cell(admin, "新增"), _cell(admin, "已跳过")) == ("2", "1")

    file.write_text("会员号,姓名,类型\nJ1,甲,普通客户\nJ2,乙,普通客户\nJ3,丙,普通客户\n", "utf-8")
    _choose(admin, file)
    admin.get_by_role("button", name="写入 3 条").click()
    expect(admin.get_by_text("已导入")).to_be_visible()
    assert (_cell(admin, "新增"), _cell(admin, "未变")) == ("1", "2")


def test_an_import_that_was_cut_goes_on_after_the_page_was_closed(
    admin: Page, tmp_path: Path
) -> None:
    file = tmp_path / "many.csv"
    rows = "".join(f"K{n},客户{n}\n" for n in range(MANY))
    file.write_text(f"会员号,姓名\n{rows}", "utf-8")
    _choose(admin, file)
    admin.get_by_role("button", name="写入 6,000 条").click(timeout=PATIENCE_MS)
    expect(admin.get_by_text(re.compile("写到第 [1-9]"))).to_be_visible(timeout=PATIENCE_MS)
    admin.get_by_role("button", name="先停下").click()
    expect(admin.get_by_text("“many.csv”还没写完")).to_be_visible()

    admin.reload()
    expect(admin.get_by_text("“many.csv”还没写完")).to_be_visible()
    _choose(admin, file)
    expect(admin.get_by_text("已导入")).to_be_visible(timeout=PATIENCE_MS)
    created, before = (int(_cell(admin, name).replace(",", "")) for name in ("新增", "之前已写"))
    assert before > 0
    assert created + before == MANY
    expect(admin.get_by_text("“many.csv”还没写完")).to_have_count(0)
