"""Numbers, codes and addresses of a person do not leave the house: marks stand for them."""

from __future__ import annotations

import re

from xiaoer.modules.advice.contracts import Hidden

_PRIVATE = re.compile(
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"  # mail
    r"|(?<![A-Za-z0-9])[A-Za-z#]{0,4}\d(?:[ -]?\d){4,}[Xx]?(?![A-Za-z0-9])"  # telephone, order, card
    r"|[〇零一二三四五六七八九]{6,}"
)


def hide(text: str, known: Hidden | None = None) -> Hidden:
    """The text with ``〔甲1〕`` and so on; the same number gets the same mark, also across texts
    when the one before is given as ``known``."""
    marks = dict(known.marks) if known else {}
    by_value = {value: mark for mark, value in marks.items()}

    def mark_of(found: re.Match[str]) -> str:
        value = found.group()
        if value not in by_value:
            by_value[value] = f"〔甲{len(by_value) + 1}〕"
            marks[by_value[value]] = value
        return by_value[value]

    return Hidden(_PRIVATE.sub(mark_of, text), marks)


def show(text: str, hidden: Hidden) -> str:
    """The text with the marks replaced by what stood there."""
    return re.sub(r"〔甲\d+〕", lambda m: hidden.marks.get(m.group(), m.group()), text)
