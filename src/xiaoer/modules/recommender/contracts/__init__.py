"""The nouns of the recommender that cross the door."""

from __future__ import annotations

from xiaoer.modules.recommender.contracts.persona import Forbidden, KeptPersona, Persona
from xiaoer.modules.recommender.contracts.wishing import (
    AskBack,
    Buy,
    Choice,
    Dialogue,
    Intent,
    NoneSuits,
    Pick,
    Recommendation,
    Refuse,
    Show,
    Told,
    Where,
    Wish,
)

__all__ = [
    "AskBack", "Buy", "Choice", "Dialogue", "Forbidden", "Intent", "KeptPersona", "NoneSuits",
    "Persona", "Pick", "Recommendation", "Refuse", "Show", "Told", "Where", "Wish",
]  # fmt: skip
