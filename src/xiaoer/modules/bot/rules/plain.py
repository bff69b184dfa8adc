"""Words as they are read: folded, and the particles of chat and dialect made one."""

from __future__ import annotations

from xiaoer.kit.hanzi import simplified
from xiaoer.kit.text import fold

_SAME = str.maketrans({"啦": "了", "喽": "了", "咯": "了", "辣": "了", "滴": "的", "哒": "的", "咧": "了",
                       "沒": "没", "嘸": "没", "嘛": "吗", "麽": "么"})  # fmt: skip


_SLIPS = {"摧": "催", "腿货": "退货", "推货": "退货", "推款": "退款", "取销": "取消", "发飘": "发票", "法票": "发票",
          "换获": "换货", "地止": "地址", "少法": "少发", "自题": "自提", "多退少补": "差价好说"}  # fmt: skip


def plain(text: str) -> str:
    """The text folded, of the same length where it is Chinese: one particle for those that mean the
    same, slips of the keyboard mended in the words of deeds, and an idiom hidden that sounds like
    one."""
    found = simplified(fold(text)).translate(_SAME)
    for slip, meant in _SLIPS.items():
        found = found.replace(slip, meant)
    return found
