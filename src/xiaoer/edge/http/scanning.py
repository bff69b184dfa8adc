"""The two pages of codes: the one to print, and the one that a scan opens."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

PREFIX = "xp_"
"""Keys of places begin with it, so that no page of a shop is taken for one."""
_OPEN = 'window.Xiaoer={q:[["open"]]};'
_HASH = base64.b64encode(hashlib.sha256(_OPEN.encode()).digest()).decode()
SCAN_POLICY = (
    f"default-src 'self'; script-src 'self' 'sha256-{_HASH}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PRINT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
_HEAD = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
)
_FONT = 'font-family:"PingFang SC","Microsoft YaHei","Noto Sans SC",system-ui'


def scan_page(key: str, where: str, product: str) -> str:
    """The page of a place; every argument is escaped by the caller."""
    named = f' data-product="{product}"' if product else ""
    return (
        f"{_HEAD}<title>{where}</title><style>body{{margin:0;padding:28px 20px;background:#fbfaf8;"
        f"color:#1f2328;{_FONT};line-height:1.6}}h1{{font-size:20px;margin:0 0 8px}}</style>"
        f"<h1>{where}</h1><p>小二在这里，想找什么直接说。<br>Xiaoer is here; just ask.</p>"
        f'<script>{_OPEN}</script><script src="/widget.js" data-account="{key}"{named} async>'
        "</script></html>"
    )


def print_page(cards: Sequence[tuple[str, str]]) -> str:
    """Names and codes (as inline SVG), three in a row on paper."""
    drawn = "".join(
        f"<figure>{svg}<figcaption><b>{escape(name)}</b><br>扫一扫，问小二 · Scan to ask Xiaoer"
        "</figcaption></figure>"
        for name, svg in cards
    )
    return (
        f"{_HEAD}<title>门店二维码</title><style>body{{margin:16px;{_FONT};color:#1f2328}}"
        "main{display:flex;flex-wrap:wrap;gap:16px}figure{margin:0;padding:12px;width:220px;"
        "border:1px solid #d9d4cd;border-radius:8px;text-align:center;break-inside:avoid}"
        "svg{width:190px;height:auto}figcaption{font-size:13px}</style>"
        f"<main>{drawn or '还没有门店二维码。'}</main></html>"
    )
