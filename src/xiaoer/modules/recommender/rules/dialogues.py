"""A dialogue to what is stored and back, and which of the shown products a text means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from xiaoer.kit.text import fold
from xiaoer.modules.recommender.contracts import Dialogue, Wish

MOST_SHOWN = 30
_ORDINALS = (
    re.compile(r"第(一|1)|头一|\bfirst\b"), re.compile(r"第(二|2)|\bsecond\b"),
    re.compile(r"第(三|3)|\bthird\b"),
)  # fmt: skip
_LAST = re.compile(r"最后(一)?(个|款|件)|\blast one\b")


def stored(dialogue: Dialogue) -> dict[str, Any]:
    """As JSON. What the customer owns is not kept: it is read anew each time."""
    told = asdict(dialogue)
    told["wish"].pop("owned")
    return told


def restored(body: Mapping[str, Any]) -> Dialogue:
    """From what was stored; fields that a newer version added take their defaults."""
    wish = {f.name: _frozen(body["wish"][f.name]) for f in fields(Wish) if f.name in body["wish"]}
    rest = {f.name: _frozen(body[f.name]) for f in fields(Dialogue)
            if f.name in body and f.name != "wish"}
    return Dialogue(wish=Wish(**wish), **rest)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def after_showing(dialogue: Dialogue, codes: Sequence[str]) -> tuple[str, ...]:
    """What has been shown, newest first."""
    return tuple(dict.fromkeys((*codes, *dialogue.shown)))[:MOST_SHOWN]


def meant(text: str, shown: Sequence[str]) -> tuple[str, ...]:
    """Which of the newest three a text means by its number; all of them when it names none."""
    newest = tuple(shown[:3])
    folded = fold(text)
    chosen = [code for pattern, code in zip(_ORDINALS, newest, strict=False)
              if pattern.search(folded)]
    if _LAST.search(folded):
        chosen += newest[-1:]
    return tuple(dict.fromkeys(chosen)) or newest
