"""A simulated customer of the Chinese retail bench: what they say, when, by the rules that are
published with the tasks. They know nothing of the bot but what it asks for.

A seed changes the wording, the typing errors and the patience. A typing error never falls into a
value that a task depends on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

MOST_TURNS = 24
TYPO, HASTE = 0.25, 0.15
IDENTITY = {"name": "name", "phone": "phone_last4", "email": "email"}
UNKNOWN = ("这个我不清楚", "不知道", "我不记得了")
DECLINES = ("不用了，先不办", "不要了，先别办")
LET_BE = ("好吧，知道了", "那算了", "行吧")
_SLIPS = {"的": "得", "在": "再", "吗": "嘛", "那": "哪", "了": "啦", "么": "嘛", "做": "作", "您": "你"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot is seen to want: ``slot``, ``confirm``, ``refused``, ``done``, ``prove``,
    ``unknown`` (not understood) or ``told``; and of what. ``deeds`` are tools that wrote just now."""

    kind: str
    name: str = ""
    deeds: tuple[str, ...] = ()


@dataclass(slots=True)
class Customer:
    """One customer in one conversation."""

    task: Mapping[str, Any]
    seed: int
    wish: int = 1
    turns: int = 0
    used: set[int] = field(default_factory=set)
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.task['id']}:{self.seed}")  # noqa: S311 - a simulation

    def opens(self) -> str:
        """The first words."""
        return self._say(self._row("start")) or "你好"

    def answers(self, seen: Answer) -> str | None:
        """What they say to it; nothing when they have what they wanted, or give up."""
        if self.turns >= MOST_TURNS:
            return None
        wrote = bool(seen.deeds)
        if wrote:
            self._settle()
        match seen.kind:
            case "slot":
                return self._to_question(seen.name)
            case "confirm":
                return self._to_offer(seen.name)
            case "refused":
                return self._to_refusal()
            case "unknown":
                return self._in_other_words()
            case _:
                if not wrote:
                    self._settle()
                return self._say(self._row("start"))

    def _to_question(self, slot: str) -> str:
        row = self._row(f"asked:{slot}")
        if row is not None:
            return self._say(row) or ""
        identity = self.task.get("identity", {})
        known = identity.get(IDENTITY.get(slot, ""))
        return self._aloud(str(known) if known else self.chance.choice(UNKNOWN))

    def _to_offer(self, tool: str) -> str:
        row = self._row("offered", tool)
        return self._say(row) or "" if row else self._aloud(self.chance.choice(DECLINES))

    def _to_refusal(self) -> str | None:
        row = self._row("refused")
        if row is not None:
            return self._say(row)
        self._settle()
        return self._say(self._row("start"))

    def _in_other_words(self) -> str | None:
        row = self._row("asked:text")
        if row is not None:
            return self._say(row)
        starts = [row for _, row in self._rows("start", again=True)]
        return self._say(starts[-1]) if starts else self._aloud(self.chance.choice(UNKNOWN))

    def _settle(self) -> None:
        self.wish += 1

    def _row(self, when: str, tool: str = "") -> Mapping[str, Any] | None:
        """The next fitting row: each once, the last again and again; a beginning only once."""
        fitting = list(self._rows(when, tool, again=when != "start"))
        fresh = [(place, row) for place, row in fitting if place not in self.used]
        chosen = fresh[0] if fresh else fitting[-1] if fitting else None
        if chosen is None:
            return None
        place, row = chosen
        self.used.add(place)
        if row.get("change"):
            self._settle()
            self.used |= {place for place, _ in self._rows("start")}
        return row

    def _rows(
        self, when: str, tool: str = "", *, again: bool = False
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        goal: Sequence[Mapping[str, Any]] = self.task["goal"]
        for place, row in enumerate(goal):
            fits = row["when"] == when and row.get("wish", self.wish) == self.wish
            fits = fits and (not tool or not row.get("for") or tool in row["for"])
            if fits and (again or place not in self.used):
                yield place, row

    def _say(self, row: Mapping[str, Any] | None) -> str | None:
        if row is None:
            return None
        self.turns += 1
        return self._typed(self.chance.choice(row["say"]))

    def _aloud(self, words: str) -> str:
        self.turns += 1
        return words

    def is_hasty(self) -> bool:
        """Whether they write the next message in two pieces."""
        return self.chance.random() < HASTE

    def _typed(self, words: str) -> str:
        """With a slip of the finger, now and then, outside of everything that counts."""
        if self.chance.random() >= TYPO:
            return words
        kept = sorted(self._values(), key=len, reverse=True)
        free = [
            place for place, letter in enumerate(words)
            if letter in _SLIPS and not any(
                one in words and words.find(one) <= place < words.find(one) + len(one)
                for one in kept
            )
        ]  # fmt: skip
        if not free:
            return words
        place = self.chance.choice(free)
        return words[:place] + _SLIPS[words[place]] + words[place + 1 :]

    def _values(self) -> set[str]:
        """Every text that a value, the identity or an argument holds."""
        whole = [self.task.get("identity"), self.task.get("expect"),
                 [row.get("value") for row in self.task["goal"]]]  # fmt: skip
        return {text for text in _texts(whole) if text}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
