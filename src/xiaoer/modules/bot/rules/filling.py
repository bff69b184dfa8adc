"""All slots of a flow from one message: what is known now, and what to ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xiaoer.modules.bot.contracts import Ask, Dialogue, View
from xiaoer.modules.bot.rules import slots as filler
from xiaoer.modules.bot.rules.book import Book, Flow, Slot
from xiaoer.modules.bot.rules.plain import plain
from xiaoer.modules.bot.rules.slots import Filled, Hearing
from xiaoer.modules.bot.rules.speech import phrase

ACCOUNT_NAME = "account_name"
_BACK = re.compile(r"这(?:一)?(?:单|笔|个订单|张)|同一|也|顺便|刚才|那(?:单|笔)|一起|再|还|另外|\b(?:same|also|too)\b")
_NUMBER = re.compile(r"[a-z]{1,4}[-_]?\d{6,20}|\d{10,20}|尾号\s*\d")
_PLAIN = ("choice", "address", "email", "tax_number", "store")
_DEPENDING = {"order": ("items", "new_items", "store"), "items": ("new_items",)}
_WHICH = {"order": "which_order", "items": "which_items", "store": "which_store",
          "choice": "which_choice"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Got:
    """What is filled, the first slot that is not, and why; ``progress`` when the message filled
    anything; ``climb`` when an answer belongs to a person. Orders in the states of ``first`` are
    shown first."""

    slots: Mapping[str, Any]
    missing: Slot | None = None
    found: Filled = field(default_factory=Filled)
    progress: bool = False
    climb: str = ""
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A message, what may be looked at, and the order that it may point back to."""

    text: str
    view: View
    focus: str = ""


def fill_all(flow: Flow, dialogue: Dialogue, words: Words, *, changed: bool = False) -> Got:
    """Fill each slot that matters from the words; ``changed`` lets them replace what is known."""
    text, view = words.text, words.view
    known: dict[str, Any] = dict(dialogue.slots)
    missing: Slot | None = None
    found, progress = Filled(), False
    for slot in flow.slots:
        if not slot.matters(known):
            known.pop(slot.name, None)
            continue
        if slot.name in known and not changed:
            continue
        asked = dialogue.asked == slot.name
        offered = dialogue.offered if asked else ()
        filled = filler.fill(slot, Hearing(text, view, known, offered, asked, words.focus))
        if slot.name in known:
            progress = _replaced(slot, filled, known, text) or progress
            continue
        progress = progress or filled.value is not None or bool(filled.extra)
        known |= filled.extra
        if slot.wanted is not None and slot.wanted.search(plain(text)):
            known[f"{slot.name}_wanted"] = True
        value = filled.value if filled.value is not None else _given(slot, view)
        if value is not None:
            known[slot.name] = value
        elif missing is None and _is_due(slot, filled, known, asked):
            missing, found = slot, filled
    return Got(known, missing, found, progress, _climbing(flow, known), flow.first)


def _is_due(slot: Slot, filled: Filled, known: Mapping[str, Any], asked: bool) -> bool:
    """Whether it must be asked for; an optional one only when the customer speaks of it."""
    return not slot.optional or bool(filled.wrong and asked) or f"{slot.name}_wanted" in known


def answers(flow: Flow, dialogue: Dialogue, words: Words) -> bool:
    """Whether the words answer the question that is open, so that they are no other wish."""
    slot = flow.slot(dialogue.asked)
    if slot is None or (slot.kind not in _PLAIN and slot.kind != "title"):
        return False
    if slot.kind == "title" and not filler.names_firm(words.text):
        return False
    heard = Hearing(words.text, words.view, dialogue.slots, dialogue.offered, asked=True)
    return filler.fill(slot, heard).value is not None


def is_plain(flow: Flow, before: Dialogue, after: Dialogue) -> bool:
    """Whether what changed between two states is of kinds that no other wish sounds like."""
    changed = [name for name, value in after.slots.items() if before.slots.get(name) != value]
    return bool(changed) and after.flow == before.flow and all(
        (slot := flow.slot(name)) is not None and slot.kind in _PLAIN for name in changed
    )


def _replaced(slot: Slot, filled: Filled, known: dict[str, Any], text: str) -> bool:
    """Take a new value in the place of the old; what hung on the old one is asked for again."""
    if filled.value is None or filled.value == known[slot.name]:
        return False
    if slot.kind == "order" and not names_order(text):
        return False
    known[slot.name] = filled.value
    for name in _DEPENDING.get(slot.kind, ()):
        known.pop(name, None)
    return True


def _given(slot: Slot, view: View) -> str | None:
    return view.name if slot.given == ACCOUNT_NAME else slot.given


def _climbing(flow: Flow, known: Mapping[str, Any]) -> str:
    for slot in flow.slots:
        for choice in slot.choices:
            if choice.climb and known.get(slot.name) == choice.value:
                return choice.climb
    return ""


def ask(got: Got, view: View, locale: str, *, again: bool = False) -> Ask:
    """The question for what is missing, with what there is to choose from."""
    slot = got.missing
    assert slot is not None, "only used when something is missing"
    about = "slot:phone" if got.found.wrong == "bad_phone" else f"slot:{slot.name}"
    if got.found.wrong:
        return Ask(about, phrase(got.found.wrong, locale))
    if got.found.several:
        alone = slot.kind == "items" and len(got.found.several) == 1
        key = "how_many" if alone else _WHICH.get(slot.kind, "which_items")
        return Ask(about, phrase(key, locale), () if alone else got.found.several)
    sorry = phrase("again", locale) if again else ""
    fitting = sorted(view.orders, key=lambda one: str(one.status) not in got.first)
    seen = replace(view, orders=tuple(fitting))
    options = filler.options(slot, Hearing("", seen, got.slots), locale)
    return Ask(about, f"{sorry}{slot.ask.to(locale)}", options)


def reminder(book: Book, dialogue: Dialogue, locale: str) -> Ask | None:
    """The question that is still open."""
    slot = book.flows[dialogue.flow].slot(dialogue.asked)
    if slot is None:
        return None
    return Ask(f"slot:{slot.name}", slot.ask.to(locale), dialogue.offered)


def arguments(flow: Flow, slots: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's arguments; what was not said is left out."""
    return {
        slot.argument: slots[slot.name]
        for slot in flow.slots
        if slot.name in slots and slot.matters(slots)
    }


def in_words(flow: Flow, slots: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What is filled, for the person who takes over."""
    told = [("flow", flow.id)]
    for slot in flow.slots:
        value = slots.get(slot.name)
        if value:
            words = value.values() if isinstance(value, Mapping) else value
            told.append((slot.name, words if isinstance(words, str) else " ".join(map(str, words))))
    return tuple(told)


def refers_back(text: str) -> bool:
    """Whether the words point to the order that was spoken of."""
    return bool(_BACK.search(plain(text)))


def names_order(text: str) -> bool:
    """Whether a number of an order stands in it."""
    return bool(_NUMBER.search(plain(text)))
