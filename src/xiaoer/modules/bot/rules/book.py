"""Flows as data: reading them, and refusing those with a dead end.

A flow names the tool that it leads to, the words in which customers ask for it, and the slots
that the tool's arguments are filled from. What is wrong with a file is said with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xiaoer.modules.bot.errors import BadFlow

KINDS = ("order", "items", "new_items", "choice", "address", "email", "tax_number", "title",
         "store", "text")  # fmt: skip
_LANGUAGES = ("zh", "en")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages."""

    zh: str
    en: str

    def to(self, locale: str) -> str:
        """In the customer's language."""
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a slot: what it is called, the words that mean it, and where it leads when it
    is none of the tool's (``climb``: a person, for this reason)."""

    value: str
    words: Words
    says: re.Pattern[str]
    climb: str = ""


@dataclass(frozen=True, slots=True)
class Beyond:
    """A demand that no argument can hold and no rule allows, such as a refund to somebody else:
    the words that make it, the published clause, and what the customer is told."""

    clause: str
    words: Words
    says: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing to know. ``when`` names an earlier slot and the values under which it matters;
    ``given`` is the value when nobody says otherwise (``account_name``: the customer's own);
    ``wanted`` are words after which an optional one is asked for. With ``whole`` several pieces of
    one kind are all meant unless a number is said."""

    name: str
    kind: str
    ask: Words
    argument: str = ""
    choices: tuple[Choice, ...] = ()
    when: tuple[str, tuple[str, ...]] | None = None
    given: str | None = None
    optional: bool = False
    wanted: re.Pattern[str] | None = None
    whole: bool = False

    def matters(self, slots: Mapping[str, Any]) -> bool:
        """Whether it counts, with what is known so far."""
        return self.when is None or slots.get(self.when[0]) in self.when[1]


@dataclass(frozen=True, slots=True)
class Flow:
    """A way from a wish to a tool. ``echo`` are the characters by which a yes may name the deed;
    ``rivals`` are flows that exclude it on one order; ``yields_to`` are those for which it is but
    a reason when both are named; ``instead`` names, by the order's status, the flow that is meant
    then; ``first`` the status of orders that it is
    mostly about, which are shown first when an order is asked for. A flow without a ``tool`` only
    looks where the order is."""

    id: str
    version: int
    tool: str
    title: Words
    hears: tuple[re.Pattern[str], ...]
    slots: tuple[Slot, ...]
    echo: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    beyond: tuple[Beyond, ...] = ()

    def slot(self, name: str) -> Slot | None:
        """The slot of that name."""
        return next((one for one in self.slots if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Book:
    """All flows by id."""

    flows: Mapping[str, Flow] = field(default_factory=dict)


def bound(flows: Iterable[Flow]) -> Book:
    """A book of flows; raises :class:`BadFlow` for two of one id and for unknown rivals."""
    found: dict[str, Flow] = {}
    for flow in flows:
        if flow.id in found:
            raise BadFlow(flow=flow.id, reason="two flows have this id")
        found[flow.id] = flow
    for flow in found.values():
        for other in (*flow.rivals, *flow.yields_to, *flow.instead.values()):
            if other not in found:
                raise BadFlow(flow=flow.id, reason=f"no flow is called {other}")
    return Book(found)


def read(name: str, raw: Mapping[str, Any], tools: Mapping[str, Mapping[str, Any]]) -> Flow:
    """One flow from its parsed file; ``tools`` are JSON schemas of arguments by name.

    Raises :class:`BadFlow` with what is wrong and where.
    """
    try:
        flow = Flow(
            raw["id"], int(raw["version"]), raw.get("tool", ""), _words(raw["title"]),
            tuple(_pattern(one) for one in raw["hears"]),
            tuple(_slot(one) for one in raw.get("slots", ())),
            tuple(raw.get("echo", "")), tuple(raw.get("rivals", ())), tuple(raw.get("first", ())),
            tuple(raw.get("yields_to", ())), dict(raw.get("instead", {})),
            tuple(Beyond(one["clause"], _words(one), _pattern(one["says"]))
                  for one in raw.get("beyond", ())),
        )  # fmt: skip
    except KeyError as error:
        raise BadFlow(flow=name, reason=f"{error.args[0]} is missing") from None
    except (re.error, TypeError, ValueError, AttributeError) as error:
        raise BadFlow(flow=name, reason=str(error)) from None
    reason = _dead_end(flow, tools)
    if reason:
        raise BadFlow(flow=name, reason=reason)
    return flow


def _words(raw: Mapping[str, str]) -> Words:
    for language in _LANGUAGES:
        if not str(raw.get(language, "")).strip():
            raise ValueError(f"a sentence has no {language}")
    return Words(raw["zh"], raw["en"])


def _pattern(raw: str) -> re.Pattern[str]:
    pattern = re.compile(raw)
    if pattern.match(""):
        raise ValueError(f"the pattern {raw!r} fits every message")
    return pattern


def _slot(raw: Mapping[str, Any]) -> Slot:
    when = raw.get("when")
    return Slot(
        raw["name"], raw["kind"], _words(raw["ask"]), raw.get("argument", raw["name"]),
        tuple(_choice(one) for one in raw.get("choices", ())),
        (when["slot"], tuple(when["is"])) if when else None,
        raw.get("given"), bool(raw.get("optional", False)),
        _pattern(raw["wanted"]) if "wanted" in raw else None, bool(raw.get("whole", False)),
    )  # fmt: skip


def _choice(raw: Mapping[str, str]) -> Choice:
    return Choice(raw["value"], _words(raw), _pattern(raw["says"]), raw.get("climb", ""))


def _dead_end(flow: Flow, tools: Mapping[str, Mapping[str, Any]]) -> str:
    """Why the flow could never end well, or nothing."""
    if not _NAME.fullmatch(flow.id):
        return f"{flow.id!r} is no id"
    if not flow.hears:
        return "no words lead to it"
    if not flow.tool:
        return _bad_slots(flow) or ("" if flow.slot("order") else "it looks at no order")
    if flow.tool not in tools:
        return f"there is no tool {flow.tool}"
    return _bad_slots(flow) or _unfilled(flow, tools[flow.tool])


def _bad_slots(flow: Flow) -> str:
    known: dict[str, Slot] = {}
    for slot in flow.slots:
        if slot.kind not in KINDS or not _NAME.fullmatch(slot.name) or slot.name in known:
            return f"the slot {slot.name!r} has no known kind, no name, or stands twice"
        if (slot.kind == "choice") != bool(slot.choices):
            return f"the slot {slot.name} has no choices, or has them and is no choice"
        if slot.when and not _can_hold(slot.when, known):
            return f"the slot {slot.name} waits for what can never be"
        if slot.kind in ("items", "new_items", "store") and not any(
            one.kind == "order" for one in known.values()
        ):
            return f"the slot {slot.name} stands before any order"
        known[slot.name] = slot
    return ""


def _can_hold(when: tuple[str, tuple[str, ...]], known: Mapping[str, Slot]) -> bool:
    slot = known.get(when[0])
    return slot is not None and {choice.value for choice in slot.choices} >= set(when[1])


def _unfilled(flow: Flow, schema: Mapping[str, Any]) -> str:
    """Each argument must come from a slot, and a required one whatever was answered."""
    properties = schema.get("properties", {})
    for slot in flow.slots:
        if slot.argument not in properties:
            return f"the tool {flow.tool} takes no {slot.argument}"
        accepted = properties[slot.argument].get("enum")
        wrong = [one.value for one in slot.choices if not one.climb
                 and accepted is not None and one.value not in accepted]  # fmt: skip
        if wrong:
            return f"the tool {flow.tool} does not take {wrong[0]} for {slot.argument}"
    for name in schema.get("required", ()):
        sources = [slot for slot in flow.slots if slot.argument == name]
        if not any(slot.when is None for slot in sources) and not _covers(flow, sources):
            return f"{name} of the tool {flow.tool} can stay unfilled"
    return ""


def _covers(flow: Flow, sources: list[Slot]) -> bool:
    """Whether slots that each wait for a value of one choice leave no value out."""
    waits = [slot.when for slot in sources if slot.when]
    if not waits or len({name for name, _ in waits}) != 1:
        return False
    asked = flow.slot(waits[0][0])
    values = {choice.value for choice in asked.choices if not choice.climb} if asked else set()
    return values <= {value for _, these in waits for value in these}
