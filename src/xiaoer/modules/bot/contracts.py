"""The nouns of the bot that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from xiaoer.modules import catalog, orders

Order = orders.contracts.Order

@dataclass(frozen=True, slots=True)
class Say:
    """An answer that rests on a knowledge entry, word for word."""

    text: str
    source_id: str
    source_title: str
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suggest:
    """Not sure enough to answer, but near: the customer may mean one of these."""

    questions: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Climb:
    """Nothing to say; a person may know. ``filled`` is what a flow has learnt so far."""

    reason: str
    confidence: float = 0.0
    filled: tuple[tuple[str, str], ...] = ()


Move: TypeAlias = Say | Suggest | Climb


@dataclass(frozen=True, slots=True)
class Tone:
    """What a message tells besides its question."""

    wants_person: bool = False
    still_unsolved: bool = False
    is_greeting: bool = False
    is_thanks: bool = False
    is_abusive: bool = False
    risk: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What a flow may look at of a proven customer: their orders (newest first), the products of
    the lines by code, the stores, and their own name."""

    now: datetime
    orders: tuple[Order, ...] = ()
    products: Mapping[str, catalog.contracts.Product] = field(default_factory=dict)
    stores: tuple[catalog.contracts.Store, ...] = ()
    name: str = ""

    def order(self, number: str) -> Order | None:
        """The customer's order of that number."""
        return next((one for one in self.orders if one.number == number), None)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the customer was asked to say yes to: one exact proposal, by its fingerprint."""

    id: str
    digest: str
    verb: str
    order: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A flow to go on with later: the words in which it was wished, and what is known already."""

    flow: str
    words: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a conversation stands with its flows; frozen, kept as JSON between two messages.

    ``asked`` is the slot that was asked for last, or ``confirm``, ``refused``, ``which`` or
    nothing. ``offered`` are the options shown with it, as label and value. ``refused`` is what
    was refused last, and ``insisted`` how often the customer has insisted on it. ``focus`` is the
    order that was spoken of last.
    """

    flow: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    asked: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    misses: int = 0
    insisted: int = 0
    refused: str = ""
    refusal: str = ""
    proposed: Proposed | None = None
    waiting: tuple[Waiting, ...] = ()
    focus: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question back: for a slot, for the yes, or which of several wishes is meant.

    ``about`` is ``slot:NAME``, ``confirm:TOOL`` or ``which``.
    """

    about: str
    text: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Propose:
    """Use this tool with these arguments. The tool's owner decides whether it may be offered."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Do:
    """The customer has said yes to exactly this."""

    proposed: Proposed


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The customer has said no to it; ``text`` is what they are told."""

    proposed: Proposed
    text: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Something to tell; nothing is asked. ``about`` is ``refused:CODE``, ``done:TOOL``,
    ``dropped`` or ``told``; only what is done or told settles the demand."""

    about: str
    text: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Show where this order is: nothing has to be done."""

    order: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A question beside the flow: let the knowledge base answer, then remind of what is open.
    ``otherwise`` is what to do when it has no answer."""

    reminder: Ask | None
    otherwise: Step


Act: TypeAlias = "Ask | Propose | Do | Withdraw | Tell | Look | Aside | Climb"


@dataclass(frozen=True, slots=True)
class Step:
    """Where the dialogue stands now, and what to do next; ``said`` goes before it."""

    dialogue: Dialogue
    act: Act
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a proposal or of a yes, as the bot may know it.

    ``kind`` is ``proposed``, ``refused`` or ``done``; ``sentence`` is the owner's words for the
    customer; ``to_person`` says that a person could still do it.
    """

    kind: str
    sentence: str
    code: str = ""
    to_person: bool = False
    proposed: Proposed | None = None
