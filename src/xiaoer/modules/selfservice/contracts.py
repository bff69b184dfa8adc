"""The nouns of self-service that cross the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PROVE = "action:prove"
"""What the option that leads to a proof of identity sends back."""


class Errand(StrEnum):
    """What a customer can settle with one tap."""

    ORDER_STATUS = "order_status"
    PARCEL = "parcel"
    HOURS = "hours"
    FACILITY = "facility"


@dataclass(frozen=True, slots=True)
class Wish:
    """An errand as it was understood. ``place`` and ``facility`` are the customer's words."""

    errand: Errand
    order_number: str = ""
    place: str = ""
    facility: str = ""


@dataclass(frozen=True, slots=True)
class Served:
    """What settles the errand: a sentence, cards, and what it rests on.

    ``settled`` is false when the customer must choose or prove something first.
    """

    text: str
    cards: tuple[Mapping[str, Any], ...] = ()
    source: tuple[str, str, str] | None = None
    subject: str = ""
    settled: bool = True
