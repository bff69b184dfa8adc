"""The nouns of a visit that cross the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Happening(StrEnum):
    """What was looked at."""

    PAGE_VIEW = "page_view"
    CARD_SHOWN = "card_shown"
    CARD_CLICKED = "card_clicked"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looked, as the widget's session knows them.

    Without ``consent`` only anonymous counts are kept: no visitor, no address.
    """

    visitor_id: UUID
    account_id: UUID
    unit_path: str = "/"
    user_agent: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that the widget reports. ``subject``: ``product:P100001``, ``answer:…``."""

    kind: Happening
    url: str = ""
    subject: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many looks were kept, and how many were left out by sampling or as a robot's."""

    kept: int
    sampled_out: int = 0
    robots: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """Days, both included (in the group's time zone), of one kind, subject and place."""

    first: date
    last: date
    kind: Happening = Happening.PAGE_VIEW
    subject: str = ""
    unit_path: str = "/"


@dataclass(frozen=True, slots=True)
class Count:
    """A denominator: looks (sampling undone), and visits: one visitor on one day.

    ``visits`` counts only those who consented to be counted as a visitor.
    """

    looks: int
    visits: int


@dataclass(frozen=True, slots=True)
class Daily:
    """The roll-up of one day, kind, subject and place."""

    day: date
    unit_path: str
    kind: Happening
    subject: str
    looks: int
    visits: int
