"""What a customer wishes for, what was chosen for it, and what is kept between two messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from xiaoer.modules import catalog
from xiaoer.modules.recommender.contracts.persona import Persona

Offer = catalog.contracts.Offer
Product = catalog.contracts.Product


class Intent(StrEnum):
    """What a message wants of the recommender; ``NONE``: nothing, leave it to the others."""

    CHOOSE = "choose"
    REFINE = "refine"
    FACT = "fact"
    READY = "ready"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of the wish; prices in minor units, both included; age in months.

    ``goods`` are words for things (面霜), ``categories`` those of the catalogue. ``for_whom``,
    ``occasion`` and ``season`` are as customers say them. ``avoids`` must not be in it.
    ``expecting``: it is for somebody pregnant or breastfeeding. ``owned``: codes and titles of
    what they have bought.
    """

    goods: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    for_whom: str = ""
    months: int | None = None
    occasion: str = ""
    skin: str = ""
    season: str = ""
    avoids: tuple[str, ...] = ()
    expecting: bool = False
    owned: tuple[str, ...] = ()

    @property
    def is_care(self) -> bool:
        """Whether safety decides: only what is written to be suited may be shown."""
        return bool(self.expecting or self.avoids or self.skin == "sensitive"
                    or self.months is not None)


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen offer, and the one fact that its reason rests on."""

    offer: Offer
    fact: catalog.contracts.Trait
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """At most three picks, and one alternative with why it is one: ``near_budget`` or ``other``."""

    picks: tuple[Pick, ...] = ()
    alternative: Pick | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What is kept of a recommendation between two messages: the wish, what was asked, what was
    shown (codes, newest first), and under which persona."""

    wish: Wish = field(default_factory=Wish)
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    waiting: str = ""
    persona: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a conversation stands: its place, language, the product on its page (a code), and
    what its proven customer has bought (codes and titles)."""

    conversation_id: UUID
    unit_path: str = "/"
    locale: str = "zh-CN"
    product: str = ""
    owned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskBack:
    """A question that narrows the choice: ``goods``, ``skin``, ``age``, ``budget``, ``whom``."""

    about: str
    options: tuple[str, ...]
    persona: Persona


@dataclass(frozen=True, slots=True)
class Show:
    """What was chosen for the wish."""

    wish: Wish
    choice: Choice
    persona: Persona


@dataclass(frozen=True, slots=True)
class NoneSuits:
    """Nothing that the place sells and has meets the wish; ``shown_all``: nothing more does."""

    wish: Wish
    persona: Persona
    shown_all: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the facts of products say to a question."""

    answers: tuple[tuple[Product, catalog.contracts.FactAnswer], ...]


@dataclass(frozen=True, slots=True)
class Buy:
    """The customer is ready: for what, and what was wished."""

    products: tuple[Product, ...]
    wish: Wish
    persona: Persona


@dataclass(frozen=True, slots=True)
class Refuse:
    """A topic that the persona does not enter, and what it says instead."""

    text: str
    persona: Persona


Recommendation: TypeAlias = AskBack | Show | NoneSuits | Told | Buy | Refuse
