"""What is known of a product, attribute by attribute, and how a question about it was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TraitKind(StrEnum):
    """The attributes that rules can reason about; everything else is quoted as it is written."""

    SKIN = "skin"
    HAIR = "hair"
    INGREDIENT = "ingredient"
    FREE_OF = "free_of"
    CONTAINS = "contains"
    AGE = "age"
    STAGE = "stage"
    SEASON = "season"
    OCCASION = "occasion"
    FOR_WHOM = "for_whom"
    SIZE = "size"
    FITS = "fits"
    GOES_WITH = "goes_with"
    WARNING = "warning"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Tag:
    """What an editor says of a product beyond its facts; ``name`` as customers read it."""

    kind: TraitKind
    value: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is known: ``name`` and ``words`` as the catalogue writes them.

    ``value`` is the code that rules compare (``sensitive``, ``all``, ``spring``), or the words
    themselves. ``low`` and ``high`` are months, ``high`` exclusive and open when missing.
    ``origin`` says where it stands: ``facts``, ``tags``, ``variant`` or ``description``.
    ``on_trial``: the catalogue asks to try it first.
    """

    kind: TraitKind
    name: str
    words: str
    value: str = ""
    origin: str = "facts"
    low: int | None = None
    high: int | None = None
    on_trial: bool = False

    def covers(self, months: int) -> bool:
        """Whether a child of that many months is meant; false when no age is written."""
        return (self.low is not None and self.low <= months
                and (self.high is None or months < self.high))


@dataclass(frozen=True, slots=True)
class Link:
    """One way through the graph: product → attribute → value → the rule that used it."""

    code: str
    product: str
    attribute: str
    value: str
    rule: str
    origin: str = "facts"


class Verdict(StrEnum):
    """What the facts allow to say."""

    YES = "yes"
    NO = "no"
    TRY_FIRST = "try_first"
    TOLD = "told"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """An answer from facts alone, and the path it took.

    ``warnings`` are the catalogue's own sentences. ``offers_person``: it touches health, so a
    person is offered whatever the verdict.
    """

    verdict: Verdict
    rule: str
    text: str
    path: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    offers_person: bool = False
