"""Who speaks when something is recommended, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A topic that a persona does not enter: the words by which it is heard, and what is said."""

    words: tuple[str, ...]
    says: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Persona:
    """A voice of the recommender; texts by locale (``zh-CN``, ``en``).

    ``categories`` are its scope (empty: everything). ``proactive`` names the moments at which it
    greets by itself: ``scan`` (a code in the store) and ``product_page``. ``lines``: ``lead``
    before the choices (with ``{place}``), ``ready`` at a hand-over. ``told_at`` is the place whose
    own words these are, empty for the persona that ships.
    """

    key: str
    name: Mapping[str, str]
    opening: Mapping[str, str]
    categories: tuple[str, ...] = ()
    quick_replies: tuple[Mapping[str, str], ...] = ()
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    forbidden: tuple[Forbidden, ...] = ()
    proactive: tuple[str, ...] = ()
    told_at: str = ""


@dataclass(frozen=True, slots=True)
class KeptPersona:
    """A place's own words as they were changed: the newest version counts, an empty body takes
    them back."""

    unit_path: str
    version: int
    body: Mapping[str, Any] | None
    changed_at: datetime
    changed_by: str
