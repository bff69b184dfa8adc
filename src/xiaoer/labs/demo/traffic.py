"""What simulated customers write: over a thousand messages, the common ones far more often.

The weights fall by Zipf's law inside each topic, as real questions do. A share of messages is
made up on the spot and never written twice, because a service that answers only from its
caches looks fast until somebody asks something new.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random

OPENINGS = ("你好，", "请问一下，", "想问问，", "麻烦看下，", "不好意思打扰，", "急，", "")
DETAILS = (
    "我是{day}号下的单",
    "大概{clock}点的时候",
    "一共{n}件",
    "花了{n}块钱",
    "我在{n}号楼",
    "上次那位客服工号{n}说可以",
    "朋友{n}天前也遇到过",
)
SENTENCES = ("{opening}{text}，{detail}", "{opening}{detail}，{text}", "{text}。{detail}，谢谢")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a simulated customer; `fresh` ones occur once in a mix."""

    text: str
    topic: str
    lang: str
    fresh: bool = False


@cache
def lines() -> tuple[tuple[Line, float], ...]:
    """Every written message with its weight; `{order}` stands for an order number."""
    text = files("xiaoer.labs.demo").joinpath("traffic_texts.jsonl").read_text("utf-8")
    rows = [json.loads(row) for row in text.splitlines()]
    return tuple((Line(r["text"], r["topic"], r["lang"]), r["weight"]) for r in rows)


class Mix:
    """An endless, reproducible stream of messages; `fresh` is the share never seen before."""

    def __init__(
        self, rng: Random, orders: Sequence[str] = ("HG2026010100001",), fresh: float = 0.2
    ) -> None:
        known = lines()
        self.rng = rng
        self.orders = orders
        self.fresh = fresh
        self.choices = [line for line, _ in known]
        self.weights = list(accumulate(weight for _, weight in known))
        self.long = [line for line in self.choices if line.lang == "zh" and len(line.text) > 4]
        self.said: set[str] = set()

    def next(self) -> Line:
        if self.rng.random() < self.fresh:
            return self._made_up()
        line = self.rng.choices(self.choices, cum_weights=self.weights)[0]
        return Line(self._named(line.text), line.topic, line.lang)

    def _named(self, text: str) -> str:
        return text.replace("{order}", self.rng.choice(self.orders)) if "{" in text else text

    def _made_up(self) -> Line:
        rng = self.rng
        while True:
            line = rng.choice(self.long)
            detail = rng.choice(DETAILS).format(
                day=rng.randint(1, 28), clock=rng.randint(8, 22), n=rng.randint(2, 9_999)
            )
            text = rng.choice(SENTENCES).format(
                opening=rng.choice(OPENINGS), text=self._named(line.text), detail=detail
            )
            if text not in self.said:
                self.said.add(text)
                return Line(text, line.topic, line.lang, fresh=True)
