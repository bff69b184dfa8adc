"""Draws the path of an answer: product → attribute → value → rule, one row a link."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from xiaoer.modules.catalog.contracts import Link

WIDE, HIGH, GAP, MARGIN = 168, 40, 34, 8
LONGEST = 12
_ORIGINS = {"facts": "商品资料", "tags": "编辑标签", "variant": "在售规格", "description": "说明"}
_RULES = {
    "skin": "肤质相符？", "age": "月龄相符？", "stage": "月龄对应段位", "contains": "写明含有？",
    "fits": "写明适配？", "expecting": "写明孕期可用？", "medicine": "用药不作判断",
    "quoted": "原文照说", "difference": "逐项比较",
}  # fmt: skip


def path_svg(path: Sequence[Link]) -> str:
    """A small picture of the links, as SVG text; every word in it is escaped."""
    width = 4 * WIDE + 3 * GAP + 2 * MARGIN
    height = max(1, len(path)) * (HIGH + MARGIN) + MARGIN
    rows = "".join(_row(link, MARGIN + n * (HIGH + MARGIN)) for n, link in enumerate(path))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">'
        f"<title>{escape(path_words(path))}</title>{rows}</svg>"
    )


def path_words(path: Sequence[Link]) -> str:
    """The same in one line of words."""
    return "；".join(
        f"{link.product} → {link.attribute} → {link.value or '未写'}" for link in path[:2]
    )


def _row(link: Link, y: int) -> str:
    rule = _RULES.get(link.rule, link.rule)
    origin = _ORIGINS.get(link.origin, "")
    cells = (link.product, link.attribute, link.value or "（未写）", rule)
    drawn = "".join(_cell(MARGIN + n * (WIDE + GAP), y, words) for n, words in enumerate(cells))
    arrows = "".join(
        f'<path d="M{MARGIN + n * (WIDE + GAP) + WIDE + 4} {y + HIGH / 2}h{GAP - 10}" '
        'stroke="#8a8580" fill="none"/>'
        f'<path d="M{MARGIN + (n + 1) * (WIDE + GAP) - 10} {y + HIGH / 2 - 4}l6 4l-6 4" '
        'stroke="#8a8580" fill="none"/>'
        for n in range(3)
    )
    note = (
        f'<text x="{MARGIN + WIDE + GAP + 6}" y="{y + HIGH - 5}" fill="#8a8580" font-size="9">'
        f"{escape(origin)}</text>"
    )
    return drawn + arrows + note


def _cell(x: int, y: int, words: str) -> str:
    short = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return (
        f'<g><title>{escape(words)}</title><rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" '
        f'rx="8" fill="#fbfaf8" stroke="#d9d4cd"/><text x="{x + 8}" y="{y + HIGH / 2 + 1}" '
        f'fill="#1f2328">{escape(short)}</text></g>'
    )
